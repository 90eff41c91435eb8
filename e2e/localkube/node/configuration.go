package node

import (
	"fmt"
	"os"
	"path/filepath"

	"ironkeep.io/localkube/images"
	"ironkeep.io/localkube/layout"
)

func containerd(home layout.Home, node layout.Node) []string {
	return []string{"/usr/bin/containerd", "--config", home.Run(node.Name(), "etc", "containerd.toml"), "--log-level", "warn"}
}

func kubelet(home layout.Home, node layout.Node) []string {
	return []string{
		home.Bin("kubelet"),
		"--config=" + home.Run(node.Name(), "etc", "kubelet.yaml"),
		"--kubeconfig=" + home.Kubeconfig(node.Name()),
		"--hostname-override=" + node.Name(),
		"--node-ip=" + node.IP(),
		"--node-labels=topology.kubernetes.io/zone=" + node.Zone() + ",topology.kubernetes.io/region=local",
	}
}

// writeConfiguration writes the files that the programs of a node are told of.
func writeConfiguration(home layout.Home, node layout.Node) error {
	folder := home.Run(node.Name(), "etc")
	files := map[string]string{
		filepath.Join(folder, "containerd.toml"):      containerdConfiguration(folder),
		filepath.Join(folder, "cni", "pods.conflist"): podNetwork(node),
		filepath.Join(folder, "kubelet.yaml"):         kubeletConfiguration(home, node),
		filepath.Join(folder, "resolv.conf"):          "nameserver " + layout.ControlIP + "\n",
	}
	for path, content := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// containerdConfiguration: restrict_oom_score_adj because some computers forbid even root to lower the score.
func containerdConfiguration(folder string) string {
	return fmt.Sprintf(`version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.tracing.processor.v1.otlp"]

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = %q
restrict_oom_score_adj = true
disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = %q

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
`, images.Pause, filepath.Join(folder, "cni"))
}

// podNetwork: a cable and a route for each pod.
func podNetwork(node layout.Node) string {
	return fmt.Sprintf(`{
  "cniVersion": "0.4.0", "name": "pods",
  "plugins": [{
    "type": "ptp", "ipMasq": false,
    "ipam": {
      "type": "host-local", "dataDir": "/var/lib/cni",
      "ranges": [[{"subnet": %q}]], "routes": [{"dst": "0.0.0.0/0"}]
    }
  }]
}
`, node.PodNet())
}

// kubeletConfiguration: tolerates version 1 of control groups and a computer that forbids some limits to root;
// looks at its pods and reports often; never deletes the images, which it could not pull again.
func kubeletConfiguration(home layout.Home, node layout.Node) string {
	return fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %s}
authorization: {mode: Webhook}
clusterDNS: [%s]
clusterDomain: %s
resolvConf: %s
containerRuntimeEndpoint: unix://%s
cgroupDriver: cgroupfs
cgroupRoot: /%s
failCgroupV1: false
failSwapOn: false
featureGates: {KubeletInUserNamespace: true}
maxPods: 150
serializeImagePulls: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%%}
evictionPressureTransitionPeriod: 5s
syncFrequency: 10s
nodeStatusUpdateFrequency: 1s
nodeLeaseDurationSeconds: 8
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 200
kubeAPIBurst: 400
enableDebuggingHandlers: true
`, home.Run("ca.crt"), layout.ControlIP, layout.DNSDomain, home.Run(node.Name(), "etc", "resolv.conf"), Socket, Group(node))
}
