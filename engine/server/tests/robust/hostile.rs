//! Clients that send what is no request, or only the beginning of one.

use crate::rig::link::Link;
use crate::rig::random::Random;
use crate::{MEGABYTE, assert_answered, integer, start};
use ironkeep_wire::client::{Value, encode_command};

/// What is no request, and what is said about it.
const NONSENSE: &[(&[u8], &str)] = &[
    (b"*-2\r\n*abc\r\n", "ERR Protocol error: invalid multibulk length"),
    (b"*2147483648\r\n", "ERR Protocol error: invalid multibulk length"),
    (b"*1\r\nGET\r\n", "ERR Protocol error: expected '$', got 'G'"),
    (b"*1\r\n$-1\r\n", "ERR Protocol error: invalid bulk length"),
    (b"*1\r\n$99999999999\r\n", "ERR Protocol error: invalid bulk length"),
    (b"*1\r\n$x\r\n", "ERR Protocol error: invalid bulk length"),
    (b"SET k \"unfinished\r\n", "ERR Protocol error: unbalanced quotes in request"),
];
const GARBAGE: usize = 500;
const HALVES: usize = 200;
const LIARS: usize = 100;
/// All that liars have sent, and what a connection costs, is much less than this.
const LIES: usize = 64 * MEGABYTE;

#[test]
fn nonsense_is_refused() {
    let (node, mut others) = start(&[]);
    for (bytes, line) in NONSENSE {
        let mut link = node.connect_tcp();
        link.write(bytes).unwrap();
        let (reply, _) = link.reply();
        assert_eq!(reply, Value::Error(line.as_bytes().to_vec()), "{}", bytes.escape_ascii());
        assert!(link.is_closed_soon(), "still open after {}", bytes.escape_ascii());
    }
    assert_answered(&mut others);
}

#[test]
fn garbage_harms_nobody() {
    let (node, mut others) = start(&[]);
    let mut random = Random::new(2);
    let good = encode_command(&["SET", "key", "some value"]).repeat(5);
    for _ in 0..GARBAGE {
        let mut bytes = good.clone();
        match random.below(3) {
            0 => {
                let len = random.below(2000);
                bytes = random.bytes(len);
            }
            1 => (0..3).for_each(|_| {
                let at = random.below(bytes.len());
                bytes[at] = random.next() as u8;
            }),
            _ => bytes.truncate(random.below(bytes.len())),
        }
        let mut link = node.connect_tcp();
        // The server may have closed already.
        let _ = link.write(&bytes);
    }
    assert_answered(&mut others);
    node.assert_alive();
}

/// Requests that arrive byte by byte, on many connections in turn.
#[test]
fn half_requests_wait_for_their_end() {
    let (node, mut others) = start(&[]);
    let mut links: Vec<Link> = (0..HALVES).map(|_| node.connect_tcp()).collect();
    let requests: Vec<Vec<u8>> =
        (0..HALVES).map(|nth| encode_command(&["SETRANGE", "key", &nth.to_string(), "value"])).collect();
    let longest = requests.iter().map(Vec::len).max().unwrap();
    for at in 0..longest {
        for (link, request) in links.iter_mut().zip(&requests) {
            if let Some(byte) = request.get(at) {
                link.write(&[*byte]).unwrap();
            }
        }
        if at % 10 == 0 {
            assert_answered(&mut others);
        }
    }
    for link in &mut links {
        assert!(matches!(link.reply().0, Value::Integer(_)));
    }
    assert_eq!(others[0].ask(&["STRLEN", "key"]), integer(HALVES as i64 - 1 + 5));
}

/// Who announces much and sends little gets little memory.
#[test]
fn announced_bytes_take_no_memory() {
    let (node, mut others) = start(&[]);
    let before = node.resident();
    let mut links: Vec<Link> = (0..LIARS).map(|_| node.connect_tcp()).collect();
    for (nth, link) in links.iter_mut().enumerate() {
        match nth % 2 {
            0 => link.write(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n").unwrap(),
            _ => link.write(b"*1048576\r\n$4\r\nMGET\r\n").unwrap(),
        }
        for _ in 0..10 {
            link.write(if nth % 2 == 0 { &[b'x'; 1000] } else { b"$1\r\na\r\n" }).unwrap();
            assert_answered(&mut others[..1]);
        }
    }
    assert_answered(&mut others);
    let grown = node.resident().saturating_sub(before);
    eprintln!("{LIARS} clients that announced 512 MB or a million arguments took {grown} bytes");
    assert!(grown < LIES, "{grown} bytes for what was only announced");
    // The other measure: what the server has asked for.
    let Value::Bulk(info) = others[0].ask(&["INFO", "memory"]) else { panic!("INFO failed") };
    let info = String::from_utf8(info).unwrap();
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
    assert!(used.parse::<usize>().unwrap() < LIES, "used_memory is {used}");
}
