mod common;
use common::Store;
use std::io::{Read, Write};
use std::net::TcpStream;
use ironkeep_wire::client;

fn send(s: &mut TcpStream, words: &[&[u8]]) -> Vec<u8> {
    let mut req = format!("*{}\r\n", words.len()).into_bytes();
    for w in words { req.extend(format!("${}\r\n", w.len()).bytes()); req.extend(*w); req.extend(b"\r\n"); }
    s.write_all(&req).unwrap();
    let mut buf = Vec::new();
    let mut chunk = [0; 65536];
    loop {
        let n = s.read(&mut chunk).unwrap();
        assert!(n > 0, "closed");
        buf.extend(&chunk[..n]);
        if let Ok(Some((_, used))) = client::parse(&buf) { assert_eq!(used, buf.len()); return buf; }
    }
}

struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 { self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15); let mut z = self.0; z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9); z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb); z ^ z >> 31 }
    fn below(&mut self, n: usize) -> usize { (self.next() % n as u64) as usize }
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str { from[self.below(from.len())] }
}

fn value(r: &mut Rng) -> Vec<u8> {
    match r.below(12) {
        0 => r.pick(&["", "0", "-1", "10", "9223372036854775807", "-9223372036854775808", "007", "+5", "1.5", "3e10", "-0", " 1", "nan", "inf", "0x10", "1e400"]).into(),
        1 => { let l = r.below(200); (0..l).map(|_| r.next() as u8).collect() }
        2 => { let l = r.below(600); vec![b"\x00\xffab"[r.below(4)]; l] }
        3 => { let l = 90 + r.below(60); vec![b'x'; l] }
        4 => if r.below(20) == 0 { let l = 3900 + r.below(5000); vec![b'y'; l] } else { b"z".to_vec() },
        5 => (r.next() as i64 % 1000).to_string().into_bytes(),
        6 => format!("{}.{}", r.next() as i64 % 1000, r.next() % 1000).into_bytes(),
        _ => { let l = r.below(8); (0..l).map(|_| b"abc01"[r.below(5)]).collect() }
    }
}
fn int(r: &mut Rng) -> Vec<u8> {
    match r.below(8) {
        0 => r.pick(&["9223372036854775807", "-9223372036854775808", "-9223372036854775807", "9223372036854775808", "x", "", "1.0", "4294967295", "4294967296", "2147483648"]).into(),
        1 => (r.next() as i64 % 100).to_string().into_bytes(),
        2 => (r.below(5000)).to_string().into_bytes(),
        _ => (r.below(40) as i64 - 15).to_string().into_bytes(),
    }
}
fn small_off(r: &mut Rng) -> Vec<u8> {
    match r.below(12) { 0 => r.pick(&["-1", "x", "4294967296", "9223372036854775807", "-9223372036854775808", "99999999999"]).into(), 1 => (r.below(20000)).to_string().into(), _ => r.below(200).to_string().into() }
}
fn ttl_opts(r: &mut Rng, cmd: &mut Vec<Vec<u8>>, words: &[&str]) {
    for _ in 0..r.below(4) {
        let mut w = r.pick(words).to_string();
        if r.below(3) == 0 { w = w.to_uppercase(); }
        let lw = w.to_lowercase();
        cmd.push(w.into());
        match &lw[..] {
            "ex" | "px" => if r.below(12) > 0 { cmd.push(r.pick(&["100000", "200000", "1000000", "0", "-1", "abc", "9223372036854775807", "9223372036854775", "9223372036854776"]).into()) },
            "exat" => if r.below(12) > 0 { cmd.push(r.pick(&["1", "100", "4000000000", "5000000000", "0", "-5", "9223372036854775807"]).into()) },
            "pxat" => if r.below(12) > 0 { cmd.push(r.pick(&["1", "100", "4000000000000", "5000000000000", "0", "q"]).into()) },
            "ifeq" => if r.below(12) > 0 { cmd.push(value(r)) },
            _ => {}
        }
    }
}
fn command(r: &mut Rng) -> Vec<Vec<u8>> {
    let keys = ["a", "b", "c", "d", "a-key-that-is-longer-than-31-bytes", "k"];
    let k = |r: &mut Rng| r.pick(&keys).as_bytes().to_vec();
    let name = r.pick(&["append","decr","decrby","delifeq","get","getdel","getex","getrange","getset","incr","incrby","incrbyfloat","lcs","mget","mset","msetex","msetnx","psetex","set","set","set","setex","setnx","setrange","strlen","substr","bitcount","bitfield","bitfield","bitfield_ro","bitop","bitpos","getbit","setbit","object"]);
    let mut c: Vec<Vec<u8>> = vec![name.into()];
    match name {
        "decr"|"get"|"getdel"|"incr"|"strlen" => c.push(k(r)),
        "append"|"delifeq"|"getset"|"setnx" => { c.push(k(r)); c.push(value(r)); }
        "decrby"|"incrby" => { c.push(k(r)); c.push(int(r)); }
        "incrbyfloat" => { c.push(k(r)); let v = value(r); c.push(v); }
        "getex" => { c.push(k(r)); ttl_opts(r, &mut c, &["ex","px","exat","pxat","persist","keepttl","nx"]); }
        "getrange"|"substr" => { c.push(k(r)); c.push(int(r)); c.push(int(r)); }
        "lcs" => { c.push(k(r)); c.push(k(r)); for _ in 0..r.below(3) { let w = r.pick(&["len","idx","withmatchlen","minmatchlen","x"]); c.push(w.into()); if w == "minmatchlen" { c.push(int(r)); } } }
        "mget" => for _ in 0..1 + r.below(3) { c.push(k(r)) },
        "mset"|"msetnx" => { for _ in 0..1 + r.below(3) { c.push(k(r)); c.push(value(r)); } if r.below(10) == 0 { c.push(k(r)); } }
        "msetex" => { let n = r.below(4); let said = if r.below(10) == 0 { String::from_utf8_lossy(&int(r)).into_owned() } else { n.to_string() }; c.push(said.into()); for _ in 0..n { c.push(k(r)); c.push(value(r)); } ttl_opts(r, &mut c, &["ex","px","pxat","keepttl","nx","xx","get"]); }
        "psetex"|"setex" => { c.push(k(r)); c.push(r.pick(&["100000","0","-1","x","9223372036854775807","9223372036854775"]).into()); c.push(value(r)); }
        "set" => { c.push(k(r)); c.push(value(r)); ttl_opts(r, &mut c, &["ex","px","exat","pxat","keepttl","nx","xx","get","ifeq","persist"]); }
        "setrange" => { c.push(k(r)); c.push(small_off(r)); c.push(value(r)); }
        "bitcount" => { c.push(k(r)); for _ in 0..r.below(3) { c.push(int(r)); } if r.below(3) == 0 { c.push(r.pick(&["bit","BYTE","foo"]).into()); } }
        "bitpos" => { c.push(k(r)); c.push(if r.below(10) == 0 { int(r) } else { r.pick(&["0","1"]).into() }); for _ in 0..r.below(3) { c.push(int(r)); } if r.below(3) == 0 { c.push(r.pick(&["bit","BYTE","foo"]).into()); } }
        "bitfield"|"bitfield_ro" => { c.push(k(r)); for _ in 0..r.below(4) {
            let w = r.pick(&["get","set","incrby","overflow","get","x"]);
            if w == "x" && r.below(4) > 0 { continue; }
            if name == "bitfield_ro" && w != "get" && r.below(5) > 0 { continue; }
            c.push(w.into());
            if w == "overflow" { c.push(r.pick(&["wrap","SAT","fail","foo"]).into()); continue; }
            c.push(if r.below(3) == 0 { r.pick(&["u8","i8","i64","u63","u64","i65","u0","x3","i1","u1","u","i16","I8"]).into() } else { format!("{}{}", r.pick(&["u","i"]), 1 + r.below(64)).into() });
            let mut o = small_off(r); if r.below(4) == 0 && o.len() < 4 { o.insert(0, b'#'); } c.push(o);
            if w == "set" || w == "incrby" { c.push(int(r)); }
        } }
        "bitop" => { let o = r.pick(&["and","OR","xor","not","not","diff"]); c.push(o.into()); c.push(k(r)); let n = if o == "not" && r.below(5) > 0 { 1 } else { 1 + r.below(3) }; for _ in 0..n { c.push(k(r)); } }
        "getbit" => { c.push(k(r)); c.push(small_off(r)); }
        "setbit" => { c.push(k(r)); c.push(small_off(r)); c.push(if r.below(10) == 0 { int(r) } else { r.pick(&["0","1"]).into() }); }
        "object" => { c.push("encoding".into()); c.push(k(r)); }
        _ => unreachable!(),
    }
    c
}

#[test]
fn diff() {
    let port = std::env::var("DIFF_PORT").unwrap();
    let rounds: usize = std::env::var("DIFF_ROUNDS").unwrap().parse().unwrap();
    let mut s = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    s.set_nodelay(true).unwrap();
    let mut rng = Rng(std::env::var("DIFF_SEED").map_or(1, |s| s.parse().unwrap()));
    let mut bad = 0;
    let mut store = Store::new();
    store.now = 1_795_000_000_000;
    send(&mut s, &[b"flushall"]);
    for round in 0..rounds {
        if round % 300 == 0 {
            store = Store::new();
            store.now = 1_795_000_000_000;
            send(&mut s, &[b"flushall"]);
            let v: &[u8] = if (round / 300) % 2 == 0 { b"2" } else { b"3" };
            store.resp3 = v == b"3";
            send(&mut s, &[b"hello", v]);
        }
        let c = command(&mut rng);
        let words: Vec<&[u8]> = c.iter().map(Vec::as_slice).collect();
        let theirs = send(&mut s, &words);
        let ours = store.run_words(&words);
        store.turn.effects.clear();
        let mut differ = theirs != ours;
        if !differ { // compare state of all keys of the command
            for key in ["a", "b", "c", "d", "a-key-that-is-longer-than-31-bytes", "k"] {
                for q in [&[b"get".as_slice(), key.as_bytes()][..], &[b"pexpiretime", key.as_bytes()], &[b"object", b"encoding", key.as_bytes()]] {
                    let (t, o) = (send(&mut s, q), store.run_words(q));
                    if t != o && !(q[0] == b"pexpiretime" && t.len() > 4 && o.len() > 4) {
                        eprintln!("STATE after {:?}: {:?}\n  theirs {}\n  ours   {}", words.iter().map(|w| w.escape_ascii().to_string().chars().take(60).collect::<String>()).collect::<Vec<_>>(), q.iter().map(|w| w.escape_ascii().to_string()).collect::<Vec<_>>(), &t.escape_ascii().to_string().chars().take(200).collect::<String>(), &o.escape_ascii().to_string().chars().take(200).collect::<String>());
                        differ = true;
                        bad += 1;
                    }
                }
            }
            if differ { send(&mut s, &[b"flushall"]); let r3 = store.resp3; store = Store::new(); store.resp3 = r3; store.now = 1_795_000_000_000; }
        } else {
            bad += 1;
            eprintln!("REPLY {:?}\n  theirs {}\n  ours   {}", words.iter().map(|w| w.escape_ascii().to_string().chars().take(60).collect::<String>()).collect::<Vec<_>>(), theirs.escape_ascii().to_string().chars().take(200).collect::<String>(), ours.escape_ascii().to_string().chars().take(200).collect::<String>());
        }
        if bad > 12 { panic!("enough"); }
    }
    assert_eq!(bad, 0);
}
