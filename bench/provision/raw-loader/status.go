package main

import (
	"fmt"
	"strings"
)

// statusMiB is a field of /proc/self/status, which has KiB.
func statusMiB(status, name string) (float64, error) {
	for line := range strings.Lines(status) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			var kib float64
			if _, err := fmt.Sscan(rest, &kib); err != nil {
				return 0, fmt.Errorf("%s: %w", name, err)
			}
			return kib / 1024, nil
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no %s", name)
}
