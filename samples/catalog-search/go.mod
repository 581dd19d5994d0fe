module example.com/shop/catalog-search

go 1.24

require (
	github.com/openai/openai-go/v3 v3.2.0
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.62.0
)
