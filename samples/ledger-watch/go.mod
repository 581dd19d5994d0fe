module example.com/shop/ledger-watch

go 1.24

require github.com/openai/openai-go/v3 v3.2.0
