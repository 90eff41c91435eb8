//! Brings spans to the collector, some at a time. What can't be brought is given up, and said once.

use super::{Message, Span, encode};
use std::str::FromStr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

/// Where OTLP over HTTP is at home.
const PORT: u16 = 4318;
/// Where traces go, behind the path that is given.
const PATH: &str = "/v1/traces";
/// Spans of one request at most.
const MOST: usize = 512;
/// How long a span waits for others.
const PERIOD: Duration = Duration::from_secs(2);
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Of an answer only the first line is read.
const HEAD: usize = 256;

/// Where the collector is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    host: String,
    port: u16,
    path: String,
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("http://").ok_or(
            "must begin with http://: encryption is for a collector beside the operator to add on its way",
        )?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // An address of IPv6 has colons of its own, in brackets.
        let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
            Some((host, port)) => (host, port.parse().map_err(|_| format!("{port:?} is no port"))?),
            None => (authority, PORT),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@') {
            return Err("must be like http://collector:4318".to_owned());
        }
        Ok(Self { host: host.to_owned(), port, path: format!("{}{PATH}", path.trim_end_matches('/')) })
    }
}

/// Sends what is collected.
pub struct Exporter {
    endpoint: Endpoint,
    instance: String,
    messages: mpsc::Receiver<Message>,
    failing: bool,
}

impl Exporter {
    /// Sends what comes from this queue.
    pub(super) fn new(endpoint: Endpoint, instance: &str, messages: mpsc::Receiver<Message>) -> Self {
        Self { endpoint, instance: instance.to_owned(), messages, failing: false }
    }

    /// Sends until nobody collects any more.
    pub async fn run(mut self) {
        let mut batch: Vec<Span> = Vec::new();
        let mut due = Instant::now() + PERIOD;
        loop {
            match timeout_at(due, self.messages.recv()).await {
                Ok(Some(Message::Span(span))) => {
                    batch.push(*span);
                    if batch.len() < MOST {
                        continue;
                    }
                    self.send(&mut batch).await;
                }
                Ok(Some(Message::Flush(done))) => {
                    self.send(&mut batch).await;
                    done.send(()).ok();
                }
                Ok(None) => return self.send(&mut batch).await,
                Err(_) => self.send(&mut batch).await,
            }
            due = Instant::now() + PERIOD;
        }
    }

    async fn send(&mut self, batch: &mut Vec<Span>) {
        let spans = std::mem::take(batch);
        if spans.is_empty() {
            return;
        }
        let body = encode::request(&self.instance, &spans).to_string();
        let sent = timeout(PATIENCE, post(&self.endpoint, &body)).await;
        match sent.unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}"))) {
            Ok(()) => self.failing = false,
            Err(error) if !std::mem::replace(&mut self.failing, true) => {
                tracing::warn!(%error, spans = spans.len(), "traces are lost until the collector takes them");
            }
            Err(_) => {}
        }
    }
}

/// One request on a connection of its own.
async fn post(endpoint: &Endpoint, body: &str) -> Result<(), String> {
    let Endpoint { host, port, path } = endpoint;
    let failed = |error: std::io::Error| format!("{host}:{port}: {error}");
    let mut stream = TcpStream::connect((host.as_str(), *port)).await.map_err(failed)?;
    let shown = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {shown}:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.map_err(failed)?;
    stream.write_all(body.as_bytes()).await.map_err(failed)?;
    let mut answer = Vec::new();
    while answer.len() < HEAD && !answer.contains(&b'\n') {
        if stream.read_buf(&mut answer).await.map_err(failed)? == 0 {
            break;
        }
    }
    let line = String::from_utf8_lossy(&answer);
    let line = line.lines().next().unwrap_or_default();
    let code: Option<&str> = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    if code.is_some_and(|code| code.starts_with('2')) {
        return Ok(());
    }
    Err(format!("{host}:{port} answers {:?}", line.chars().take(HEAD).collect::<String>()))
}
