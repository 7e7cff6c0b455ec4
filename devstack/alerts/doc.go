// Package alerts tests the alert rules of deploy/prometheus with Prometheus' own tool. It holds tests only.
package alerts
