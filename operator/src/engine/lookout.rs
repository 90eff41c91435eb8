//! Notices within seconds when an engine ends or falls silent: a connection to it breaks, or a question on it isn't
//! answered.
//!
//! A kubelet tells of a dead container after a second or so, by which time it has started another one. Whoever is to
//! replace a primary without losing what only its replica has must be quicker. Of a node that is cut off nothing comes
//! at all, and Kubernetes takes its time to miss it. Nothing is decided here: an alarm only asks for a look.

use super::{Command, DIAL};
use parking_lot::Mutex;
use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Whom to tell, by the key of the cluster whose engine is gone.
pub type Alarm = Arc<dyn Fn(&str) + Send + Sync>;

/// The most connections that are held.
const MOST: usize = 4096;
/// A connection that doesn't last that long tells of a server that takes no more clients, not of one that ended.
const LASTING: Duration = Duration::from_millis(500);
/// How long nothing is asked after an answer.
const PERIOD: Duration = Duration::from_secs(1);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest line that is taken for an answer.
const LINE: usize = 512;

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

/// Holds a connection until it breaks or falls silent; tells whether that is worth a look.
async fn hold(at: SocketAddr) -> bool {
    let Ok(Ok(stream)) = timeout(DIAL, TcpStream::connect(at)).await else { return false };
    outlive(stream).await
}

async fn outlive(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> bool {
    let begun = Instant::now();
    let ping = Command::new(["PING"]).encode();
    loop {
        match timeout(PERIOD, stream.read(&mut [0])).await {
            Err(_) => {}
            // Nothing was asked: an engine that says something refuses us.
            Ok(Ok(1..)) => return false,
            Ok(_) => return begun.elapsed() > LASTING,
        }
        if !matches!(timeout(PATIENCE, answer(&mut stream, &ping)).await, Ok(Ok(()))) {
            return true;
        }
    }
}

/// Asks and waits for an answer. An error is one too: whoever is busy or still loads is there.
async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), ping: &[u8]) -> io::Result<()> {
    stream.write_all(ping).await?;
    let (mut line, mut size) = ([0; LINE], 0);
    while !line[..size].ends_with(b"\n") {
        match stream.read(&mut line[size..]).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => size += more,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{DuplexStream, duplex};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;
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
        sleep(LASTING * 3 / 2).await;
        assert!(told.try_recv().is_err());
        drop(stream);
        assert_eq!(told.recv().await.as_deref(), Some("here/there"));
        // Let go of, it can be looked out for again; one that closes at once raises none.
        lookouts.keep("here/there", at);
        drop(listener.accept().await);
        assert!(timeout(LASTING, told.recv()).await.is_err());
    }

    /// A lookout on an engine that is the other end.
    fn watched() -> (DuplexStream, JoinHandle<bool>) {
        let (engine, stream) = duplex(64);
        (engine, tokio::spawn(outlive(stream)))
    }

    /// Waits for a question and answers it.
    async fn answered(engine: &mut DuplexStream, answer: &[&[u8]]) -> Duration {
        let begun = Instant::now();
        let mut question = [0; 14];
        engine.read_exact(&mut question).await.expect("a question");
        assert_eq!(&question, b"*1\r\n$4\r\nPING\r\n");
        let waited = begun.elapsed();
        for part in answer {
            engine.write_all(part).await.expect("somebody listens");
            sleep(Duration::from_millis(1)).await;
        }
        waited
    }

    #[tokio::test(start_paused = true)]
    async fn who_falls_silent_is_missed_after_two_seconds_and_was_asked_once_a_second() {
        for last in [&[][..], &[b"+PO".as_slice()]] {
            let (mut engine, lookout) = watched();
            for n in 0..3600 {
                let answer: &[&[u8]] = if n % 2 == 0 { &[b"+PO", b"NG\r\n"] } else { &[b"-LOADING\r\n"] };
                let waited = answered(&mut engine, answer).await;
                assert!(waited.abs_diff(PERIOD) < Duration::from_millis(5), "{waited:?}");
                assert!(!lookout.is_finished());
            }
            let silent = Instant::now();
            answered(&mut engine, last).await;
            assert!(lookout.await.expect("an end"));
            assert!(silent.elapsed().abs_diff(PERIOD + PATIENCE) < Duration::from_millis(10));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_never_ends_is_none() {
        let (mut engine, lookout) = watched();
        answered(&mut engine, &[]).await;
        let endless = tokio::spawn(async move { while engine.write_all(b"+").await.is_ok() {} });
        assert!(lookout.await.expect("an end"));
        endless.await.expect("nobody listens any more");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_ends_while_it_is_asked_is_missed_at_once_and_one_that_refuses_is_not() {
        let (mut engine, lookout) = watched();
        answered(&mut engine, &[]).await;
        drop(engine);
        assert!(lookout.await.expect("an end"));
        let (mut engine, lookout) = watched();
        engine.write_all(b"-ERR max number of clients reached\r\n").await.expect("somebody listens");
        assert!(!lookout.await.expect("an end"));
    }
}
