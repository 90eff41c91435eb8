//! Connections that wait for their next use: at most one an address, and not for long.

use super::connection::Connection;
use super::departed::Departures;
use super::farewell::Farewells;
use super::lookout::{Alarm, Lookouts};
use super::silence::Silences;
use super::{ANSWER, Command, DIAL, EngineError};
use ironkeep_wire::client::Value;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The most connections that wait at a time; beyond that they are closed after use.
const MOST_IDLE: usize = 1024;
/// How long a connection waits: longer than the operator's slow round, so that a calm cluster needs no new ones.
const IDLE: Duration = Duration::from_secs(40);
/// How often those that have waited too long are looked for.
const SWEEP: Duration = Duration::from_secs(5);

/// All engines that can be talked to.
#[derive(Debug, Default)]
pub struct Engines {
    idle: Mutex<Idle>,
    /// Those that don't answer, and since when.
    pub silences: Silences,
    /// Primaries that live on while their pods are gone.
    pub departures: Departures,
    /// Those that were primaries, and when clients last came to them.
    pub farewells: Farewells,
    /// Those whose end is to be noticed at once.
    pub lookouts: Lookouts,
}

#[derive(Debug, Default)]
struct Idle {
    connections: HashMap<SocketAddr, (Connection, Instant)>,
    swept: Option<Instant>,
}

impl Engines {
    /// Nobody has been talked to yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with somebody to tell when a process ends that is looked out for.
    pub fn alarming(alarm: Alarm) -> Self {
        Self { lookouts: Lookouts::new(alarm), ..Self::default() }
    }

    /// Sends commands in one write and gives their replies, errors among them. `patience` is for all replies together.
    pub async fn ask(
        &self,
        at: SocketAddr,
        commands: &[Command],
        patience: Duration,
    ) -> Result<Vec<Value>, EngineError> {
        let request: Vec<u8> = commands.iter().flat_map(Command::encode).collect();
        if let Some(connection) = self.take(at) {
            match self.talk(at, connection, &request, commands.len(), patience).await {
                // It was closed while it waited, as when the engine has been restarted.
                Err(EngineError::Refused) => {}
                done => return done,
            }
        }
        let connection = timeout(DIAL, Connection::dial(at)).await.map_err(|_| EngineError::Silent)??;
        self.talk(at, connection, &request, commands.len(), patience).await
    }

    /// Sends one command and gives its reply; an error is an error.
    pub async fn call(&self, at: SocketAddr, command: Command) -> Result<Value, EngineError> {
        let replies = self.ask(at, &[command], ANSWER).await?;
        match replies.into_iter().next() {
            Some(Value::Error(text)) => Err(EngineError::answer(&text)),
            Some(value) => Ok(value),
            None => Err(EngineError::Silent),
        }
    }

    async fn talk(
        &self,
        at: SocketAddr,
        mut connection: Connection,
        request: &[u8],
        replies: usize,
        patience: Duration,
    ) -> Result<Vec<Value>, EngineError> {
        // After anything but success the connection is dropped: nobody knows what may still come from it.
        let values =
            timeout(patience, connection.ask(request, replies)).await.map_err(|_| EngineError::Silent)??;
        self.idle.lock().put(at, connection, Instant::now());
        Ok(values)
    }

    fn take(&self, at: SocketAddr) -> Option<Connection> {
        let (connection, since) = self.idle.lock().connections.remove(&at)?;
        (since.elapsed() < IDLE && connection.is_clean()).then_some(connection)
    }
}

impl Idle {
    fn put(&mut self, at: SocketAddr, connection: Connection, now: Instant) {
        if self.swept.is_none_or(|swept| now - swept > SWEEP) {
            self.sweep(now);
        }
        if self.connections.len() < MOST_IDLE {
            self.connections.insert(at, (connection, now));
        }
    }

    fn sweep(&mut self, now: Instant) {
        self.swept = Some(now);
        self.connections.retain(|_, (_, since)| now - *since < IDLE);
    }
}
