//! The control thread: everything that is not on the way of a command.
//!
//! Listens and hands connections to the I/O threads, evenly; keeps time for what happens now and then; hears
//! signals; ends the server. A tokio runtime of one thread: it may wait, and must not run commands.

use crate::mailbox::{Message, Stream};
use crate::server::Server;
use crate::sys::socket;
use crate::{notice, verbose, warning};
use ironkeep_config::param;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

/// Something that a command asks of the control thread.
pub enum Order {
    /// Listen where the configuration says now.
    Listen,
    /// End the server.
    Shutdown,
}

/// Runs until the server is to end.
pub async fn run(server: Arc<Server>, mut orders: UnboundedReceiver<Order>) -> io::Result<()> {
    let mut listeners = listen(&server)?;
    let unix = listen_unix(&server)?;
    notice!("Ready to accept connections tcp");
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut cron = tokio::time::interval(Duration::from_millis(100));
    loop {
        tokio::select! {
            _ = cron.tick() => crate::cron::tick(&server),
            _ = term.recv() => { notice!("Received SIGTERM scheduling shutdown..."); break }
            _ = int.recv() => { notice!("Received SIGINT scheduling shutdown..."); break }
            order = orders.recv() => match order {
                Some(Order::Listen) => {
                    listeners.iter().for_each(JoinHandle::abort);
                    listeners = listen(&server).unwrap_or_else(|error| {
                        warning!("Could not listen: {error}");
                        Vec::new()
                    });
                }
                Some(Order::Shutdown) | None => break,
            },
        }
    }
    notice!("User requested shutdown...");
    listeners.iter().chain(&unix).for_each(JoinHandle::abort);
    if !unix.is_empty() {
        notice!("Removing the unix socket file.");
        let _ = std::fs::remove_file(&*server.config.get(param::UNIXSOCKET).string());
    }
    Ok(())
}

/// Listens on all addresses of `bind`. One that begins with `-` may be missing.
fn listen(server: &Arc<Server>) -> io::Result<Vec<JoinHandle<()>>> {
    let port = server.config.get(param::PORT).int() as u16;
    let mut tasks = Vec::new();
    if port == 0 {
        return Ok(tasks);
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
        match bind(server, SocketAddr::new(address, port)) {
            Ok(listener) => tasks.push(tokio::spawn(accept_tcp(Arc::clone(server), listener))),
            Err(error) if optional => verbose!("Not listening on {address}: {error}"),
            Err(error) => {
                warning!("Could not create server TCP listening socket {address}:{port}: bind: {error}");
                return Err(error);
            }
        }
    }
    Ok(tasks)
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

fn listen_unix(server: &Arc<Server>) -> io::Result<Vec<JoinHandle<()>>> {
    let path = PathBuf::from(&*server.config.get(param::UNIXSOCKET).string());
    if path.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    let mode = server.live.size(param::UNIXSOCKETPERM) as u32;
    if mode != 0 {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))?;
    }
    Ok(vec![tokio::spawn(accept_unix(Arc::clone(server), listener))])
}

async fn accept_tcp(server: Arc<Server>, listener: TcpListener) {
    loop {
        let accepted = listener.accept().await;
        match accepted.and_then(|(stream, peer)| Ok((stream.into_std()?, peer))) {
            Ok((stream, peer)) => {
                let _ = socket::no_delay(&stream);
                let seconds = server.live.size(param::TCP_KEEPALIVE) as u32;
                if seconds > 0 {
                    let _ = socket::keep_alive(&stream, seconds);
                }
                verbose!("Accepted {peer}");
                admit(&server, Stream::Tcp(stream), peer.ip().is_loopback());
            }
            Err(error) => rest(&error).await,
        }
    }
}

async fn accept_unix(server: Arc<Server>, listener: UnixListener) {
    loop {
        let accepted = listener.accept().await;
        match accepted.and_then(|(stream, _)| stream.into_std()) {
            Ok(stream) => admit(&server, Stream::Unix(stream), true),
            Err(error) => rest(&error).await,
        }
    }
}

/// After a failed accept (no more descriptors, mostly) trying again at once would only burn the processor.
async fn rest(error: &io::Error) {
    warning!("Accepting client connection: {error}");
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// Gives a connection to the thread that has the fewest, unless it must be refused.
fn admit(server: &Server, mut stream: Stream, local: bool) {
    if server.clients.len() as u64 >= server.live.size(param::MAXCLIENTS) {
        server.totals.refused.fetch_add(1, Relaxed);
        return refuse(&mut stream, "-ERR max number of clients reached\r\n");
    }
    let open = server.live.yes(param::PROTECTED_MODE) && server.config.get(param::REQUIREPASS).bytes().is_empty();
    if open && !local {
        server.totals.refused.fetch_add(1, Relaxed);
        return refuse(&mut stream, PROTECTED);
    }
    let Some(lane) = server.lanes().iter().min_by_key(|lane| lane.load.load(Relaxed)) else { return };
    lane.load.fetch_add(1, Relaxed);
    server.totals.connections.fetch_add(1, Relaxed);
    lane.mailbox.send(Message::Accept(stream));
}

/// Says why and closes. What a full socket does not take is lost.
fn refuse(stream: &mut Stream, line: &str) {
    let _ = match stream {
        Stream::Tcp(tcp) => tcp.write(line.as_bytes()),
        Stream::Unix(unix) => unix.write(line.as_bytes()),
    };
}

const PROTECTED: &str = "-DENIED Ironkeep is running in protected mode because protected mode is enabled and no \
password is set for the default user. In this mode connections are only accepted from the loopback interface. To \
connect from elsewhere, do one of these: 1) on the host itself, run 'CONFIG SET protected-mode no' (and make sure \
that nobody but friends can reach the port); 2) set protected-mode to no in the configuration file and restart; \
3) start the server with '--protected-mode no'; 4) set a password for the default user.\r\n";
