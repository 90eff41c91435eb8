package certs

import (
	"encoding/base64"
	"fmt"

	"ironkeep.io/localkube/layout"
)

// WriteAll writes all keys and kubeconfig files of a cluster into its run folder.
func WriteAll(home layout.Home, nodes []layout.Node) error {
	authority, err := NewAuthority()
	if err != nil {
		return err
	}
	for _, step := range []func(layout.Home, *Authority) error{writeServer, writeServiceAccount, writeUsers} {
		if err := step(home, authority); err != nil {
			return err
		}
	}
	for _, node := range nodes {
		user := "system:node:" + node.Name()
		if err := writeKubeconfig(home.Kubeconfig(node.Name()), authority, user, "system:nodes"); err != nil {
			return err
		}
	}
	return nil
}

// writeServer writes the authority, and what the API server shows to clients and to kubelets.
func writeServer(home layout.Home, authority *Authority) error {
	names := []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + layout.DNSDomain, "localhost"}
	server, err := authority.Server(names, []string{layout.ControlIP, layout.APIService, "127.0.0.1"})
	if err != nil {
		return err
	}
	toKubelets, err := authority.Client("kube-apiserver", "system:masters")
	if err != nil {
		return err
	}
	for name, pair := range map[string]Pair{"ca": authority.Pair, "apiserver": server, "apiserver-kubelet": toKubelets} {
		if err := write(home.Run(name+".crt"), pair.Certificate); err != nil {
			return err
		}
		if err := write(home.Run(name+".key"), pair.Key); err != nil {
			return err
		}
	}
	return nil
}

func writeServiceAccount(home layout.Home, _ *Authority) error {
	private, public, err := ServiceAccountKey()
	if err != nil {
		return err
	}
	if err := write(home.Run("service-account.key"), private); err != nil {
		return err
	}
	return write(home.Run("service-account.pub"), public)
}

// writeUsers writes the access of everybody but the nodes. What is localkube's own may do everything.
func writeUsers(home layout.Home, authority *Authority) error {
	const everything = "system:masters"
	if err := writeKubeconfig(home.Admin(), authority, "admin", everything); err != nil {
		return err
	}
	for file, user := range map[string]string{
		"controller-manager": "system:kube-controller-manager",
		"scheduler":          "system:kube-scheduler",
		"proxy":              "system:kube-proxy",
	} {
		if err := writeKubeconfig(home.Kubeconfig(file), authority, user); err != nil {
			return err
		}
	}
	for _, own := range []string{"coredns", "storage"} {
		if err := writeKubeconfig(home.Kubeconfig(own), authority, "localkube:"+own, everything); err != nil {
			return err
		}
	}
	return nil
}

func writeKubeconfig(path string, authority *Authority, user string, groups ...string) error {
	pair, err := authority.Client(user, groups...)
	if err != nil {
		return err
	}
	encode := base64.StdEncoding.EncodeToString
	return write(path, fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- name: localkube
  cluster:
    server: %s
    certificate-authority-data: %s
users:
- name: %q
  user:
    client-certificate-data: %s
    client-key-data: %s
contexts:
- name: localkube
  context: {cluster: localkube, user: %q}
current-context: localkube
`, layout.APIEndpoint, encode(authority.Certificate), user, encode(pair.Certificate), encode(pair.Key), user))
}
