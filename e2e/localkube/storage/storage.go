// Package storage gives volumes to claims: each volume is a folder.
//
// Takes: claims of its two classes. Gives: a volume when a pod was scheduled, more room when the claim asks
// for it, and the removal of folder and volume when the claim is gone. It looks at everything whenever anything
// changes, so it never misses what happened while it did not run. Sizes are promises: a folder has no limit.
package storage

import (
	"context"
	"log"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"

	"ironkeep.io/localkube/layout"
)

const (
	// Provisioner is the name in the classes.
	Provisioner = "localkube.ironkeep.io/folder"

	provisionedBy = "pv.kubernetes.io/provisioned-by"
	selectedNode  = "volume.kubernetes.io/selected-node"
)

// provisioner is what all steps need.
type provisioner struct {
	client  kubernetes.Interface
	claims  corelisters.PersistentVolumeClaimLister
	volumes corelisters.PersistentVolumeLister
	home    layout.Home
}

// Run provisions for ever.
func Run(home layout.Home) error {
	configuration, err := clientcmd.BuildConfigFromFlags("", home.Kubeconfig("storage"))
	if err != nil {
		return err
	}
	configuration.QPS, configuration.Burst = 200, 400
	client, err := kubernetes.NewForConfig(configuration)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := makeClasses(ctx, client); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	core := factory.Core().V1()
	changed := make(chan struct{}, 1)
	for _, informer := range []cache.SharedIndexInformer{core.PersistentVolumeClaims().Informer(), core.PersistentVolumes().Informer()} {
		if _, err := informer.AddEventHandler(ring(changed)); err != nil {
			return err
		}
	}
	p := provisioner{client, core.PersistentVolumeClaims().Lister(), core.PersistentVolumes().Lister(), home}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for range changed {
		if !p.look(ctx) {
			time.AfterFunc(time.Second, func() { wake(changed) })
		}
	}
	return nil
}

// ring notes that something changed; many changes are one ring.
func ring(changed chan<- struct{}) cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { wake(changed) },
		UpdateFunc: func(any, any) { wake(changed) },
		DeleteFunc: func(any) { wake(changed) },
	}
}

func wake(changed chan<- struct{}) {
	select {
	case changed <- struct{}{}:
	default:
	}
}

// look does what is to be done for every claim and every volume, and tells whether all of it went well.
func (p *provisioner) look(ctx context.Context) bool {
	well := true
	note := func(what string, err error) {
		if err != nil {
			well = false
			log.Printf("%s: %v", what, err)
		}
	}
	claims, err := p.claims.List(labels.Everything())
	note("list claims", err)
	for _, claim := range claims {
		switch class := classOf(claim); {
		case class == nil:
		case claim.Status.Phase == core.ClaimPending && claim.Spec.VolumeName == "":
			note("provision for "+claim.Namespace+"/"+claim.Name, p.provision(ctx, class, claim))
		case claim.Status.Phase == core.ClaimBound:
			note("grow "+claim.Namespace+"/"+claim.Name, p.grow(ctx, claim))
		}
	}
	volumes, err := p.volumes.List(labels.Everything())
	note("list volumes", err)
	for _, volume := range volumes {
		note("reclaim "+volume.Name, p.reclaim(ctx, volume))
	}
	return well
}
