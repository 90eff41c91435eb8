//! The options of XREAD and XREADGROUP, up to the word STREAMS.

use super::stop::{Stop, line};
use crate::{Args, Fault};
use ironkeep_wire::parse_i64;

const GROUP_ALONE: Fault =
    Fault::Other("ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
const NOACK_ALONE: Fault =
    Fault::Other("ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
const NO_GROUP: Fault = Fault::Other("ERR Missing GROUP option for XREADGROUP");
const BAD_TIMEOUT: Fault = Fault::Other("ERR timeout is not an integer or out of range");
const NEGATIVE_TIMEOUT: Fault = Fault::Other("ERR timeout is negative");
const LARGE_TIMEOUT: Fault = Fault::Other("ERR timeout is out of range");

/// Who reads for a group.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    /// The group.
    pub group: &'a [u8],
    /// The consumer.
    pub consumer: &'a [u8],
    /// Whether what is read counts as acknowledged at once.
    pub no_ack: bool,
}

/// What is to be read.
pub(super) struct Options<'a> {
    /// Where the first key is. The ids follow the keys.
    pub first: usize,
    /// How many keys there are.
    pub count: usize,
    /// How many entries of each stream at most; 0: all.
    pub most: u64,
    /// Whether to wait, and until when; 0: for ever.
    pub deadline: Option<i64>,
    /// For whom, if for a group.
    pub reader: Option<Reader<'a>>,
}

impl<'a> Options<'a> {
    pub fn parse(args: Args<'a>, by_group: bool, now: i64) -> Result<Self, Stop> {
        let mut options = Self { first: 0, count: 0, most: 0, deadline: None, reader: None };
        let (mut no_ack, mut at) = (false, 1);
        while at < args.len() && options.first == 0 {
            let more = args.len() - at - 1;
            if more > 0 && args.is(at, "block") {
                at += 1;
                options.deadline = Some(deadline(args.at(at), now)?);
            } else if more > 0 && args.is(at, "count") {
                at += 1;
                let most = parse_i64(args.at(at)).ok_or(Fault::NotInteger)?;
                options.most = u64::try_from(most).unwrap_or(0);
            } else if more > 0 && args.is(at, "streams") {
                options.first = at + 1;
                options.count = half(more, by_group)?;
            } else if more > 1 && args.is(at, "group") {
                if !by_group {
                    return Err(GROUP_ALONE.into());
                }
                let (group, consumer) = (args.at(at + 1), args.at(at + 2));
                options.reader = Some(Reader { group, consumer, no_ack: false });
                at += 2;
            } else if args.is(at, "noack") {
                if !by_group {
                    return Err(NOACK_ALONE.into());
                }
                no_ack = true;
            } else {
                return Err(Fault::Syntax.into());
            }
            at += 1;
        }
        if options.first == 0 {
            return Err(Fault::Syntax.into());
        }
        if by_group {
            options.reader.as_mut().ok_or(NO_GROUP)?.no_ack = no_ack;
        }
        Ok(options)
    }
}

/// How many keys there are when so many arguments are keys and ids.
fn half(words: usize, by_group: bool) -> Result<usize, Stop> {
    let (name, id): (&[u8], &[u8]) = if by_group { (b"xreadgroup", b">") } else { (b"xread", b"$") };
    if words.is_multiple_of(2) {
        return Ok(words / 2);
    }
    Err(line(&[
        b"ERR Unbalanced '",
        name,
        b"' list of streams: for each stream key an ID or '",
        id,
        b"' must be specified.",
    ]))
}

fn deadline(millis: &[u8], now: i64) -> Result<i64, Fault> {
    match parse_i64(millis).ok_or(BAD_TIMEOUT)? {
        ..0 => Err(NEGATIVE_TIMEOUT),
        0 => Ok(0),
        millis => now.checked_add(millis).ok_or(LARGE_TIMEOUT),
    }
}
