package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

type listed struct {
	Objects    int     `json:"objects"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpuSeconds"`
}

// list reads everything once, page after page, kind after kind, decoded from protobuf as client-go's clients do.
func list(ctx context.Context, s settings) (any, error) {
	client, err := unversionedClient(s.config)
	if err != nil {
		return nil, err
	}
	objects := 0
	cpu, started := cpuSeconds(), time.Now()
	for _, kind := range kinds {
		count, err := listKind(ctx, client, kind, s.limit)
		if err != nil {
			return nil, err
		}
		objects += count
	}
	return listed{objects, time.Since(started).Seconds(), cpuSeconds() - cpu}, nil
}

func listKind(ctx context.Context, client rest.Interface, kind schema.GroupVersionResource, limit int64) (int, error) {
	count, options := 0, v1.ListOptions{Limit: limit}
	for {
		object, err := client.Get().AbsPath(collection(kind)).
			SpecificallyVersionedParams(&options, scheme.ParameterCodec, corev1.SchemeGroupVersion).Do(ctx).Get()
		if err != nil {
			return 0, err
		}
		count += meta.LenList(object)
		page, err := meta.ListAccessor(object)
		if err != nil {
			return 0, err
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return count, nil
		}
	}
}

func collection(kind schema.GroupVersionResource) string {
	if kind.Group == "" {
		return "/api/" + kind.Version + "/" + kind.Resource
	}
	return "/apis/" + kind.Group + "/" + kind.Version + "/" + kind.Resource
}
