package agent_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestVertexCredentials: a wrapped client of Vertex AI still signs in with the application default credentials.
func TestVertexCredentials(t *testing.T) {
	token := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"from-adc","expires_in":3600,"token_type":"Bearer"}`)
	})
	vertex := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"candidates":[{"content":{"parts":[{"text":"Hello."}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2}}`)
	})
	for name, wrap := range map[string][]string{"not wrapped": nil, "wrapped": {"telemetry"}, "capped and wrapped": {"cost", "telemetry"}} {
		t.Run(name, func(t *testing.T) {
			spans := newReceiver(t)
			got, _ := runOne(t, t.TempDir(), append(spans.environment(), "GOOGLE_APPLICATION_CREDENTIALS="+serviceAccount(t, token.URL)),
				question{API: "vertex", Model: "gemini-2.5-flash", Say: "hello", Wrap: wrap, Server: vertex.URL})
			if got.Text != "Hello." {
				t.Fatalf("got %+v", got)
			}
			if header := vertex.header[len(vertex.header)-1]; header.Get("Authorization") != "Bearer from-adc" {
				t.Errorf("sent %v", header)
			}
			if wrap == nil {
				return
			}
			// Google's transport writes a span of its own below ours.
			all := slices.DeleteFunc(spans.all(), func(span map[string]any) bool { return span["gen_ai.operation.name"] == nil })
			if span := all[0]; len(all) != 1 || span["gen_ai.provider.name"] != "gcp.vertex_ai" || span["gen_ai.request.model"] != "gemini-2.5-flash" || span["gen_ai.usage.input_tokens"] != 3 {
				t.Errorf("spans %v", all)
			}
		})
	}
	if asked := vertex.asked()[0]; !strings.HasPrefix(asked, "/v1beta1/projects/project/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent ") {
		t.Error(asked)
	}
}

// serviceAccount writes credentials whose tokens come from the given address.
func serviceAccount(t *testing.T, tokens string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	check(err)
	text, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "agent@example.com", "project_id": "project", "private_key_id": "1", "token_uri": tokens,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	})
	check(err)
	path := filepath.Join(t.TempDir(), "credentials.json")
	check(os.WriteFile(path, text, 0o600))
	return path
}
