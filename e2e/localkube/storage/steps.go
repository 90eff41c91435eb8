package storage

import (
	"context"
	"os"
	"path/filepath"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// provision makes the volume of a claim, once the scheduler has chosen a node.
func (p *provisioner) provision(ctx context.Context, class *class, claim *core.PersistentVolumeClaim) error {
	node := claim.Annotations[selectedNode]
	if node == "" {
		return nil
	}
	volume := describe(class, claim, node)
	volume.Spec.Local = &core.LocalVolumeSource{Path: filepath.Join(p.home.Volumes(), volume.Name)}
	// As on a fresh disk everything belongs to root: pods that run as somebody else say so with fsGroup.
	if err := os.MkdirAll(volume.Spec.Local.Path, 0o755); err != nil {
		return err
	}
	_, err := p.client.CoreV1().PersistentVolumes().Create(ctx, volume, meta.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		return nil // made a moment ago
	}
	return err
}

func describe(class *class, claim *core.PersistentVolumeClaim, node string) *core.PersistentVolume {
	where := core.NodeSelectorRequirement{Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{node}}
	if class.anywhere {
		where = core.NodeSelectorRequirement{Key: core.LabelHostname, Operator: core.NodeSelectorOpExists}
	}
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{
			Name:        "pvc-" + string(claim.UID),
			Annotations: map[string]string{provisionedBy: Provisioner},
		},
		Spec: core.PersistentVolumeSpec{
			Capacity:                      core.ResourceList{core.ResourceStorage: claim.Spec.Resources.Requests[core.ResourceStorage]},
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimDelete,
			StorageClassName:              class.name,
			ClaimRef: &core.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			NodeAffinity: &core.VolumeNodeAffinity{Required: &core.NodeSelector{
				NodeSelectorTerms: []core.NodeSelectorTerm{{MatchExpressions: []core.NodeSelectorRequirement{where}}},
			}},
		},
	}
}

// grow gives a claim the room that it asks for: first the volume says so, then the claim.
func (p *provisioner) grow(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	wanted := claim.Spec.Resources.Requests[core.ResourceStorage]
	if has := claim.Status.Capacity[core.ResourceStorage]; wanted.Cmp(has) <= 0 {
		return nil
	}
	volume, err := p.volumes.Get(claim.Spec.VolumeName)
	if err != nil {
		return err
	}
	if volume.Annotations[provisionedBy] != Provisioner {
		return nil
	}
	if has := volume.Spec.Capacity[core.ResourceStorage]; wanted.Cmp(has) > 0 {
		volume = volume.DeepCopy()
		volume.Spec.Capacity[core.ResourceStorage] = wanted
		if _, err := p.client.CoreV1().PersistentVolumes().Update(ctx, volume, meta.UpdateOptions{}); err != nil {
			return err
		}
	}
	claim = claim.DeepCopy()
	claim.Status.Capacity[core.ResourceStorage] = wanted
	claim.Status.Conditions = nil
	_, err = p.client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(ctx, claim, meta.UpdateOptions{})
	return err
}

// reclaim removes a volume that nobody claims any more.
func (p *provisioner) reclaim(ctx context.Context, volume *core.PersistentVolume) error {
	if volume.Annotations[provisionedBy] != Provisioner || volume.Status.Phase != core.VolumeReleased ||
		volume.Spec.PersistentVolumeReclaimPolicy != core.PersistentVolumeReclaimDelete || volume.DeletionTimestamp != nil {
		return nil
	}
	if err := os.RemoveAll(filepath.Join(p.home.Volumes(), filepath.Base(volume.Name))); err != nil {
		return err
	}
	err := p.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, meta.DeleteOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}
