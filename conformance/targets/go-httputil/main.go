// A reverse proxy with Go's httputil.ReverseProxy, used as its documentation shows, and nothing more.
//
//	go-httputil LISTEN ORIGIN    forwards what arrives at LISTEN (host:port) to ORIGIN (host:port)
//	go-httputil -version         prints the version of Go, which is the library's too
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-version" {
		fmt.Println(runtime.Version())
		return
	}
	if len(os.Args) != 3 {
		log.Fatal("usage: go-httputil LISTEN ORIGIN")
	}
	origin := &url.URL{Scheme: "http", Host: os.Args[2]}

	// ReverseProxy passes Upgrade on by itself.
	explicit := http.DefaultTransport.(*http.Transport).Clone()

	// Each plain request goes on with "Connection: close".
	mapped := explicit.Clone()
	mapped.DisableKeepAlives = true

	// The limits that a Transport has.
	timed := mapped.Clone()
	timed.DialContext = (&net.Dialer{Timeout: time.Second}).DialContext
	timed.ResponseHeaderTimeout = time.Second

	routes := map[string]http.Handler{
		"/explicit/": proxy(origin, explicit),
		"/mapped/":   proxy(origin, mapped),
		"/timed/":    proxy(origin, timed),
	}
	server := &http.Server{
		Addr:              os.Args[1],
		Handler:           byPrefix(routes, routes["/explicit/"]),
		ReadHeaderTimeout: 2 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}

func proxy(origin *url.URL, transport http.RoundTripper) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(origin)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		Transport: transport,
	}
}

// Not an http.ServeMux, which redirects paths that are not clean before the proxy sees them.
func byPrefix(routes map[string]http.Handler, otherwise http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for prefix, handler := range routes {
			if strings.HasPrefix(r.URL.Path, prefix) {
				handler.ServeHTTP(w, r)
				return
			}
		}
		otherwise.ServeHTTP(w, r)
	})
}
