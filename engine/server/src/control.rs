//! The control thread: everything that is not on the way of a command.
//!
//! Listens and hands connections to the I/O threads, evenly; keeps time for what happens now and then; hears
//! signals; ends the server. A tokio runtime of one thread: it may wait, and must not run commands.

use crate::crew::Crew;
use crate::cron::Cron;
use crate::listen;
use crate::mailbox::{Message, Stream};
use crate::node::shutdown;
use crate::server::Server;
use crate::sys::{daemon, socket};
use crate::{notice, verbose, warning};
use ironkeep_config::param;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Something that a command asks of the control thread.
pub enum Order {
    /// Accept on the sockets that the server listens on now.
    Listen,
    /// Go on giving up keys: memory is short.
    Evict,
    /// Have as many I/O threads as the configuration says.
    Threads,
    /// This I/O thread has ended.
    Left(usize),
    /// End the server.
    Shutdown,
}

/// Runs until the server is to end.
pub async fn run(
    server: Arc<Server>,
    mut orders: UnboundedReceiver<Order>,
    crew: &mut Crew,
) -> io::Result<()> {
    listen::follow_configuration(&server)?;
    let mut listeners = accept_all(&server);
    let unix = listen_unix(&server)?;
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    notice!("Ready to accept connections tcp");
    tokio::spawn(crate::pause::keep_time(Arc::clone(&server)));
    tokio::spawn(crate::timeouts::keep_time(Arc::clone(&server)));
    let mut cron = Cron::new();
    let mut timer = tokio::time::interval(Cron::period(&server));
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = timer.tick() => {
                cron.tick(&server);
                if timer.period() != Cron::period(&server) {
                    timer = tokio::time::interval(Cron::period(&server));
                    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
                }
            }
            _ = term.recv() => if shutdown::on_signal(&server, "SIGTERM", param::SHUTDOWN_ON_SIGTERM) { break },
            _ = int.recv() => if shutdown::on_signal(&server, "SIGINT", param::SHUTDOWN_ON_SIGINT) { break },
            order = orders.recv() => match order {
                Some(Order::Listen) => {
                    listeners.iter().for_each(JoinHandle::abort);
                    listeners = accept_all(&server);
                }
                Some(Order::Evict) => cron.evict_more(&server),
                Some(Order::Threads) => crew.follow_change(&server),
                Some(Order::Left(index)) => crew.left(&server, index),
                Some(Order::Shutdown) | None => break,
            },
        }
    }
    listeners.iter().chain(&unix).for_each(JoinHandle::abort);
    if !unix.is_empty() {
        notice!("Removing the unix socket file.");
        let _ = std::fs::remove_file(&*server.config.get(param::UNIXSOCKET).string());
    }
    Ok(())
}

/// Accepts on all sockets that the server listens on.
fn accept_all(server: &Arc<Server>) -> Vec<JoinHandle<()>> {
    let sockets = server.listening.lock();
    sockets.iter().map(|socket| tokio::spawn(accept_tcp(Arc::clone(server), Arc::clone(socket)))).collect()
}

fn listen_unix(server: &Arc<Server>) -> io::Result<Vec<JoinHandle<()>>> {
    let path = PathBuf::from(&*server.config.get(param::UNIXSOCKET).string());
    if path.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    let group = server.config.get(param::UNIXSOCKETGROUP).string().into_owned();
    if !group.is_empty() {
        std::os::unix::fs::chown(&path, None, Some(daemon::group_id(&group)?))?;
    }
    let mode = server.live.size(param::UNIXSOCKETPERM) as u32;
    if mode != 0 {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))?;
    }
    Ok(vec![tokio::spawn(accept_unix(Arc::clone(server), listener))])
}

async fn accept_tcp(server: Arc<Server>, listener: Arc<TcpListener>) {
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
            // The socket does not listen any more.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return,
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
    let present: u64 = server.lanes().map(|lane| u64::from(lane.load.load(Relaxed))).sum();
    if present >= server.live.size(param::MAXCLIENTS) {
        server.totals.refused.fetch_add(1, Relaxed);
        return refuse(&mut stream, "-ERR max number of clients reached\r\n");
    }
    let open =
        server.live.yes(param::PROTECTED_MODE) && server.config.get(param::REQUIREPASS).bytes().is_empty();
    if open && !local {
        server.totals.refused.fetch_add(1, Relaxed);
        return refuse(&mut stream, PROTECTED);
    }
    server.totals.connections.fetch_add(1, Relaxed);
    give(server, Message::Accept(stream));
}

/// Sends a connection to the thread that has the fewest. One that ended meanwhile gives it back.
pub fn give(server: &Server, mut message: Message) {
    while let Some(lane) = server.lanes.least() {
        lane.load.fetch_add(1, Relaxed);
        match lane.mailbox.send(message) {
            Ok(()) => return,
            Err(back) => message = back,
        }
        lane.load.fetch_sub(1, Relaxed);
    }
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
