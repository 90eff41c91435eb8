//! Loopback addresses: one for each pod, counted up from the first one, and nobody else's.
//!
//! An address is taken by a name in the kernel that ends with the process, so that two operators can't have the same
//! one, not even after a kill. Servers of others are found by asking for their ports.

use crate::platform::PlatformError;
use ironkeep_api::names;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The most addresses that are looked at.
const MOST: u32 = 4096;

/// Addresses in use, by pod.
#[derive(Debug)]
pub struct Addresses {
    first: Ipv4Addr,
    taken: BTreeMap<String, Taken>,
}

#[derive(Debug)]
struct Taken {
    address: Ipv4Addr,
    _claim: UnixDatagram,
}

impl Addresses {
    /// Addresses from `first` on.
    pub fn from(first: Ipv4Addr) -> Result<Self, PlatformError> {
        if !first.is_loopback() {
            return Err(PlatformError::Failed(format!(
                "--address {first}: must be a loopback address (127.x.y.z)"
            )));
        }
        Ok(Self { first, taken: BTreeMap::new() })
    }

    /// The pod's address: the one that it has, else the first that no other pod has.
    pub fn of(&mut self, pod: &str) -> Result<Ipv4Addr, PlatformError> {
        if let Some(taken) = self.taken.get(pod) {
            return Ok(taken.address);
        }
        let candidates = (0..MOST).map(|n| Ipv4Addr::from(u32::from(self.first).saturating_add(n)));
        let free = candidates
            .filter(|address| address.is_loopback() && !matches!(address.octets()[3], 0 | 255))
            .find(|address| !self.taken.values().any(|taken| taken.address == *address));
        let address = free.ok_or_else(|| PlatformError::Failed("no loopback addresses are left".into()))?;
        self.taken.insert(pod.to_owned(), Taken { address, _claim: claim(address)? });
        Ok(address)
    }

    /// The pod will not come back.
    pub fn release(&mut self, pod: &str) {
        self.taken.remove(pod);
    }
}

fn claim(address: Ipv4Addr) -> Result<UnixDatagram, PlatformError> {
    let in_use = |by: &str| {
        PlatformError::Failed(format!("{address} is in use by {by}: choose others with --address"))
    };
    let name = SocketAddr::from_abstract_name(format!("ironkeep-local-{address}"));
    let claim = name.and_then(|name| UnixDatagram::bind_addr(&name));
    let claim = claim.map_err(|_| in_use("another ironkeep-operator"))?;
    for port in [names::CLIENT_PORT, names::BUS_PORT] {
        TcpListener::bind(SocketAddrV4::new(address, port))
            .map_err(|_| in_use(&format!("a server on port {port}")))?;
    }
    Ok(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_up_and_keeps_what_a_pod_has() {
        let mut addresses = Addresses::from(Ipv4Addr::new(127, 61, 0, 254)).unwrap();
        assert_eq!(addresses.of("a").unwrap(), Ipv4Addr::new(127, 61, 0, 254));
        assert_eq!(addresses.of("b").unwrap(), Ipv4Addr::new(127, 61, 1, 1));
        assert_eq!(addresses.of("a").unwrap(), Ipv4Addr::new(127, 61, 0, 254));
        addresses.release("a");
        assert_eq!(addresses.of("c").unwrap(), Ipv4Addr::new(127, 61, 0, 254));
    }

    #[test]
    fn says_who_is_in_the_way() {
        let first = Ipv4Addr::new(127, 61, 2, 1);
        let mut mine = Addresses::from(first).unwrap();
        mine.of("a").unwrap();
        let error = Addresses::from(first).unwrap().of("a").unwrap_err().to_string();
        assert!(error.contains("127.61.2.1 is in use by another ironkeep-operator"), "{error}");
        let _server = TcpListener::bind("127.61.2.2:6379").unwrap();
        let error = mine.of("b").unwrap_err().to_string();
        assert!(error.contains("127.61.2.2 is in use by a server on port 6379"), "{error}");
        assert!(Addresses::from(Ipv4Addr::new(10, 0, 0, 1)).is_err());
    }
}
