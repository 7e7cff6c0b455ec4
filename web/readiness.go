package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"go.temporal.io/sdk/client"
)

const readinessWait = 2 * time.Second

// showReadiness names the parts that web cannot do without and whether each answers: 200 when all do, else 503.
func (s *site) showReadiness(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readinessWait)
	defer cancel()
	parts := []struct {
		name  string
		probe func(context.Context) error
	}{
		{"database", s.Store.Ping},
		{"temporal", s.pingTemporal},
	}
	status, lines := http.StatusOK, strings.Builder{}
	for _, part := range parts {
		state := "ok"
		if err := part.probe(ctx); err != nil {
			s.Log.WarnContext(ctx, "not ready", "part", part.name, "cause", err)
			status, state = http.StatusServiceUnavailable, "away"
		}
		fmt.Fprintf(&lines, "%s: %s\n", part.name, state)
	}
	c.String(status, lines.String())
}

func (s *site) pingTemporal(ctx context.Context) error {
	_, err := s.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}
