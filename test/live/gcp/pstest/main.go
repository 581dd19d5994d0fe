// Serves Pub/Sub's API from memory, on a free port that it prints.
package main

import (
	"fmt"

	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	server := pstest.NewServer()
	fmt.Println(server.Addr)
	select {}
}
