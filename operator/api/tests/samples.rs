//! The samples are good, and come out of the types as they went in.

use ironkeep_api::{EngineType, Images, Mode, ValkeyCluster, manifest};
use std::{collections::BTreeSet, fs};

fn samples() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/samples");
    let files = fs::read_dir(folder).expect("the samples").map(|file| file.expect("a file").path());
    let yaml = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    yaml.map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("a sample"))).collect()
}

#[test]
fn samples_are_good_and_short() {
    assert!(samples().len() >= 6);
    for (path, text) in samples() {
        manifest::read(&text).unwrap_or_else(|problems| panic!("{path}: {problems:?}"));
        assert!(text.starts_with("# ") && text.lines().count() < 40, "{path}");
    }
}

#[test]
fn samples_cover_modes_and_engines() {
    let read = |(_, text): (String, String)| manifest::read(&text).expect("good").spec;
    let kinds: BTreeSet<_> =
        samples().into_iter().map(read).map(|spec| format!("{} {}", spec.mode, spec.engine.kind)).collect();
    for kind in [
        "cluster redis",
        "cluster valkey",
        "replication redis",
        "replication valkey",
        "standalone ironkeep",
        "standalone valkey",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
}

#[test]
fn a_cluster_comes_out_as_it_went_in() {
    for (path, text) in samples() {
        let cluster = manifest::read(&text).expect("good");
        let written = serde_yaml::to_string(&cluster).expect("YAML");
        let again: ValkeyCluster = serde_yaml::from_str(&written).expect("a cluster");
        assert_eq!(cluster, again, "{path}");
        assert_eq!(manifest::read(&written).expect("good"), cluster, "{path}");
    }
}

#[test]
fn images_follow_type_version_and_the_operators_registry() {
    let image = |yaml: &str, images: &Images| {
        let spec: ironkeep_api::ValkeyClusterSpec = serde_yaml::from_str(yaml).expect("a spec");
        spec.engine.image(images)
    };
    let public = Images::default();
    let own = Images::default().with(EngineType::Redis, "registry.example/redis");
    let redis = "engine: { type: redis, version: '8.0' }";
    assert_eq!(image("engine: { type: valkey, version: '9.1' }", &public), "docker.io/valkey/valkey:9.1");
    assert_eq!(image(redis, &public), "docker.io/library/redis:8.0");
    assert_eq!(image(redis, &own), "registry.example/redis:8.0");
    assert_eq!(
        image("engine: { type: redis, version: '8.0', image: 'localhost/r:1' }", &own),
        "localhost/r:1"
    );
    let ironkeep = format!("ghcr.io/ironkeep/ironkeep-server:{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(image("{}", &public), ironkeep);
    assert_eq!(Mode::default().to_string(), "cluster");
}
