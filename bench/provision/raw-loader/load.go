package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

type line struct {
	Path string          `json:"path"`
	Body json.RawMessage `json:"body"`
}

type loaded struct {
	Objects          int     `json:"objects"`
	Seconds          float64 `json:"seconds"`
	ObjectsPerSecond float64 `json:"objectsPerSecond"`
	CPUSeconds       float64 `json:"cpuSeconds"`
}

// load applies every object of the file by server-side apply; what was read and parsed beforehand costs no time.
func load(ctx context.Context, s settings) (any, error) {
	phases, err := readPhases(s.file)
	if err != nil {
		return nil, err
	}
	client, err := unversionedClient(s.config)
	if err != nil {
		return nil, err
	}
	objects := 0
	cpu, started := cpuSeconds(), time.Now()
	for _, phase := range phases {
		objects += len(phase)
		if err := apply(ctx, client, phase, s); err != nil {
			return nil, err
		}
	}
	seconds := time.Since(started).Seconds()
	return loaded{objects, seconds, float64(objects) / seconds, cpuSeconds() - cpu}, nil
}

func apply(ctx context.Context, client rest.Interface, lines []line, s settings) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan line)
	var group sync.WaitGroup
	for range s.workers {
		group.Go(func() {
			for next := range work {
				// The answer is not decoded: nobody looks at it.
				err := client.Patch(types.ApplyPatchType).AbsPath(next.Path).
					Param("fieldManager", s.manager).Param("force", "true").
					Body([]byte(next.Body)).Do(ctx).Error()
				if err != nil {
					// A policy that does not compile answers with a page for each expression.
					cancel(fmt.Errorf("%s: %.1000s", next.Path, err.Error()))
				}
			}
		})
	}
	for _, next := range lines {
		if ctx.Err() != nil {
			break
		}
		work <- next
	}
	close(work)
	group.Wait()
	return context.Cause(ctx)
}

// unversionedClient speaks to any path; answers come as protobuf, which the server writes cheapest.
func unversionedClient(config *rest.Config) (*rest.RESTClient, error) {
	config = rest.CopyConfig(config)
	config.GroupVersion = &schema.GroupVersion{}
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	return rest.UnversionedRESTClientFor(config)
}

func readPhases(path string) ([][]line, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	phases := [][]line{nil}
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 16<<20)
	for scanner.Scan() {
		if len(scanner.Bytes()) == 0 {
			phases = append(phases, nil)
			continue
		}
		var next line
		if err := json.Unmarshal(scanner.Bytes(), &next); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		phases[len(phases)-1] = append(phases[len(phases)-1], next)
	}
	return phases, scanner.Err()
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
