package agent_test

// The middleware fits every SDK as it stands; where it does not, this file does not compile.

import (
	"testing"

	"example.com/agent/internal/cockpit"
	claude "github.com/anthropics/anthropic-sdk-go/option"
	v1 "github.com/openai/openai-go/option"
	v2 "github.com/openai/openai-go/v2/option"
	v3 "github.com/openai/openai-go/v3/option"
)

func TestOptions(t *testing.T) {
	for name, option := range map[string]any{
		"openai-go v1":     v1.WithMiddleware(cockpit.CostControl, cockpit.Telemetry, cockpit.CostControlWith(cockpit.Budget{Run: 1})),
		"openai-go v2":     v2.WithMiddleware(cockpit.CostControl, cockpit.Telemetry, cockpit.CostControlWith(cockpit.Budget{Day: 1})),
		"openai-go v3":     v3.WithMiddleware(cockpit.CostControl, cockpit.Telemetry, cockpit.CostControlWith(cockpit.Budget{Agent: 1})),
		"anthropic-sdk-go": claude.WithMiddleware(cockpit.CostControl, cockpit.Telemetry, cockpit.CostControlWith(cockpit.Budget{})),
	} {
		if option == nil {
			t.Errorf("%s has no option", name)
		}
	}
}
