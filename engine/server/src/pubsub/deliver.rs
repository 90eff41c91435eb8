//! Messages on their way to those who listen.
//!
//! Takes what was published, gives each listener's thread one reference to it. Called when no partition is held.

use super::{Kind, Pubsub};
use crate::clients::ClientInfo;
use crate::server::Server;
use crate::tracking::{Here, Message, Notice, post};
use ironkeep_commands::event::{Classes, Event};
use ironkeep_config::param;
use ironkeep_values::glob;
use std::sync::Arc;

/// Delivers a message.
pub fn deliver(server: &Server, channel: &[u8], text: &[u8], shard: bool, here: &mut Option<Here<'_>>) {
    for (info, message) in server.pubsub.addressed(channel, text, shard) {
        post(server, &info, Notice::Message(message), here);
    }
}

/// Delivers an event in the forms that are asked for.
pub fn deliver_event(server: &Server, event: &Event, here: &mut Option<Here<'_>>) {
    let classes = Classes::from_bits(server.live.number(param::NOTIFY_KEYSPACE_EVENTS));
    if classes.has(Classes::KEYSPACE) {
        let channel = [format!("__keyspace@{}__:", event.db).as_bytes(), &event.key].concat();
        deliver(server, &channel, event.name.as_bytes(), false, here);
    }
    if classes.has(Classes::KEYEVENT) {
        let channel = format!("__keyevent@{}__:{}", event.db, event.name);
        deliver(server, channel.as_bytes(), &event.key, false, here);
    }
}

impl Pubsub {
    /// Who gets a message, and in which form. Nobody's thread is told while the table is locked.
    fn addressed(&self, channel: &[u8], text: &[u8], shard: bool) -> Vec<(Arc<ClientInfo>, Arc<Message>)> {
        let mut all = Vec::new();
        let kind = if shard { Kind::Shard } else { Kind::Channel };
        if let Some(listeners) = self.names[kind as usize].read().get(channel) {
            let message = Arc::new(Message::new(None, channel, text, shard));
            all.extend(listeners.values().map(|info| (Arc::clone(info), Arc::clone(&message))));
        }
        if shard {
            return all;
        }
        for (pattern, listeners) in self.names[Kind::Pattern as usize].read().iter() {
            if glob::matches(pattern, channel, false) {
                let message = Arc::new(Message::new(Some(pattern), channel, text, false));
                all.extend(listeners.values().map(|info| (Arc::clone(info), Arc::clone(&message))));
            }
        }
        all
    }
}
