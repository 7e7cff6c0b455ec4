package health

import (
	"fmt"
	"net/http"
	"strings"
)

// Paths that ServeHTTP answers.
const (
	LivePath  = "/healthz"
	ReadyPath = "/readyz"
)

// ServeHTTP answers /healthz, which is about the process only, and /readyz, which names each part and is 503 while one
// is away that the process cannot do without.
func (w *Watch) ServeHTTP(out http.ResponseWriter, request *http.Request) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	switch request.URL.Path {
	case LivePath:
		fmt.Fprintln(out, "ok")
	case ReadyPath:
		if !w.ask(request.Context()) {
			out.WriteHeader(http.StatusServiceUnavailable)
		}
		fmt.Fprint(out, w.report())
	default:
		http.NotFound(out, request)
	}
}

func (w *Watch) report() string {
	var lines strings.Builder
	for _, part := range w.parts {
		fmt.Fprintf(&lines, "%s: %s\n", part.Name, part.current())
	}
	return lines.String()
}
