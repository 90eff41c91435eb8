//! Parameters that take a list of words, and the event classes.

use super::{as_text, memory};
use crate::{
    choices::{EVENTS, EVENTS_ALL},
    value::{ClientClass, OutputLimit, SavePoint, Value},
};
use std::{str::FromStr, sync::Arc};

/// More addresses than this are refused.
const MAX_ADDRESSES: usize = 16;
/// Longer lists than this are refused; Valkey has no bound here.
const MAX_LIST: usize = 1024;

/// A single empty word stands for the empty list.
fn list<'a, 'b>(words: &'a [&'b [u8]]) -> &'a [&'b [u8]] {
    if words == [b""] { &[] } else { words }
}

fn number<T: FromStr>(word: &[u8]) -> Option<T> {
    as_text(word).parse().ok()
}

pub(super) fn addresses(words: &[&[u8]]) -> Result<Value, String> {
    if words.len() > MAX_ADDRESSES {
        return Err("Too many bind addresses specified.".to_owned());
    }
    let addresses: Option<Arc<[String]>> = list(words).iter().map(|word| host(word)).collect();
    // Valkey says this when it tries to listen there.
    addresses.map(Value::Addresses).ok_or_else(|| "Failed to bind to specified addresses.".to_owned())
}

/// An address or name of a host: one word that needs no quotes in a configuration file.
fn host(word: &[u8]) -> Option<String> {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\');
    let holds = !word.is_empty() && word.iter().all(plain);
    holds.then(|| as_text(word).into_owned())
}

pub(super) fn save_points(words: &[&[u8]]) -> Result<Value, String> {
    let point = |pair: &[&[u8]]| match pair {
        [seconds, changes] => Some(SavePoint {
            seconds: number::<u64>(seconds).filter(|n| (1..=i64::MAX as u64).contains(n))?,
            changes: number::<u64>(changes).filter(|n| *n <= i32::MAX as u64)?,
        }),
        _ => None,
    };
    let words = list(words);
    let points: Option<Arc<[SavePoint]>> = words.chunks(2).map(point).collect();
    points
        .filter(|points| points.len() <= MAX_LIST)
        .map(Value::SavePoints)
        .ok_or_else(|| "Invalid save parameters".to_owned())
}

/// Sets the classes that are named and leaves the others.
pub(super) fn output_limits(words: &[&[u8]], so_far: &Value) -> Result<Value, String> {
    let mut limits = so_far.output_limits();
    for group in words.chunks(4) {
        let [class, hard, soft, seconds] = group else {
            return Err("Wrong number of arguments in buffer limit configuration.".to_owned());
        };
        let class =
            client_class(class).ok_or("Invalid client class specified in buffer limit configuration.")?;
        limits[class as usize] = output_limit(hard, soft, seconds)
            .ok_or("Error in hard, soft or soft_seconds setting in buffer limit configuration.")?;
    }
    Ok(Value::OutputLimits(limits))
}

fn client_class(word: &[u8]) -> Option<ClientClass> {
    match word.to_ascii_lowercase().as_slice() {
        b"normal" => Some(ClientClass::Normal),
        b"slave" | b"replica" => Some(ClientClass::Replica),
        b"pubsub" => Some(ClientClass::PubSub),
        _ => None,
    }
}

fn output_limit(hard: &[u8], soft: &[u8], seconds: &[u8]) -> Option<OutputLimit> {
    let bytes = |word| memory(word).and_then(|n| u64::try_from(n).ok());
    let soft_seconds = number::<u64>(seconds).filter(|n| *n <= i32::MAX as u64)?;
    Some(OutputLimit { hard: bytes(hard)?, soft: bytes(soft)?, soft_seconds })
}

pub(super) fn oom_scores(words: &[&[u8]]) -> Result<Value, String> {
    let [primary, replica, child] = words else { return Err("wrong number of arguments".to_owned()) };
    let score = |word: &[u8]| {
        number::<i32>(word)
            .filter(|n| (-2000..=2000).contains(n))
            .ok_or("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
    };
    Ok(Value::OomScores([score(primary)?, score(replica)?, score(child)?]))
}

pub(super) fn percentiles(words: &[&[u8]]) -> Result<Value, String> {
    let invalid = "Invalid latency-tracking-info-percentiles parameters";
    let words = list(words);
    if words.len() > MAX_LIST {
        return Err(invalid.to_owned());
    }
    let percentile = |word: &&[u8]| {
        let number = number::<f64>(word).filter(|n| !n.is_nan()).ok_or(invalid)?;
        let holds = (0.0..=100.0).contains(&number);
        let message = "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
        if holds { Ok(number) } else { Err(message) }
    };
    let list: Result<Arc<[f64]>, &str> = words.iter().map(percentile).collect();
    list.map(Value::Percentiles).map_err(str::to_owned)
}

pub(super) fn events(word: &[u8]) -> Result<Value, String> {
    let bits = |letter: &u8| match letter {
        b'A' => Some(EVENTS_ALL),
        letter => EVENTS.iter().find(|(known, _)| known == letter).map(|(_, bits)| *bits),
    };
    word.iter()
        .try_fold(0, |all, letter| bits(letter).map(|bits| all | bits))
        .map(Value::Flags)
        .ok_or_else(|| "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.".to_owned())
}

pub(super) fn primary(words: &[&[u8]]) -> Result<Value, String> {
    if list(words).is_empty() {
        return Ok(Value::Primary(None));
    }
    let [name, port] = words else { return Err("wrong number of arguments".to_owned()) };
    if name.eq_ignore_ascii_case(b"no") && port.eq_ignore_ascii_case(b"one") {
        return Ok(Value::Primary(None));
    }
    let port = number::<u16>(port).ok_or("Invalid primary port")?;
    let name = host(name).ok_or("Invalid primary host")?;
    Ok(Value::Primary(Some(Arc::new((name, port)))))
}
