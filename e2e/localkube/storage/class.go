package storage

import (
	"context"

	core "k8s.io/api/core/v1"
	storageapi "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// class is a class of volumes.
type class struct {
	name string
	// anywhere: a pod may take its volume to another node, as with a disk of the network. Else the volume belongs
	// to the node on which its first pod ran.
	anywhere bool
	standard bool
}

var classes = []class{
	{name: "localkube", standard: true},
	{name: "localkube-anywhere", anywhere: true},
}

// DefaultClass is the class of claims that name none.
const DefaultClass = "localkube"

// classOf is the class of a claim; nil if it isn't one of ours.
func classOf(claim *core.PersistentVolumeClaim) *class {
	for i := range classes {
		if claim.Spec.StorageClassName != nil && *claim.Spec.StorageClassName == classes[i].name {
			return &classes[i]
		}
	}
	return nil
}

// makeClasses makes the classes that are not there.
func makeClasses(ctx context.Context, client kubernetes.Interface) error {
	mode, policy, grows := storageapi.VolumeBindingWaitForFirstConsumer, core.PersistentVolumeReclaimDelete, true
	for _, class := range classes {
		object := &storageapi.StorageClass{
			ObjectMeta:           meta.ObjectMeta{Name: class.name},
			Provisioner:          Provisioner,
			VolumeBindingMode:    &mode,
			ReclaimPolicy:        &policy,
			AllowVolumeExpansion: &grows,
		}
		if class.standard {
			object.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
		}
		if _, err := client.StorageV1().StorageClasses().Create(ctx, object, meta.CreateOptions{}); err != nil && !errors.IsAlreadyExists(err) {
			return err
		}
	}
	return nil
}
