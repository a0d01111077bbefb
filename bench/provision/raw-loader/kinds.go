package main

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kinds are those a project's namespace is made of.
var kinds = []schema.GroupVersionResource{
	corev1.SchemeGroupVersion.WithResource("namespaces"),
	corev1.SchemeGroupVersion.WithResource("serviceaccounts"),
	corev1.SchemeGroupVersion.WithResource("resourcequotas"),
	corev1.SchemeGroupVersion.WithResource("limitranges"),
	corev1.SchemeGroupVersion.WithResource("configmaps"),
	networkingv1.SchemeGroupVersion.WithResource("networkpolicies"),
	rbacv1.SchemeGroupVersion.WithResource("rolebindings"),
}
