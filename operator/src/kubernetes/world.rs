//! What is known of the Kubernetes cluster: the objects of every ValkeyCluster, and which nodes are being drained.
//!
//! Filled by the watches and by the answers to the operator's own writes, read by passes. A record never goes back to
//! an older version: an answer is usually here before the watch tells of it. It makes no request itself.

use super::kinds::Kind;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A ValkeyCluster: namespace and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// An object at one of its versions.
#[derive(Debug, Clone)]
pub struct Version {
    /// The cluster it belongs to.
    pub key: Key,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its resource version; 0 if that isn't a number, which is newer than everything.
    pub number: u64,
}

#[derive(Debug)]
struct Record {
    number: u64,
    json: Box<[u8]>,
}

type Records = BTreeMap<(Kind, String), Record>;

/// The store.
#[derive(Debug, Default)]
pub struct World {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    clusters: BTreeMap<Key, Records>,
    cordoned: BTreeSet<String>,
}

impl World {
    /// Takes in an object. Says whether anything is different now.
    pub fn put(&self, version: Version, json: Vec<u8>) -> bool {
        let mut state = self.state.lock();
        let records = state.clusters.entry(version.key).or_default();
        let place = records.entry((version.kind, version.name));
        let old = match place {
            std::collections::btree_map::Entry::Vacant(vacant) => {
                vacant.insert(Record { number: version.number, json: json.into() });
                return true;
            }
            std::collections::btree_map::Entry::Occupied(occupied) => occupied.into_mut(),
        };
        if version.number != 0 && version.number <= old.number {
            return false;
        }
        old.number = version.number;
        let different = *old.json != *json;
        if different {
            old.json = json.into();
        }
        different
    }

    /// Lets go of an object that was deleted. Says whether it was there.
    pub fn remove(&self, version: &Version) -> bool {
        let mut state = self.state.lock();
        let Some(records) = state.clusters.get_mut(&version.key) else { return false };
        let place = (version.kind, version.name.clone());
        // A successor of the same name may be known already.
        if records.get(&place).is_none_or(|record| version.number != 0 && version.number < record.number) {
            return false;
        }
        records.remove(&place);
        if records.is_empty() {
            state.clusters.remove(&version.key);
        }
        true
    }

    /// After everything of a kind has been listed (in one namespace, or in all): lets go of what wasn't in the list.
    /// Gives the clusters that lost something.
    pub fn keep_only(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        listed: &BTreeSet<(Key, String)>,
    ) -> Vec<Key> {
        let mut state = self.state.lock();
        let mut changed = Vec::new();
        for (key, records) in &mut state.clusters {
            if namespace.is_some_and(|namespace| namespace != key.namespace) {
                continue;
            }
            let before = records.len();
            records.retain(|(of, name), _| *of != kind || listed.contains(&(key.clone(), name.clone())));
            if records.len() != before {
                changed.push(key.clone());
            }
        }
        state.clusters.retain(|_, records| !records.is_empty());
        changed
    }

    /// The JSON of one object.
    pub fn get(&self, key: &Key, kind: Kind, name: &str) -> Option<Vec<u8>> {
        let state = self.state.lock();
        Some(state.clusters.get(key)?.get(&(kind, name.to_owned()))?.json.to_vec())
    }

    /// The JSON of the ValkeyCluster itself.
    pub fn cluster(&self, key: &Key) -> Option<Vec<u8>> {
        self.get(key, Kind::ValkeyCluster, &key.name)
    }

    /// The JSON of everything that belongs to a cluster.
    pub fn all(&self, key: &Key) -> Vec<(Kind, String, Vec<u8>)> {
        let state = self.state.lock();
        let records = state.clusters.get(key).into_iter().flatten();
        records.map(|((kind, name), record)| (*kind, name.clone(), record.json.to_vec())).collect()
    }

    /// Gives every ValkeyCluster's JSON to `read`.
    pub fn each_cluster(&self, mut read: impl FnMut(&[u8])) {
        let state = self.state.lock();
        for (key, records) in &state.clusters {
            if let Some(record) = records.get(&(Kind::ValkeyCluster, key.name.clone())) {
                read(&record.json);
            }
        }
    }

    /// Notes whether a node takes new pods. Says whether that is news.
    pub fn cordon(&self, node: &str, cordoned: bool) -> bool {
        let mut state = self.state.lock();
        if cordoned { state.cordoned.insert(node.to_owned()) } else { state.cordoned.remove(node) }
    }

    /// After all nodes have been listed: forgets those that are gone.
    pub fn keep_nodes(&self, listed: &BTreeSet<String>) {
        self.state.lock().cordoned.retain(|node| listed.contains(node));
    }

    /// Whether a node takes no new pods.
    pub fn is_cordoned(&self, node: &str) -> bool {
        self.state.lock().cordoned.contains(node)
    }

    /// All clusters that something is known of.
    pub fn keys(&self) -> Vec<Key> {
        self.state.lock().clusters.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key { namespace: "n".to_owned(), name: name.to_owned() }
    }

    fn version(cluster: &str, kind: Kind, name: &str, number: u64) -> Version {
        Version { key: key(cluster), kind, name: name.to_owned(), number }
    }

    fn pod(number: u64) -> Version {
        version("c", Kind::Pod, "c-0-0", number)
    }

    fn known(world: &World) -> Option<Vec<u8>> {
        world.get(&key("c"), Kind::Pod, "c-0-0")
    }

    #[test]
    fn a_watch_that_lags_behind_an_answer_changes_nothing() {
        let world = World::default();
        assert!(world.put(pod(5), b"answer".to_vec()));
        assert!(!world.put(pod(4), b"old".to_vec()));
        assert!(!world.put(pod(5), b"answer".to_vec()));
        assert_eq!(known(&world), Some(b"answer".to_vec()));
        assert!(world.put(pod(6), b"new".to_vec()));
    }

    #[test]
    fn a_newer_version_that_looks_the_same_is_no_news() {
        let world = World::default();
        assert!(world.put(pod(5), b"a".to_vec()));
        assert!(!world.put(pod(6), b"a".to_vec()));
        assert!(!world.put(pod(5), b"b".to_vec()), "the number has moved on all the same");
    }

    #[test]
    fn a_version_without_a_number_is_taken_as_it_comes() {
        let world = World::default();
        assert!(world.put(pod(0), b"a".to_vec()));
        assert!(world.put(pod(0), b"b".to_vec()));
        assert!(world.remove(&pod(0)));
    }

    #[test]
    fn the_deletion_of_a_predecessor_leaves_the_successor() {
        let world = World::default();
        world.put(pod(9), b"successor".to_vec());
        assert!(!world.remove(&pod(8)));
        assert!(known(&world).is_some());
        assert!(world.remove(&pod(10)));
        assert!(!world.remove(&pod(10)));
        assert!(world.keys().is_empty());
    }

    #[test]
    fn what_a_new_list_lacks_is_gone() {
        let world = World::default();
        for (cluster, name) in [("a", "a-0-0"), ("a", "a-0-1"), ("b", "b-0-0")] {
            world.put(version(cluster, Kind::Pod, name, 1), Vec::new());
        }
        world.put(version("a", Kind::Service, "a", 1), Vec::new());
        let listed = BTreeSet::from([(key("a"), "a-0-0".to_owned()), (key("b"), "b-0-0".to_owned())]);
        assert!(world.keep_only(Kind::Pod, Some("elsewhere"), &BTreeSet::new()).is_empty());
        assert_eq!(world.keep_only(Kind::Pod, None, &listed), [key("a")]);
        assert_eq!(world.all(&key("a")).len(), 2);
        assert_eq!(world.keep_only(Kind::Pod, Some("n"), &BTreeSet::new()), [key("a"), key("b")]);
        assert_eq!(world.keys(), [key("a")]);
    }

    #[test]
    fn nodes_are_known_by_what_is_special_about_them() {
        let world = World::default();
        assert!(!world.cordon("n1", false));
        assert!(world.cordon("n1", true));
        assert!(!world.cordon("n1", true));
        assert!(world.is_cordoned("n1"));
        world.keep_nodes(&BTreeSet::from(["n2".to_owned()]));
        assert!(!world.is_cordoned("n1"));
    }

    #[test]
    fn only_clusters_themselves_are_counted() {
        let world = World::default();
        world.put(version("a", Kind::ValkeyCluster, "a", 1), b"a".to_vec());
        world.put(pod(1), b"pod".to_vec());
        let mut seen = Vec::new();
        world.each_cluster(|json| seen.push(json.to_vec()));
        assert_eq!(seen, [b"a".to_vec()]);
        assert_eq!(world.cluster(&key("a")), Some(b"a".to_vec()));
        assert_eq!(world.cluster(&key("c")), None);
    }
}
