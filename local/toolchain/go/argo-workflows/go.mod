// Pins the module that local/toolchain/go-source.ts copies and completes; the copy's own go.mod and go.sum pin the rest.
// Not for `go mod tidy`: nothing here imports it.
module seakeeper/toolchain/argo-workflows

go 1.25.7

require github.com/argoproj/argo-workflows/v3 v3.7.18
