//! Engines that answer well, badly, late or never.

use super::*;
use ironkeep_core::observed::Engine;
use ironkeep_wire::client::Value;
use proptest::prelude::*;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A server that answers whatever it is sent with these bytes, and hangs up after `times`.
struct Server {
    at: SocketAddr,
    connections: Arc<AtomicU32>,
}

async fn server(answer: Vec<u8>, times: usize) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicU32::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Relaxed);
            let mut buffer = [0; 4096];
            for _ in 0..times {
                if stream.read(&mut buffer).await.is_ok_and(|size| size > 0) {
                    stream.write_all(&answer).await.ok();
                }
            }
        }
    });
    Server { at, connections }
}

fn ping() -> Command {
    Command::new(["PING"])
}

/// What comes of one PING at a server that answers with these bytes.
fn pinged(answer: &[u8], times: usize) -> Result<Value, EngineError> {
    run(async {
        let server = server(answer.to_vec(), times).await;
        Engines::new().call(server.at, ping()).await
    })
}

#[test]
fn a_connection_is_used_again_and_replaced_when_it_was_closed() {
    run(async {
        let engines = Engines::new();
        let lasting = server(b"+PONG\r\n".to_vec(), 10).await;
        for _ in 0..3 {
            assert_eq!(engines.call(lasting.at, ping()).await, Ok(Value::Simple(b"PONG".to_vec())));
        }
        assert_eq!(lasting.connections.load(Relaxed), 1);
        let leaving = server(b"+PONG\r\n".to_vec(), 1).await;
        for _ in 0..3 {
            assert_eq!(engines.call(leaving.at, ping()).await, Ok(Value::Simple(b"PONG".to_vec())));
        }
        assert_eq!(leaving.connections.load(Relaxed), 3);
    });
}

#[test]
fn replies_come_in_the_order_of_the_commands_with_errors_among_them() {
    let replies = run(async {
        let server = server(b"+A\r\n-ERR no\r\n:3\r\n".to_vec(), 1).await;
        Engines::new().ask(server.at, &[ping(), ping(), ping()], ANSWER).await
    });
    let expected = [Value::Simple(b"A".to_vec()), Value::Error(b"ERR no".to_vec()), Value::Integer(3)];
    assert_eq!(replies, Ok(expected.to_vec()));
}

#[test]
fn tells_the_ways_of_not_answering_apart() {
    let nobody = run(async {
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        Engines::new().call(gone, ping()).await
    });
    assert_eq!(nobody, Err(EngineError::Refused));
    assert_eq!(pinged(b"", 1), Err(EngineError::Refused));
    assert_eq!(pinged(b"", 2), Err(EngineError::Silent));
    assert_eq!(pinged(b"$100\r\nonly the beginning", 2), Err(EngineError::Silent));
    assert_eq!(pinged(b"-LOADING the dataset\r\n", 1), Err(EngineError::Loading));
    assert_eq!(pinged(b"-ERR no\r\n", 1), Err(EngineError::Answer("ERR no".into())));
    assert_eq!(
        pinged(b"+PONG\r\n+PONG\r\n", 1),
        Err(EngineError::Garbled("more replies than commands".into()))
    );
    assert!(matches!(pinged(b"HTTP/1.1 400 Bad Request\r\n\r\n", 1), Err(EngineError::Garbled(_))));
}

#[test]
fn a_server_without_room_is_quoted() {
    let answers = run(async {
        let full = server(b"-ERR max number of clients reached\r\n".to_vec(), 1).await;
        Engines::new().facts(full.at, &[]).await
    });
    assert!(
        matches!(&answers, Engine::Error(text) if text == "ERR max number of clients reached"),
        "{answers:?}"
    );
}

#[test]
fn no_reply_grows_beyond_its_bound() {
    let mut text = b"$99999999\r\n".to_vec();
    text.resize(5 << 20, b'x');
    let mut list = b"*99999999\r\n".to_vec();
    list.extend(b":1\r\n".repeat(100_000));
    for endless in [text, list] {
        let Err(EngineError::Garbled(why)) = pinged(&endless, 2) else { panic!("it was taken") };
        assert!(why.contains("a reply of more than"), "{why}");
    }
}

#[test]
fn facts_of_a_replica_in_a_cluster() {
    let id = "a".repeat(40);
    let bulk = |text: &str| format!("${}\r\n{text}\r\n", text.len());
    let info = "redis_mode:cluster\r\nrun_id:7\r\nvalkey_version:9.1.2\r\nrole:slave\r\nmaster_host:::1\r\n\
                master_port:6379\r\nmaster_link_status:up\r\nmaster_repl_offset:42\r\n";
    let nodes = format!("{id} 127.0.0.1:6379@16379 myself,slave {} 0 0 3 connected\n", "b".repeat(40));
    let config = "*2\r\n$9\r\nmaxmemory\r\n$1\r\n5\r\n";
    let facts = |info: &str, config: &str| {
        let answer = format!("{}{}{}{config}", bulk(info), bulk(&nodes), bulk("cluster_state:ok\r\n"));
        run(async { Engines::new().facts(server(answer.into(), 1).await.at, &["maxmemory"]).await })
    };
    let Engine::Up(up) = facts(info, config) else { panic!("it is up") };
    assert_eq!((up.run_id.as_str(), up.replication.offset, up.config["maxmemory"].as_str()), ("7", 42, "5"));
    assert_eq!(up.cluster.unwrap().me.0, id);
    // A replica that takes in its primary's data can be looked at, a server that reads its own files can't yet.
    assert!(matches!(facts(&format!("{info}loading:1\r\n"), config), Engine::Loading));
    assert!(matches!(
        facts(&format!("{info}loading:1\r\nmaster_sync_in_progress:1\r\n"), config),
        Engine::Up(_)
    ));
    assert!(matches!(facts(info, "-NOPERM no\r\n"), Engine::Error(text) if text == "NOPERM no"));
    assert!(matches!(facts(info, "+OK\r\n"), Engine::Error(_)));
}

/// A server that gives these answers in turn, on one connection after the other, and then none.
async fn script(connections: Vec<Vec<String>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for answers in connections {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let (mut buffer, mut answers) = ([0; 4096], answers.iter());
            while stream.read(&mut buffer).await.is_ok_and(|size| size > 0) {
                let answer = answers.next().map(String::as_bytes).unwrap_or_default();
                stream.write_all(answer).await.ok();
            }
        }
    });
    at
}

#[test]
fn a_primary_that_does_not_tell_whether_it_is_paused_is_tried() {
    let asked_twice = |info: &str, answer: Option<&str>, second: &str| {
        let first = format!("${}\r\n{info}\r\n$-1\r\n$-1\r\n", info.len());
        let answers = [Some(first), answer.map(str::to_owned)].into_iter().flatten().collect();
        let connections = vec![answers, vec![second.to_owned()]];
        run(async { Engines::new().facts(script(connections).await, &[]).await })
    };
    let paused = |info: &str, answer: Option<&str>| match asked_twice(info, answer, "+PONG\r\n") {
        Engine::Up(facts) => facts.paused,
        other => panic!("{other:?}"),
    };
    assert!(paused("run_id:7\r\nrole:master\r\n", None), "it answers, but not this");
    let mute = asked_twice("run_id:7\r\nrole:master\r\n", None, "");
    assert!(matches!(mute, Engine::Silent), "who says nothing more isn't taken for one that goes on");
    assert!(!paused("run_id:7\r\nrole:master\r\n", Some(":0\r\n")));
    assert!(!paused("run_id:7\r\nrole:master\r\n", Some("-WRONGTYPE\r\n")));
    assert!(!paused("run_id:7\r\nrole:slave\r\n", None), "it isn't tried");
    assert!(!paused("role:master\r\npaused_reason:none\r\n", None), "nor is one that tells");
    assert!(paused("role:master\r\npaused_reason:client_pause\r\n", Some(":0\r\n")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_that_comes_back_is_a_surprise(answer in prop::collection::vec(prop::sample::select(
        b"*$+-:_%~>|#,(=!1234567890\r\nab".to_vec()), 0..200)) {
        run(async {
            // It hangs up after one answer: no waiting for more.
            let at = server(answer, 1).await.at;
            Engines::new().facts(at, &["maxmemory"]).await
        });
    }
}
