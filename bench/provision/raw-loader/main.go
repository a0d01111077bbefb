// The peers of bench/provision, with client-go as its users have it: a loader without client-side limits, a paged LIST
// and informers. Each mode prints one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

type settings struct {
	config  *rest.Config
	file    string
	manager string
	workers int
	limit   int64
	hold    bool
}

var modes = map[string]func(context.Context, settings) (any, error){
	"load":     load,
	"list":     list,
	"informer": typedInformers,
	"metadata": metadataInformers,
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig of somebody who may do it")
	mode := flag.String("mode", "", "load, list, informer or metadata")
	file := flag.String("file", "", "load: lines of {path, body}; an empty line waits for all before it")
	manager := flag.String("manager", "raw-loader", "load: field manager")
	workers := flag.Int("workers", 32, "load: requests at once")
	limit := flag.Int64("limit", 500, "list: objects a page")
	hold := flag.Bool("hold", false, "informer, metadata: stay until standard input is closed")
	flag.Parse()

	start, known := modes[*mode]
	if !known {
		return fmt.Errorf("mode is %q, allowed are load, list, informer and metadata", *mode)
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	config.QPS = -1
	config.UserAgent = "raw-loader"
	said, err := start(context.Background(), settings{config, *file, *manager, *workers, *limit, *hold})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(said)
}
