//! Publish and subscribe: who listens to which channels, patterns and shard channels.
//!
//! What is published while a command runs is noted with the changes that it makes (`commands/change.rs`) and delivered
//! when it has ended, in order: to the client that is served behind its reply, to all others by their own threads, within
//! their output buffer limits. The table of listeners is shared; what a connection listens to, it knows itself
//! (`Subscriptions`). Must not know how a reply to SUBSCRIBE looks: `node/pubsub.rs` does.

mod deliver;
mod subscriptions;

pub use deliver::{deliver, deliver_event};
pub use subscriptions::{Subscriptions, leave};

use crate::clients::ClientInfo;
use ironkeep_values::glob;
use parking_lot::RwLock;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a client can listen to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A channel.
    Channel,
    /// All channels that a pattern fits.
    Pattern,
    /// A channel of a shard.
    Shard,
}

/// All kinds; a kind's number is its place.
pub const KINDS: [Kind; 3] = [Kind::Channel, Kind::Pattern, Kind::Shard];

/// The clients that listen to one name, by number.
type Listeners = BTreeMap<u64, Arc<ClientInfo>>;
type Names = HashMap<Box<[u8]>, Listeners>;

/// Who listens to what.
#[derive(Default)]
pub struct Pubsub {
    names: [RwLock<Names>; 3],
}

impl Pubsub {
    fn add(&self, kind: Kind, name: &[u8], info: &Arc<ClientInfo>) {
        let mut names = self.names[kind as usize].write();
        names.entry(name.into()).or_default().insert(info.id, Arc::clone(info));
    }

    fn remove(&self, kind: Kind, name: &[u8], id: u64) {
        let mut names = self.names[kind as usize].write();
        if let Some(listeners) = names.get_mut(name) {
            listeners.remove(&id);
            if listeners.is_empty() {
                names.remove(name);
            }
        }
    }

    /// How many names of a kind are listened to.
    pub fn len(&self, kind: Kind) -> usize {
        self.names[kind as usize].read().len()
    }

    /// How many clients listen to a name.
    pub fn listeners(&self, kind: Kind, name: &[u8]) -> usize {
        self.names[kind as usize].read().get(name).map_or(0, BTreeMap::len)
    }

    /// The names of a kind, those that fit a pattern if there is one.
    pub fn names(&self, kind: Kind, pattern: Option<&[u8]>) -> Vec<Box<[u8]>> {
        let fits = |name: &[u8]| pattern.is_none_or(|pattern| glob::matches(pattern, name, false));
        self.names[kind as usize].read().keys().filter(|name| fits(name)).cloned().collect()
    }

    /// How many deliveries a message would have: a client that listens twice gets it twice.
    pub fn receivers(&self, channel: &[u8], shard: bool) -> usize {
        if shard {
            return self.listeners(Kind::Shard, channel);
        }
        let patterns = self.names[Kind::Pattern as usize].read();
        let fitting = patterns.iter().filter(|(pattern, _)| glob::matches(pattern, channel, false));
        self.listeners(Kind::Channel, channel) + fitting.map(|(_, listeners)| listeners.len()).sum::<usize>()
    }
}
