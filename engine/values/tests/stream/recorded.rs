//! What Valkey did, operation by operation: replies, and the stream afterwards.

use crate::{LIMITS, add, trim};
use ironkeep_values::stream::{Extent, Group, Id, Limits, Stream, Trim};
use std::fmt::Write;

fn fnv(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn id(text: &str) -> Id {
    Id::parse(text.as_bytes(), 0).unwrap()
}

fn write_len(out: &mut Vec<u8>, len: u64) {
    match len {
        0..=63 => out.push(len as u8),
        64..=0x3fff => out.extend_from_slice(&((len | 0x4000) as u16).to_be_bytes()),
        0x4000..=0xffff_ffff => {
            out.push(0x80);
            out.extend_from_slice(&(len as u32).to_be_bytes());
        }
        _ => {
            out.push(0x81);
            out.extend_from_slice(&len.to_be_bytes());
        }
    }
}

/// Nodes and facts as in RDB files.
fn file_part(stream: &Stream) -> Vec<u8> {
    let mut out = Vec::new();
    write_len(&mut out, stream.log().node_count() as u64);
    for node in stream.log().nodes() {
        for bytes in [&node.id().to_bytes()[..], node.as_bytes()] {
            write_len(&mut out, bytes.len() as u64);
            out.extend_from_slice(bytes);
        }
    }
    let facts = stream.log().facts();
    write_len(&mut out, facts.length);
    for id in [facts.last_id, facts.first_id, facts.max_deleted_id] {
        write_len(&mut out, id.ms);
        write_len(&mut out, id.seq);
    }
    write_len(&mut out, facts.entries_added);
    out
}

fn or_dash(number: Option<impl ToString>) -> String {
    number.map_or("-".into(), |number| number.to_string())
}

fn counts_and_groups(stream: &Stream) -> String {
    let log = stream.log();
    let mut text = format!("{} {}", log.node_count(), log.radix_node_count());
    for (name, group) in stream.groups() {
        let name = String::from_utf8_lossy(name);
        let (read, lag) = (or_dash(group.entries_read()), or_dash(group.lag(log)));
        write!(text, "|{name} {} {read} {lag} {}", group.last_id(), group.pending_len()).unwrap();
        for (id, pending) in group.pending_from(Id::MIN) {
            let consumer = String::from_utf8_lossy(pending.consumer());
            write!(text, ",{id}:{consumer}:{}", pending.count).unwrap();
        }
        for (name, consumer) in group.consumers() {
            write!(text, ";{} {}", String::from_utf8_lossy(name), consumer.pending_len()).unwrap();
            for id in consumer.pending_from(Id::MIN) {
                write!(text, ",{id}:{}", group.pending(id).unwrap().count).unwrap();
            }
        }
    }
    text
}

fn extent(word: &str) -> Extent {
    if word == "exact" { Extent::Exact } else { Extent::Nodes(word.parse().unwrap()) }
}

fn number(word: &str) -> Option<u64> {
    word.parse().ok()
}

fn yes(did: bool) -> String {
    if did { "yes" } else { "no" }.into()
}

fn change(stream: &mut Stream, limits: &mut Limits, words: &[&str]) -> String {
    match *words {
        ["new"] => *stream = Stream::new(),
        ["limits", bytes, entries] => {
            *limits = Limits { bytes: bytes.parse().unwrap(), entries: entries.parse().unwrap() };
        }
        ["add", at, ref rest @ ..] => {
            let rest: Vec<&[u8]> = rest.iter().map(|text| bytes_of(text)).collect();
            let pairs: Vec<_> = rest.chunks(2).map(|pair| (pair[0], pair[1])).collect();
            return add(stream, id(at), &pairs, *limits).map_or("error".into(), |()| at.into());
        }
        ["del", ref at @ ..] => {
            let deleted = at.iter().filter(|at| stream.log_mut().delete(id(at))).count();
            return deleted.to_string();
        }
        ["trimlen", length, how] => {
            let length = length.parse().unwrap();
            return trim(stream, Trim::ToLength { length, extent: extent(how) }).to_string();
        }
        ["trimid", low, how] => {
            return trim(stream, Trim::ToId { id: id(low), extent: extent(how) }).to_string();
        }
        ["setid", last, added, deleted] => {
            stream.log_mut().set_last_id(id(last));
            number(added).into_iter().for_each(|added| stream.log_mut().set_entries_added(added));
            if !matches!(deleted, "-" | "0-0") {
                stream.log_mut().set_max_deleted_id(id(deleted));
            }
        }
        ["mkgroup", group, last, read] => {
            return yes(stream.create_group(group.as_bytes(), id(last), number(read)));
        }
        ["rmgroup", group] => {
            return i32::from(stream.remove_group(group.as_bytes()).is_some()).to_string();
        }
        ["groupid", group, last, read] => {
            let set = |_: &_, group: &mut Group| group.set_last_id(id(last), number(read));
            return yes(stream.change_group(group.as_bytes(), set).is_some());
        }
        ref words => return change_group(stream, words),
    }
    String::new()
}

fn bytes_of(word: &str) -> &[u8] {
    if word == "\"\"" { b"" } else { word.as_bytes() }
}

fn change_group(stream: &mut Stream, words: &[&str]) -> String {
    let group = words[1].as_bytes();
    stream
        .change_group(group, |log, group| match *words {
            ["mkconsumer", _, name] => i32::from(group.create_consumer(name.as_bytes(), 5)).to_string(),
            ["rmconsumer", _, name] => group.remove_consumer(name.as_bytes()).unwrap_or(0).to_string(),
            ["read", _, name, most, ack] => {
                group.create_consumer(name.as_bytes(), 5);
                let consumer = group.consumer(name.as_bytes()).unwrap().0.clone();
                let from = group.last_id().next().unwrap();
                let mut told = Vec::new();
                for entry in log.range(from, Id::MAX).take(most.parse().unwrap()) {
                    assert!(group.read(log, entry.id()));
                    if ack == "ack" {
                        group.assign(entry.id(), &consumer, 5, 1);
                    }
                    told.push(entry.id().to_string());
                }
                told.join(" ")
            }
            ["history", _, name, from, most] => {
                group.create_consumer(name.as_bytes(), 5);
                let (_, consumer) = group.consumer(name.as_bytes()).unwrap();
                let from = id(from).next().unwrap();
                let list: Vec<_> = consumer.pending_from(from).take(most.parse().unwrap()).collect();
                let mut told = Vec::new();
                for id in list {
                    let there = log.get(id).is_some();
                    if there {
                        group.redeliver(id, 6);
                    }
                    told.push(format!("{id}{}", if there { "" } else { "!" }));
                }
                told.join(" ")
            }
            ["ack", _, ref list @ ..] => {
                list.iter().filter(|at| group.acknowledge(id(at))).count().to_string()
            }
            ["claim", _, name, at, force, justid, count] => {
                group.create_consumer(name.as_bytes(), 5);
                let consumer = group.consumer(name.as_bytes()).unwrap().0.clone();
                let (at, before) = (id(at), group.pending(id(at)).map(|pending| pending.count));
                if log.get(at).is_none() {
                    group.acknowledge(at);
                    return "0".into();
                }
                if before.is_none() && force != "force" {
                    return "0".into();
                }
                let more = u64::from(justid != "justid");
                let count = number(count).unwrap_or(before.unwrap_or(1) + more);
                i32::from(group.assign(at, &consumer, 5, count)).to_string()
            }
            ref other => panic!("{other:?}"),
        })
        .unwrap()
}

#[test]
fn operations_do_what_valkey_does() {
    let (mut stream, mut limits) = (Stream::new(), LIMITS);
    let mut images = Vec::new();
    for (number, row) in rows(include_str!("../facts/stream.tsv")).enumerate() {
        let [operation, told, file, groups] = row[..] else { panic!("{row:?}") };
        let words: Vec<&str> = operation.split(' ').collect();
        assert_eq!(change(&mut stream, &mut limits, &words), told, "row {number}: {row:?}");
        if file.is_empty() {
            continue;
        }
        assert_eq!(fnv(&file_part(&stream)), file, "row {number}: {row:?}");
        let text = counts_and_groups(&stream);
        assert_eq!(fnv(text.as_bytes()), groups, "row {number}: {row:?}: {text}");
        if number % 50 == 0 {
            images.push((stream.clone(), file, groups));
        }
    }
    for (image, file, groups) in images {
        assert_eq!(fnv(&file_part(&image)), file);
        assert_eq!(fnv(counts_and_groups(&image).as_bytes()), groups);
    }
}

#[test]
fn ids_are_read_as_valkey_reads_them() {
    for row in rows(include_str!("../facts/stream_ids.tsv")) {
        let [text, read] = row[..] else { panic!("{row:?}") };
        let found = Id::parse(text.as_bytes(), 0).map_or("-".into(), |id| id.to_string());
        assert_eq!(found, read, "{row:?}");
    }
}
