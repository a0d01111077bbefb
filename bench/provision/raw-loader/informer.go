package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

type held struct {
	Objects int     `json:"objects"`
	Seconds float64 `json:"seconds"`
	// Memory once everything is held and the collector has run, and the most there was on the way.
	RssMiB     float64 `json:"rssMiB"`
	PeakMiB    float64 `json:"peakMiB"`
	CPUSeconds float64 `json:"cpuSeconds"`
}

// typedInformers holds every object whole, as a controller with shared informers does.
func typedInformers(ctx context.Context, s settings) (any, error) {
	config := rest.CopyConfig(s.config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	var all []cache.SharedIndexInformer
	for _, kind := range kinds {
		informer, err := factory.ForResource(kind)
		if err != nil {
			return nil, err
		}
		all = append(all, informer.Informer())
	}
	return hold(ctx, s, all, func() { factory.Start(ctx.Done()) })
}

// metadataInformers holds the metadata of every object and nothing else of it.
func metadataInformers(ctx context.Context, s settings) (any, error) {
	client, err := metadata.NewForConfig(metadata.ConfigFor(s.config))
	if err != nil {
		return nil, err
	}
	factory := metadatainformer.NewSharedInformerFactory(client, 0)
	var all []cache.SharedIndexInformer
	for _, kind := range kinds {
		all = append(all, factory.ForResource(kind).Informer())
	}
	return hold(ctx, s, all, func() { factory.Start(ctx.Done()) })
}

func hold(ctx context.Context, s settings, all []cache.SharedIndexInformer, start func()) (any, error) {
	cpu, started := cpuSeconds(), time.Now()
	start()
	for _, informer := range all {
		if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
			return nil, fmt.Errorf("an informer did not sync")
		}
	}
	seconds := time.Since(started).Seconds()
	// Collects, and gives what is free back to the system: the least such a process can be said to need.
	debug.FreeOSMemory()
	rss, peak, err := memory()
	if err != nil {
		return nil, err
	}
	objects := 0
	for _, informer := range all {
		objects += len(informer.GetStore().ListKeys())
	}
	if s.hold {
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
	return held{objects, seconds, rss, peak, cpuSeconds() - cpu}, nil
}

func memory() (rss, peak float64, err error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, err
	}
	for _, field := range []struct {
		name string
		mib  *float64
	}{{"VmRSS", &rss}, {"VmHWM", &peak}} {
		if *field.mib, err = statusMiB(string(text), field.name); err != nil {
			return 0, 0, err
		}
	}
	return rss, peak, nil
}
