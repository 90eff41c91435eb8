//! Answers `GET /metrics`, `/livez` and `/readyz`, and nothing else.
//!
//! Written by hand because that is all there is to it: one request a connection, a bounded head, no body, a bounded
//! time and a bounded number of connections.

use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The longest head of a request.
const MAX_HEAD: usize = 8192;
/// The longest that a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections at the same time; more wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 16;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub code: u16,
    /// Text.
    pub body: String,
}

impl Answer {
    /// An answer with a code.
    pub fn new(code: u16, body: impl Into<String>) -> Self {
        Self { code, body: body.into() }
    }
}

/// Says what is at a path.
pub trait Pages: Send + Sync + 'static {
    /// The answer to `GET path`, none if there is nothing.
    fn page(&self, path: &str) -> Option<Answer>;
}

/// Serves for ever.
pub async fn serve(listener: TcpListener, pages: Arc<impl Pages>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((connection, _)) => {
                let pages = pages.clone();
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(PATIENCE, converse(connection, &*pages)).await;
                    drop(place);
                });
            }
            // Out of file descriptors, most likely: don't spin until some are free again.
            Err(error) => {
                tracing::warn!(%error, "a connection can't be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn converse<C: AsyncRead + AsyncWrite + Unpin>(
    mut connection: C,
    pages: &impl Pages,
) -> std::io::Result<()> {
    let answer = match read_head(&mut connection).await? {
        Some(head) => respond(&head, pages),
        None => Answer::new(431, "too long\n"),
    };
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.code,
        reason(answer.code),
        answer.body.len()
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(answer.body.as_bytes()).await?;
    connection.shutdown().await
}

/// Reads up to the empty line. None if it doesn't come in time.
async fn read_head<C: AsyncRead + Unpin>(connection: &mut C) -> std::io::Result<Option<Vec<u8>>> {
    let mut head = Vec::with_capacity(512);
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if head.len() >= MAX_HEAD {
            return Ok(None);
        }
        if connection.read_buf(&mut head).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(Some(head))
}

fn respond(head: &[u8], pages: &impl Pages) -> Answer {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = std::str::from_utf8(line).unwrap_or_default().split(' ');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("GET"), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) => {
            let path = target.split('?').next().unwrap_or_default();
            pages.page(path).unwrap_or_else(|| Answer::new(404, "not found\n"))
        }
        (Some(_), Some(_), Some("HTTP/1.1" | "HTTP/1.0"), None) => Answer::new(405, "only GET\n"),
        _ => Answer::new(400, "not HTTP\n"),
    }
}

fn reason(code: u16) -> &'static str {
    match code {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;

    impl Pages for Two {
        fn page(&self, path: &str) -> Option<Answer> {
            match path {
                "/livez" => Some(Answer::new(200, "ok\n")),
                "/readyz" => Some(Answer::new(503, "not yet\n")),
                _ => None,
            }
        }
    }

    /// What comes back for these bytes, sent in pieces of `piece`.
    async fn exchange(request: &[u8], piece: usize) -> String {
        let (client, server) = tokio::io::duplex(64);
        let server = tokio::spawn(async move { converse(server, &Two).await });
        let (mut from, mut to) = tokio::io::split(client);
        let mut answer = String::new();
        let send = async {
            for part in request.chunks(piece) {
                if to.write_all(part).await.is_err() {
                    return;
                }
            }
            let _ = to.shutdown().await;
        };
        let (_, _) = tokio::join!(send, from.read_to_string(&mut answer));
        let _ = server.await;
        answer
    }

    #[tokio::test]
    async fn paths_and_codes() {
        let table = [
            ("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK"),
            ("GET /livez?verbose HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK"),
            ("GET /readyz HTTP/1.1\r\n\r\n", "HTTP/1.1 503 Service Unavailable"),
            ("GET /etc/passwd HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"),
            ("POST /livez HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
            ("GET /livez\r\n\r\n", "HTTP/1.1 400 Bad Request"),
            ("\r\n\r\n", "HTTP/1.1 400 Bad Request"),
            ("GET /livez HTTP/1.1 x\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        ];
        for (request, expected) in table {
            for piece in [1, 7, 1000] {
                let answer = exchange(request.as_bytes(), piece).await;
                assert_eq!(answer.lines().next(), Some(expected), "{request:?}");
            }
        }
    }

    #[tokio::test]
    async fn the_body_is_as_long_as_it_says() {
        let answer = exchange(b"GET /livez HTTP/1.1\r\n\r\n", 1000).await;
        assert!(answer.contains("Content-Length: 3\r\n") && answer.ends_with("\r\n\r\nok\n"), "{answer}");
    }

    #[tokio::test]
    async fn a_head_without_end_is_cut_off() {
        let long = [b"GET /livez HTTP/1.1\r\nX: ".to_vec(), vec![b'x'; 2 * MAX_HEAD]].concat();
        assert!(exchange(&long, 1000).await.starts_with("HTTP/1.1 431 "));
    }

    #[tokio::test]
    async fn bytes_that_are_not_http_and_half_a_request() {
        assert!(exchange(&[0xff, 0xfe, b'\r', b'\n', b'\r', b'\n'], 2).await.starts_with("HTTP/1.1 400 "));
        assert_eq!(exchange(b"GET /livez HTTP/1.1\r\n", 1000).await, "");
    }
}
