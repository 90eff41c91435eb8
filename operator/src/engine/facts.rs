//! What an engine says of itself, asked in one round trip.

use super::connection::Connection;
use super::{ANSWER, Command, EngineError, Engines};
use ironkeep_core::observed::{Engine, Facts, Replication};
use ironkeep_core::parse;
use ironkeep_wire::client::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// The field of INFO that tells of pauses.
const PAUSED: &[u8] = b"\npaused_reason:";
/// How long an engine is given for an answer that it may hold back. Clients wait meanwhile, in a hand-over.
const MOMENT: Duration = Duration::from_millis(50);

impl Engines {
    /// Asks an engine for all that the operator wants to know, and for the values of `parameters`.
    pub async fn facts(&self, at: SocketAddr, parameters: &[&str]) -> Engine {
        let mut questions = vec![
            Command::new([
                "INFO",
                "server",
                "clients",
                "persistence",
                "replication",
                "errorstats",
                "keyspace",
            ]),
            Command::new(["CLUSTER", "NODES"]),
            Command::new(["CLUSTER", "INFO"]),
        ];
        if !parameters.is_empty() {
            questions.push(Command::new(["CONFIG", "GET"].iter().chain(parameters).copied()));
        }
        let answers = self.ask(at, &questions, ANSWER).await;
        let untold = answers.as_ref().is_ok_and(|answers| !answers.first().is_some_and(tells_of_pauses));
        let mut facts = match answers.and_then(|answers| understand(answers, !parameters.is_empty())) {
            Ok(facts) => facts,
            Err(error) => return error.into(),
        };
        if untold && facts.replication.primary && facts.cluster.is_none() {
            facts.paused = match self.holds_writes_back(at).await {
                Ok(paused) => paused,
                Err(error) => return error.into(),
            };
        }
        Engine::Up(Box::new(facts))
    }

    /// Whether an engine that doesn't tell of pauses holds writes back: it then holds back the one command that reads
    /// and might have to be replicated, too.
    /// An engine that is only slow answers what it was asked first.
    async fn holds_writes_back(&self, at: SocketAddr) -> Result<bool, EngineError> {
        let count = Command::new(["PFCOUNT", "ironkeep.io/no-such-key"]);
        match self.ask(at, &[count], MOMENT).await {
            Ok(_) => Ok(false),
            Err(EngineError::Silent) => self.call(at, Command::new(["PING"])).await.map(|_| true),
            Err(error) => Err(error),
        }
    }

    /// Asks an engine for its part in replication alone: quick enough to be asked every few milliseconds.
    pub async fn replication(&self, at: SocketAddr) -> Result<Replication, EngineError> {
        let info = text(self.call(at, Command::new(["INFO", "replication"])).await?)?;
        Ok(parse::info(&info).replication)
    }

    /// Asks whoever answers at an address now for the id of its process, on a connection of its own.
    pub async fn run_id(&self, at: SocketAddr) -> Result<String, EngineError> {
        let asked = Connection::dial(at).await?.ask(&Command::new(["INFO", "server"]).encode(), 1).await?;
        let info = text(asked.into_iter().next().unwrap_or(Value::Null))?;
        Ok(parse::info(&info).run_id)
    }

    /// Asks an engine how many of its clients wait: for a key, or for the end of a pause.
    pub async fn waiting_clients(&self, at: SocketAddr) -> Result<u64, EngineError> {
        let info = text(self.call(at, Command::new(["INFO", "clients"])).await?)?;
        let count = info.lines().find_map(|line| line.strip_prefix("blocked_clients:")?.trim().parse().ok());
        count.ok_or_else(|| EngineError::Garbled("INFO clients without blocked_clients".into()))
    }
}

/// The facts in the replies to the questions.
fn understand(answers: Vec<Value>, with_config: bool) -> Result<Facts, EngineError> {
    let mut answers = answers.into_iter();
    let mut answer = || answers.next().unwrap_or(Value::Null);
    let info = text(answer())?;
    let mut facts = parse::info(&info);
    let (nodes, state) = (answer(), answer());
    // A replica that takes in its primary's data answers for itself; one that reads its own files doesn't yet.
    let syncing = facts.replication.upstream.as_ref().is_some_and(|upstream| upstream.syncing);
    if says(&info, "loading:1") && !syncing {
        return Err(EngineError::Loading);
    }
    if says(&info, "redis_mode:cluster") || says(&info, "server_mode:cluster") {
        facts.cluster = Some(parse::cluster_view(&text(nodes)?, &text(state)?));
    }
    if with_config {
        facts.config = pairs(answer())?;
    }
    Ok(facts)
}

/// Valkey does from 9.0 on; Redis doesn't.
fn tells_of_pauses(info: &Value) -> bool {
    matches!(info, Value::Bulk(text) if text.windows(PAUSED.len()).any(|part| part == PAUSED))
}

fn says(info: &str, line: &str) -> bool {
    info.lines().any(|found| found == line)
}

fn text(value: Value) -> Result<String, EngineError> {
    match value {
        Value::Bulk(bytes) | Value::Simple(bytes) | Value::Verbatim(_, bytes) => {
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Value::Error(text) => Err(EngineError::answer(&text)),
        _ => Err(EngineError::Garbled("a reply that is no text".into())),
    }
}

fn pairs(value: Value) -> Result<BTreeMap<String, String>, EngineError> {
    match value {
        Value::Array(values) => {
            let mut values = values.into_iter();
            let mut found = BTreeMap::new();
            while let (Some(name), Some(value)) = (values.next(), values.next()) {
                found.insert(text(name)?, text(value)?);
            }
            Ok(found)
        }
        Value::Error(text) => Err(EngineError::answer(&text)),
        _ => Err(EngineError::Garbled("a reply that is no list".into())),
    }
}
