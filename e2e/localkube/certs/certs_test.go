package certs

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
)

func TestServersAreTrustedByTheirNamesOnly(t *testing.T) {
	authority, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Server([]string{"kubernetes"}, []string{"10.97.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	leaf := parse(t, pair)
	for name, trusted := range map[string]bool{"kubernetes": true, "10.97.0.1": true, "10.97.0.2": false, "other": false} {
		_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots(authority)})
		if (err == nil) != trusted {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClientsAreNoServers(t *testing.T) {
	authority, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Client("admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	leaf := parse(t, pair)
	if leaf.Subject.CommonName != "admin" || len(leaf.Subject.Organization) != 1 || leaf.Subject.Organization[0] != "system:masters" {
		t.Errorf("subject: %s", leaf.Subject)
	}
	for usage, allowed := range map[x509.ExtKeyUsage]bool{x509.ExtKeyUsageClientAuth: true, x509.ExtKeyUsageServerAuth: false} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots(authority), KeyUsages: []x509.ExtKeyUsage{usage}})
		if (err == nil) != allowed {
			t.Errorf("usage %v: %v", usage, err)
		}
	}
}

func parse(t *testing.T, pair Pair) *x509.Certificate {
	t.Helper()
	loaded, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(loaded.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

func roots(authority *Authority) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority.Certificate)
	return pool
}
