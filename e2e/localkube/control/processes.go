package control

import (
	"ironkeep.io/localkube/health"
	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/supervise"
)

// processes are the programs of the control plane. Those that talk to the API server start when it answers:
// before that they would only take CPU time from it.
func processes(home layout.Home) []supervise.Process {
	return []supervise.Process{
		{Name: "etcd", Args: etcd(home)},
		{Name: "apiserver", Args: apiServer(home)},
		{Name: "controller-manager", Args: controllerManager(home), After: health.AwaitAPI},
		{Name: "scheduler", Args: scheduler(home), After: health.AwaitAPI},
		{Name: "storage", Args: []string{home.Bin("localkube"), "machine", "storage"}, After: health.AwaitAPI},
		{Name: "coredns", Args: []string{home.Bin("coredns"), "-conf", home.Run("Corefile")}, After: health.AwaitAPI},
		// It goes by the name of a node, because it wants one; that has no effect on cluster IPs.
		{Name: "proxy", Args: Proxy(home, layout.Node(1)), After: health.AwaitAPI},
	}
}

func etcd(home layout.Home) []string {
	const client, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
	return []string{
		home.Bin("etcd"), "--data-dir=" + home.Run("etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
	}
}

func apiServer(home layout.Home) []string {
	return []string{
		home.Bin("kube-apiserver"),
		"--etcd-servers=http://127.0.0.1:2379",
		"--advertise-address=" + layout.ControlIP,
		"--service-cluster-ip-range=" + layout.ServiceNet,
		"--tls-cert-file=" + home.Run("apiserver.crt"),
		"--tls-private-key-file=" + home.Run("apiserver.key"),
		"--client-ca-file=" + home.Run("ca.crt"),
		"--kubelet-client-certificate=" + home.Run("apiserver-kubelet.crt"),
		"--kubelet-client-key=" + home.Run("apiserver-kubelet.key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc." + layout.DNSDomain,
		"--service-account-key-file=" + home.Run("service-account.pub"),
		"--service-account-signing-key-file=" + home.Run("service-account.key"),
		"--requestheader-client-ca-file=" + home.Run("ca.crt"),
		"--requestheader-allowed-names=nobody", // no API is served by others; without this, logs fill with complaints
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged",
		"--profiling=false",
	}
}

func controllerManager(home layout.Home) []string {
	kubeconfig := home.Kubeconfig("controller-manager")
	return []string{
		home.Bin("kube-controller-manager"),
		"--kubeconfig=" + kubeconfig,
		"--authentication-kubeconfig=" + kubeconfig,
		"--authorization-kubeconfig=" + kubeconfig,
		"--leader-elect=false",
		"--use-service-account-credentials",
		"--service-account-private-key-file=" + home.Run("service-account.key"),
		"--root-ca-file=" + home.Run("ca.crt"),
		"--cluster-signing-cert-file=" + home.Run("ca.crt"),
		"--cluster-signing-key-file=" + home.Run("ca.key"),
		// A dead node is noticed in a quarter of the usual time.
		"--node-monitor-period=1s", "--node-monitor-grace-period=12s",
		"--kube-api-qps=200", "--kube-api-burst=400",
		"--profiling=false",
	}
}

func scheduler(home layout.Home) []string {
	kubeconfig := home.Kubeconfig("scheduler")
	return []string{
		home.Bin("kube-scheduler"),
		"--kubeconfig=" + kubeconfig,
		"--authentication-kubeconfig=" + kubeconfig,
		"--authorization-kubeconfig=" + kubeconfig,
		"--leader-elect=false",
		"--kube-api-qps=200", "--kube-api-burst=400",
		"--profiling=false",
	}
}

// Proxy is the command of a kube-proxy.
func Proxy(home layout.Home, node layout.Node) []string {
	return []string{home.Bin("kube-proxy"), "--config=" + home.Run("proxy.yaml"), "--hostname-override=" + node.Name()}
}

// proxyConfiguration: changes take effect soon, and the kernel's limits of connections are left alone.
func proxyConfiguration(home layout.Home) string {
	return `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clientConnection: {kubeconfig: ` + home.Kubeconfig("proxy") + `}
clusterCIDR: ` + layout.PodNet + `
nftables: {minSyncPeriod: 100ms}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
`
}

// corefile answers for the cluster and for nothing else; nothing is cached, so that answers are never old.
func corefile(home layout.Home) string {
	return `.:53 {
    bind ` + layout.ControlIP + `
    errors
    kubernetes ` + layout.DNSDomain + ` in-addr.arpa {
        kubeconfig ` + home.Kubeconfig("coredns") + `
        pods insecure
        ttl 1
    }
}
`
}
