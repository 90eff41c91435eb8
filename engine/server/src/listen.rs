//! The listening TCP sockets: brings them in line with `bind` and `port`, at the start and when these change.
//!
//! May be called from any thread: sockets that stay are kept, so that no connection is refused in between. Must
//! not accept: the control thread does.

use crate::server::Server;
use crate::sys::socket;
use crate::{verbose, warning};
use ironkeep_config::param;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpSocket};

/// An address to listen on. An optional one may be missing on this machine.
struct Wanted {
    address: SocketAddr,
    optional: bool,
}

/// Opens what is missing and closes what is too much. After a failure call it again with the old configuration.
pub fn follow_configuration(server: &Server) -> io::Result<()> {
    let _inside = server.runtime.get().map(tokio::runtime::Handle::enter);
    let wanted = wanted(server)?;
    let mut listening = server.listening.lock();
    listening.retain(|socket| {
        let stays = wanted.iter().any(|wanted| is_on(socket, wanted.address));
        if !stays {
            socket::stop_listening(&**socket);
        }
        stays
    });
    for Wanted { address, optional } in wanted {
        if listening.iter().any(|socket| is_on(socket, address)) {
            continue;
        }
        match bind(server, address) {
            Ok(socket) => listening.push(Arc::new(socket)),
            Err(error) if optional => verbose!("Not listening on {address}: {error}"),
            Err(error) => {
                warning!("Could not create server TCP listening socket {address}: bind: {error}");
                return Err(error);
            }
        }
    }
    Ok(())
}

fn is_on(socket: &TcpListener, address: SocketAddr) -> bool {
    socket.local_addr().is_ok_and(|local| local == address)
}

/// All addresses of `bind`. One that begins with `-` is optional.
fn wanted(server: &Server) -> io::Result<Vec<Wanted>> {
    let port = server.config.get(param::PORT).int() as u16;
    let mut all = Vec::new();
    if port == 0 {
        return Ok(all);
    }
    for name in server.config.get(param::BIND).addresses() {
        let (optional, name) = match name.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, name.as_str()),
        };
        let address = match name {
            "*" => IpAddr::from([0, 0, 0, 0]),
            "::*" => IpAddr::from([0u16; 8]),
            other => match other.parse() {
                Ok(address) => address,
                Err(_) if optional => continue,
                Err(_) => return Err(io::Error::other(format!("{other} is no address"))),
            },
        };
        all.push(Wanted { address: SocketAddr::new(address, port), optional });
    }
    Ok(all)
}

fn bind(server: &Server, address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if address.is_ipv6() {
        socket::only_v6(&socket)?;
    }
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(server.live.size(param::TCP_BACKLOG) as u32)
}
