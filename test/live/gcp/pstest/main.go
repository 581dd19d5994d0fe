// Serves Pub/Sub's API from memory, on a free port that it prints. Its argument is how long a stream lasts before it is ended: 1s; for ever without one.
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	server := pstest.NewServer()
	for _, lasts := range os.Args[1:] {
		duration, err := time.ParseDuration(lasts)
		if err != nil {
			log.Fatal(err)
		}
		server.SetStreamTimeout(duration)
	}
	fmt.Println(server.Addr)
	select {}
}
