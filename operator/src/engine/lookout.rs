//! Notices at once when an engine's process ends: a silent connection to it breaks.
//!
//! A kubelet tells of a dead container after a second or so, by which time it has started another one. Whoever is to
//! replace a primary without losing what only its replica has must be quicker. Nothing is decided here: an alarm only
//! asks for a look.

use super::DIAL;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Whom to tell, by the key of the cluster whose engine is gone.
pub type Alarm = Arc<dyn Fn(&str) + Send + Sync>;

/// The most connections that are held.
const MOST: usize = 4096;
/// A connection that doesn't last that long tells of a server that takes no more clients, not of one that ended.
const LASTING: Duration = Duration::from_millis(500);

/// All lookouts.
#[derive(Default)]
pub struct Lookouts {
    alarm: Option<Alarm>,
    held: Arc<Mutex<HashSet<SocketAddr>>>,
}

impl std::fmt::Debug for Lookouts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lookouts").field("held", &self.held.lock().len()).finish_non_exhaustive()
    }
}

impl Lookouts {
    /// Tells `alarm`. Without one, nothing is looked out for.
    pub fn new(alarm: Alarm) -> Self {
        Self { alarm: Some(alarm), held: Arc::default() }
    }

    /// Sees to it that this engine of that cluster is looked out for.
    pub fn keep(&self, cluster: &str, at: SocketAddr) {
        let Some(alarm) = self.alarm.clone() else { return };
        {
            let mut held = self.held.lock();
            if held.len() >= MOST || !held.insert(at) {
                return;
            }
        }
        let (held, cluster) = (self.held.clone(), cluster.to_owned());
        tokio::spawn(async move {
            let ended = hold(at).await;
            held.lock().remove(&at);
            if ended {
                alarm(&cluster);
            }
        });
    }
}

/// Holds a connection until it breaks; tells whether it was the end of a process that broke it.
async fn hold(at: SocketAddr) -> bool {
    let Ok(Ok(mut stream)) = timeout(DIAL, TcpStream::connect(at)).await else { return false };
    let begun = Instant::now();
    let mut unasked = [0; 1];
    // Nothing was asked: an engine that says something refuses us.
    let spoke = matches!(stream.read(&mut unasked).await, Ok(read) if read > 0);
    !spoke && begun.elapsed() > LASTING
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;
    use tokio::time::sleep;

    #[tokio::test]
    async fn an_alarm_is_raised_when_the_other_side_ends_and_only_then() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let (tell, mut told) = mpsc::unbounded_channel();
        let lookouts =
            Lookouts::new(Arc::new(move |cluster: &str| tell.send(cluster.to_owned()).expect("a listener")));
        lookouts.keep("here/there", at);
        lookouts.keep("here/there", at);
        let (stream, _) = listener.accept().await.expect("a connection");
        sleep(LASTING * 2).await;
        assert!(told.try_recv().is_err());
        drop(stream);
        assert_eq!(told.recv().await.as_deref(), Some("here/there"));
        // Let go of, it can be looked out for again; one that closes at once raises none.
        lookouts.keep("here/there", at);
        drop(listener.accept().await);
        assert!(timeout(LASTING, told.recv()).await.is_err());
    }
}
