package brokertest

import "net/http"

// makeRoutes lists all addresses, in the order in which a login meets them.
func (b *Broker) makeRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.showHome)
	mux.HandleFunc("GET /stijl.css", showStyle)
	mux.HandleFunc("GET /metadata", b.showMetadata)
	mux.HandleFunc("POST /sso", b.start)
	mux.HandleFunc("GET /sso", b.startRedirected)
	mux.HandleFunc("GET /inloggen/{login}", b.withLogin(b.show))
	mux.HandleFunc("POST /inloggen/{login}/leverancier", b.withLogin(b.chooseSupplier))
	mux.HandleFunc("POST /inloggen/{login}/wachtwoord", b.withLogin(b.checkPassword))
	mux.HandleFunc("POST /inloggen/{login}/code", b.withLogin(b.checkCode))
	mux.HandleFunc("POST /inloggen/{login}/organisatie", b.withLogin(b.chooseOrganisation))
	mux.HandleFunc("POST /inloggen/{login}/stoppen", b.withLogin(b.cancel))
	mux.HandleFunc("POST /ars", b.resolve)
	return mux
}

func (b *Broker) showHome(w http.ResponseWriter, _ *http.Request) {
	b.pages.render(w, http.StatusOK, "home", layoutView{})
}

func showStyle(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "templates/stijl.css")
}

func (b *Broker) showMetadata(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(b.metadata)
}
