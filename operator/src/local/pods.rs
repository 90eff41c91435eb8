//! What local mode knows of its pods, and how it shows them.

use super::kubelet::{News, Wish};
use ironkeep_core::Role;
use ironkeep_core::observed::Pod;
use std::net::Ipv4Addr;
use tokio::sync::watch;

/// A pod.
#[derive(Debug)]
pub struct LocalPod {
    /// Its uid.
    pub uid: String,
    /// Its address, once it has one.
    pub ip: Option<Ipv4Addr>,
    /// Revision that it was made from.
    pub revision: String,
    /// Role label that it carries.
    pub role: Option<Role>,
    /// Process id of its server, while that runs.
    pub pid: Option<u32>,
    /// Why it doesn't come up.
    pub trouble: Option<String>,
    /// Takes wishes while the pod lives; none for a pod that couldn't be made.
    wish: Option<watch::Sender<Wish>>,
}

impl LocalPod {
    /// A pod that is about to live.
    pub fn new(uid: String, ip: Ipv4Addr, revision: String, wish: watch::Sender<Wish>) -> Self {
        Self { uid, ip: Some(ip), revision, role: None, pid: None, trouble: None, wish: Some(wish) }
    }

    /// A pod that couldn't be made. It is tried again.
    pub fn stuck(uid: String, trouble: String) -> Self {
        Self {
            uid,
            ip: None,
            revision: String::new(),
            role: None,
            pid: None,
            trouble: Some(trouble),
            wish: None,
        }
    }

    /// Whether it couldn't be made.
    pub fn is_stuck(&self) -> bool {
        self.wish.is_none()
    }

    /// Whether it is on its way out.
    pub fn is_ending(&self) -> bool {
        self.wish.as_ref().is_some_and(|wish| *wish.borrow() != Wish::Run)
    }

    /// Wishes something of it. A wish to leave is final.
    pub fn wish(&self, wanted: Wish) {
        if let Some(wish) = &self.wish {
            wish.send_if_modified(|wish| {
                let changes = *wish != Wish::Leave && *wish != wanted;
                *wish = if changes { wanted } else { *wish };
                changes
            });
        }
    }

    /// Takes note of what happened to it.
    pub fn hear(&mut self, news: News) {
        match news {
            News::Started(pid) => self.pid = Some(pid),
            News::Ended => self.pid = None,
            News::Failing(why) => (self.pid, self.trouble) = (None, Some(why)),
        }
    }

    /// As the operator sees it.
    pub fn observed(&self, name: &str, ready: bool) -> Pod {
        Pod {
            name: name.to_owned(),
            uid: self.uid.clone(),
            ip: self.ip.map(Into::into),
            node: self.ip.map(|_| "localhost".to_owned()),
            running: self.pid.is_some(),
            ready,
            terminating: self.is_ending(),
            revision: self.revision.clone(),
            role: self.role,
            trouble: self.trouble.clone(),
            ..Pod::default()
        }
    }
}
