// Package health waits until parts of the cluster answer.
//
// Takes: addresses. Gives: a return when all is well. Asks often, because a cluster starts in seconds.
package health

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"ironkeep.io/localkube/layout"
)

// between is the pause between two questions.
const between = 100 * time.Millisecond

// AwaitAPI waits, for ever, until the API server is ready.
func AwaitAPI() {
	// Who answers does not matter here: no secret is told.
	client := http.Client{
		Timeout:   time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
	for ; ; time.Sleep(between) {
		response, err := client.Get(layout.APIEndpoint + "/readyz")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
}

// AwaitSocket waits, for ever, until somebody listens at an address.
func AwaitSocket(network, address string) {
	for ; ; time.Sleep(between / 4) {
		if Listens(network, address) {
			return
		}
	}
}

// Listens tells whether somebody listens at an address.
func Listens(network, address string) bool {
	connection, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return false
	}
	connection.Close()
	return true
}

// DNS tells whether the cluster's DNS knows the API server.
func DNS(ctx context.Context) bool {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(layout.ControlIP, "53"))
	}}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	addresses, err := resolver.LookupHost(ctx, "kubernetes.default.svc."+layout.DNSDomain+".")
	return err == nil && len(addresses) == 1 && addresses[0] == layout.APIService
}
