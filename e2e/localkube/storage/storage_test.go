package storage

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"ironkeep.io/localkube/layout"
)

// bench is a provisioner whose caches hold what the API server holds.
type bench struct {
	*provisioner
	t *testing.T
}

func newBench(t *testing.T, objects ...runtime.Object) bench {
	t.Helper()
	return bench{&provisioner{client: fake.NewClientset(objects...), home: layout.Home(t.TempDir())}, t}
}

// look fills the caches and looks.
func (b bench) look() {
	b.t.Helper()
	claims, volumes := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{}), cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	if claim := b.claim(); claim != nil {
		_ = claims.Add(claim)
	}
	for _, volume := range b.all() {
		_ = volumes.Add(&volume)
	}
	b.claims, b.volumes = corelisters.NewPersistentVolumeClaimLister(claims), corelisters.NewPersistentVolumeLister(volumes)
	if !b.provisioner.look(context.Background()) {
		b.t.Fatal("a step failed")
	}
}

func (b bench) claim() *core.PersistentVolumeClaim {
	claim, _ := b.client.CoreV1().PersistentVolumeClaims("default").Get(context.Background(), "data", meta.GetOptions{})
	return claim
}

func (b bench) all() []core.PersistentVolume {
	list, err := b.client.CoreV1().PersistentVolumes().List(context.Background(), meta.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	return list.Items
}

// bind does what the controller manager does.
func (b bench) bind() {
	claim := b.claim()
	claim.Spec.VolumeName = b.all()[0].Name
	claim.Status = core.PersistentVolumeClaimStatus{Phase: core.ClaimBound, Capacity: b.all()[0].Spec.Capacity.DeepCopy()}
	b.update(claim)
}

func (b bench) update(claim *core.PersistentVolumeClaim) {
	if _, err := b.client.CoreV1().PersistentVolumeClaims("default").Update(context.Background(), claim, meta.UpdateOptions{}); err != nil {
		b.t.Fatal(err)
	}
}

func asks(size string) core.ResourceList {
	return core.ResourceList{core.ResourceStorage: resource.MustParse(size)}
}

func newClaim(class, node string) *core.PersistentVolumeClaim {
	claim := &core.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "data", UID: "1234", Annotations: map[string]string{}},
		Spec: core.PersistentVolumeClaimSpec{
			StorageClassName: &class,
			AccessModes:      []core.PersistentVolumeAccessMode{core.ReadWriteOnce},
			Resources:        core.VolumeResourceRequirements{Requests: asks("1Gi")},
		},
		Status: core.PersistentVolumeClaimStatus{Phase: core.ClaimPending},
	}
	if node != "" {
		claim.Annotations[selectedNode] = node
	}
	return claim
}

func TestOnlyScheduledClaimsOfOurClassesGetAVolume(t *testing.T) {
	for _, claim := range []*core.PersistentVolumeClaim{newClaim(DefaultClass, ""), newClaim("other", "node1")} {
		b := newBench(t, claim)
		b.look()
		if len(b.all()) != 0 {
			t.Errorf("a volume for %s", *claim.Spec.StorageClassName)
		}
	}
}

func TestAVolumeIsAFolderOnTheNodeOfItsPod(t *testing.T) {
	b := newBench(t, newClaim(DefaultClass, "node2"))
	b.look()
	b.look() // the claim is not bound yet: no second volume
	volumes := b.all()
	if len(volumes) != 1 {
		t.Fatalf("%d volumes", len(volumes))
	}
	volume := volumes[0]
	if about, err := os.Stat(volume.Spec.Local.Path); err != nil || !about.IsDir() {
		t.Errorf("no folder: %v", err)
	}
	term := volume.Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0]
	if term.Key != core.LabelHostname || len(term.Values) != 1 || term.Values[0] != "node2" {
		t.Errorf("affinity: %v", term)
	}
	if volume.Spec.ClaimRef.UID != "1234" || volume.Spec.Capacity.Storage().String() != "1Gi" {
		t.Errorf("volume: %+v", volume.Spec)
	}
}

func TestAVolumeOfAnywhereHasNoNode(t *testing.T) {
	b := newBench(t, newClaim("localkube-anywhere", "node2"))
	b.look()
	if term := b.all()[0].Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0]; term.Operator != core.NodeSelectorOpExists {
		t.Errorf("affinity: %v", term)
	}
}

func TestAClaimThatAsksForMoreGetsIt(t *testing.T) {
	b := newBench(t, newClaim(DefaultClass, "node1"))
	b.look()
	b.bind()
	claim := b.claim()
	claim.Spec.Resources.Requests = asks("2Gi")
	claim.Status.Conditions = []core.PersistentVolumeClaimCondition{{Type: core.PersistentVolumeClaimResizing}}
	b.update(claim)
	b.look()
	claim = b.claim()
	if claim.Status.Capacity.Storage().String() != "2Gi" || len(claim.Status.Conditions) != 0 {
		t.Errorf("claim: %+v", claim.Status)
	}
	if got := b.all()[0].Spec.Capacity.Storage().String(); got != "2Gi" {
		t.Errorf("volume: %s", got)
	}
}

func TestOnlyReleasedVolumesToDeleteAreRemoved(t *testing.T) {
	for _, one := range []struct {
		phase  core.PersistentVolumePhase
		policy core.PersistentVolumeReclaimPolicy
		by     string
		gone   bool
	}{
		{core.VolumeReleased, core.PersistentVolumeReclaimDelete, Provisioner, true},
		{core.VolumeBound, core.PersistentVolumeReclaimDelete, Provisioner, false},
		{core.VolumeReleased, core.PersistentVolumeReclaimRetain, Provisioner, false},
		{core.VolumeReleased, core.PersistentVolumeReclaimDelete, "another", false},
	} {
		volume := &core.PersistentVolume{
			ObjectMeta: meta.ObjectMeta{Name: "pvc-1234", Annotations: map[string]string{provisionedBy: one.by}},
			Spec:       core.PersistentVolumeSpec{PersistentVolumeReclaimPolicy: one.policy},
			Status:     core.PersistentVolumeStatus{Phase: one.phase},
		}
		b := newBench(t, volume)
		folder := filepath.Join(b.home.Volumes(), volume.Name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		b.look()
		_, err := os.Stat(folder)
		if gone := os.IsNotExist(err); gone != one.gone || (len(b.all()) == 0) != one.gone {
			t.Errorf("%+v: folder gone %v, %d volumes", one, gone, len(b.all()))
		}
	}
}
