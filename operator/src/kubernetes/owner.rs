//! Whose an object is: ours, that of an earlier cluster of the same name, or somebody else's.

use ironkeep_api::names;
use serde_json::Value;

/// Whose an object is.
#[derive(Debug, PartialEq, Eq)]
pub enum Owner {
    /// This cluster's. Also one that nobody owns and that carries our labels: left behind on purpose, it is taken back.
    Us,
    /// That of a cluster of the same name that is being removed.
    Predecessor,
    /// Somebody else's: who.
    Other(String),
}

/// Whose `object` is, from the view of the cluster with this name and uid.
pub fn owner(object: &Value, cluster: &str, uid: &str) -> Owner {
    let metadata = &object["metadata"];
    let owners = metadata["ownerReferences"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(holder) = owners.iter().find(|owner| owner["controller"] == true) else {
        let ours = metadata["labels"][names::LABEL_MANAGED_BY] == names::MANAGER
            && metadata["labels"][names::LABEL_CLUSTER] == cluster;
        return if ours { Owner::Us } else { Owner::Other("somebody else".to_owned()) };
    };
    let (kind, name) = (text(holder, "kind"), text(holder, "name"));
    if holder["uid"] == uid {
        Owner::Us
    } else if kind == "ValkeyCluster" && name == cluster {
        Owner::Predecessor
    } else {
        Owner::Other(format!("{kind} {name}"))
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whose_it_is() {
        let held = |kind, name, uid| {
            let reference = json!({"kind": kind, "name": name, "uid": uid, "controller": true});
            json!({"metadata": {"ownerReferences": [reference]}})
        };
        let ours = json!({"metadata": {"labels": {
            "app.kubernetes.io/managed-by": "ironkeep-operator", "ironkeep.io/cluster": "c",
        }}});
        let helms = json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": "Helm"}}});
        let mine = || Owner::Other("somebody else".to_owned());
        let table = [
            (held("ValkeyCluster", "c", "u"), Owner::Us),
            (held("ValkeyCluster", "c", "old"), Owner::Predecessor),
            (held("ValkeyCluster", "d", "v"), Owner::Other("ValkeyCluster d".to_owned())),
            (held("Deployment", "c", "w"), Owner::Other("Deployment c".to_owned())),
            (ours, Owner::Us),
            (helms, mine()),
            (json!({"metadata": {}}), mine()),
            (json!({}), mine()),
        ];
        for (object, expected) in table {
            assert_eq!(owner(&object, "c", "u"), expected, "{object}");
        }
    }
}
