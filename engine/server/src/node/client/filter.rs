//! The filters of CLIENT LIST and CLIENT KILL.
//!
//! Takes arguments, gives a [`Filter`] that says whether it fits a client. A filter given twice counts once, the
//! last; only numbers of clients add up.

use crate::client_line::{letters, seconds_since};
use crate::clients::ClientInfo;
use crate::node::Call;
use ironkeep_config::ClientClass;
use ironkeep_wire::parse_i64;
use std::mem::discriminant;
use std::sync::atomic::Ordering::Relaxed;

const SYNTAX: &str = "ERR syntax error";
/// The letters that a client's state may have.
const LETTERS: &[u8] = b"OSMPxbtRBdcuAUreTIiEN";

/// Kinds of clients.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Normal,
    PubSub,
    Other,
}

/// One thing that a client must, or must not, be.
#[derive(Debug)]
enum Test<'a> {
    Id(Vec<u64>),
    Kind(Kind),
    User,
    Addr(&'a [u8]),
    LocalAddr(&'a [u8]),
    MaxAge(i64),
    Idle(i64),
    Flags(&'a [u8]),
    Name(&'a [u8]),
    LibName(&'a [u8]),
    LibVer(&'a [u8]),
    Db(u32),
    Capa(&'a [u8]),
    Ip(&'a [u8]),
}

/// Which clients are meant: all that pass all tests.
#[derive(Default, Debug)]
pub struct Filter<'a> {
    tests: Vec<(bool, Test<'a>)>,
    skip_me: bool,
}

impl<'a> Filter<'a> {
    /// Those with this address.
    pub fn address(address: &'a [u8]) -> Self {
        Self { tests: vec![(true, Test::Addr(address))], skip_me: false }
    }

    /// The filter that the arguments after the sub-command say, or what is wrong with them.
    pub fn parse(call: &Call<'a, '_>, skip_me: bool) -> Result<Self, String> {
        let args = call.args;
        let mut filter = Self { tests: Vec::new(), skip_me };
        let mut at = 2;
        while at < args.len() {
            let word = args.at(at).to_ascii_lowercase();
            let (wanted, word) = match word.strip_prefix(b"not-") {
                // These have no opposite.
                Some(b"maxage" | b"idle" | b"skipme") => return Err(SYNTAX.into()),
                Some(rest) => (false, rest),
                None => (true, &word[..]),
            };
            if word == b"id" {
                let ids = numbers(args.iter().skip(at + 1))?;
                at += 1 + ids.len();
                filter.add_ids(wanted, ids);
                continue;
            }
            if at + 1 >= args.len() {
                return Err(SYNTAX.into());
            }
            let value = args.at(at + 1);
            if word == b"skipme" {
                filter.skip_me = yes(value)?;
            } else {
                let databases = call.lane.server.space.databases();
                filter.add(wanted, test(word, value, wanted, databases)?);
            }
            at += 2;
        }
        Ok(filter)
    }

    fn add(&mut self, wanted: bool, test: Test<'a>) {
        self.tests.retain(|(w, old)| *w != wanted || discriminant(old) != discriminant(&test));
        self.tests.push((wanted, test));
    }

    fn add_ids(&mut self, wanted: bool, ids: Vec<u64>) {
        let known = self.tests.iter_mut().find_map(|(w, test)| match test {
            Test::Id(known) if *w == wanted => Some(known),
            _ => None,
        });
        match known {
            Some(known) => known.extend(ids),
            None => self.tests.push((wanted, Test::Id(ids))),
        }
    }

    /// Whether a client is meant; `me` is the number of the one that asks.
    pub fn fits(&self, info: &ClientInfo, me: u64, now: i64) -> bool {
        let skipped = self.skip_me && info.id == me;
        !skipped && self.tests.iter().all(|(wanted, test)| test.holds(info, now) == *wanted)
    }
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The numbers at the front of the arguments.
fn numbers<'a>(args: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u64>, String> {
    let mut ids = Vec::new();
    for id in args.map_while(parse_i64) {
        match u64::try_from(id) {
            Ok(id) if id > 0 => ids.push(id),
            _ => return Err("ERR client-id should be greater than 0".into()),
        }
    }
    Ok(ids)
}

fn yes(value: &[u8]) -> Result<bool, String> {
    match value {
        _ if value.eq_ignore_ascii_case(b"yes") => Ok(true),
        _ if value.eq_ignore_ascii_case(b"no") => Ok(false),
        _ => Err(SYNTAX.into()),
    }
}

fn test<'a>(word: &[u8], value: &'a [u8], wanted: bool, databases: u32) -> Result<Test<'a>, String> {
    Ok(match word {
        b"maxage" => Test::MaxAge(positive("maxage", value)?),
        b"idle" => Test::Idle(positive("idle", value)?),
        b"type" => Test::Kind(kind(value)?),
        b"user" if value == b"default" => Test::User,
        b"user" => return Err(format!("ERR No such user '{}'", text(value))),
        b"addr" => Test::Addr(value),
        b"laddr" => Test::LocalAddr(value),
        b"flags" => Test::Flags(letters_in("flags", LETTERS, value, wanted)?),
        b"name" => Test::Name(value),
        b"lib-name" => Test::LibName(value),
        b"lib-ver" => Test::LibVer(value),
        b"db" => Test::Db(database(if wanted { "DB" } else { "NOT-DB" }, value, databases)?),
        b"capa" => Test::Capa(letters_in("capa", b"r", value, wanted)?),
        b"ip" => Test::Ip(value),
        _ => return Err(SYNTAX.into()),
    })
}

fn positive(what: &str, value: &[u8]) -> Result<i64, String> {
    match parse_i64(value) {
        None => Err(format!("ERR {what} is not an integer or out of range")),
        Some(..=0) => Err(format!("ERR {what} should be greater than 0")),
        Some(number) => Ok(number),
    }
}

fn database(what: &str, value: &[u8], databases: u32) -> Result<u32, String> {
    let number = parse_i64(value).and_then(|number| i32::try_from(number).ok());
    let number = number.ok_or_else(|| format!("ERR {what} is not an integer or out of range"))?;
    u32::try_from(number)
        .ok()
        .filter(|number| *number < databases)
        .ok_or_else(|| format!("ERR {what} number should be between 0 and {}", databases - 1))
}

fn kind(value: &[u8]) -> Result<Kind, String> {
    match value.to_ascii_lowercase().as_slice() {
        b"normal" => Ok(Kind::Normal),
        b"pubsub" => Ok(Kind::PubSub),
        b"replica" | b"slave" | b"primary" | b"master" => Ok(Kind::Other),
        _ => Err(format!("ERR Unknown client type '{}'", text(value))),
    }
}

fn letters_in<'a>(what: &str, known: &[u8], value: &'a [u8], wanted: bool) -> Result<&'a [u8], String> {
    if value.iter().all(|letter| known.contains(letter)) {
        return Ok(value);
    }
    let place = if wanted { "provided".to_owned() } else { format!("NOT-{}", what.to_uppercase()) };
    Err(format!("ERR Unknown {what} found in the {place} filter: {}", text(value)))
}

impl Test<'_> {
    fn holds(&self, info: &ClientInfo, now: i64) -> bool {
        // What a client has not told equals nothing.
        let told = |own: &[u8], asked: &[u8]| !own.is_empty() && own == asked;
        match self {
            Self::Id(ids) => ids.contains(&info.id),
            Self::Kind(Kind::Normal) => info.class() == ClientClass::Normal,
            Self::Kind(Kind::PubSub) => info.class() == ClientClass::PubSub,
            // There are no links of replication.
            Self::Kind(Kind::Other) => false,
            // There is no other user.
            Self::User => true,
            Self::Addr(addr) => info.addr.as_bytes() == *addr,
            Self::LocalAddr(addr) => info.laddr.as_bytes() == *addr,
            Self::MaxAge(seconds) => seconds_since(info.created, now) >= *seconds,
            Self::Idle(seconds) => seconds_since(info.active.load(Relaxed), now) >= *seconds,
            Self::Flags(flags) => has_letters(&letters(info), flags),
            Self::Name(name) => told(&info.names.lock().name, name),
            Self::LibName(name) => told(&info.names.lock().lib_name, name),
            Self::LibVer(version) => told(&info.names.lock().lib_ver, version),
            Self::Db(db) => info.db.load(Relaxed) == *db,
            Self::Capa(capa) => capa.is_empty() || info.names.lock().redirect,
            Self::Ip(ip) => has_ip(&info.addr, ip),
        }
    }
}

/// Whether a state has all these letters. Who watches with MONITOR counts as a replica, too.
fn has_letters(own: &str, asked: &[u8]) -> bool {
    asked.iter().all(|letter| own.as_bytes().contains(if *letter == b'S' { &b'O' } else { letter }))
}

/// Whether an address, `ip:port` or `[ip]:port`, has this IP.
fn has_ip(address: &str, ip: &[u8]) -> bool {
    let address = address.strip_prefix('[').unwrap_or(address).as_bytes();
    let Some(rest) = address.strip_prefix(ip) else { return false };
    let port = rest.strip_prefix(b"]").unwrap_or(rest).strip_prefix(b":");
    port.is_some_and(|port| !port.starts_with(b"0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_ip_of_an_address() {
        for (address, ip, found) in [
            ("127.0.0.1:5", "127.0.0.1", true),
            ("127.0.0.1:5", "127.0.0", false),
            ("127.0.0.1:5", "127.0.0.1:", false),
            ("[::1]:5", "::1", true),
            ("[::1]:5", "::", false),
            ("/tmp/socket:0", "/tmp/socket", false),
        ] {
            assert_eq!(has_ip(address, ip.as_bytes()), found, "{address} {ip}");
        }
    }

    #[test]
    fn letters_are_all_needed() {
        assert!(has_letters("xU", b"x"));
        assert!(has_letters("xU", b"Ux"));
        assert!(!has_letters("xU", b"xN"));
        assert!(has_letters("N", b"N"));
        assert!(has_letters("O", b"SO"));
        assert!(!has_letters("N", b"S"));
    }

    #[test]
    fn numbers_end_at_the_first_word() {
        let ids = |words: &[&'static str]| numbers(words.iter().map(|word| word.as_bytes()));
        assert_eq!(ids(&["1", "3", "addr", "5"]), Ok(vec![1, 3]));
        assert_eq!(ids(&["x"]), Ok(vec![]));
        assert!(ids(&["1", "0"]).is_err());
    }
}
