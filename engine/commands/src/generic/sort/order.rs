//! The order of SORT: by number or by bytes, of the elements or of what BY finds for them.

use super::options::Options;
use super::pattern::Pattern;
use super::source::Source;
use crate::{Ctx, Fault};
use ironkeep_values::packed::Item;
use ironkeep_wire::parse_f64;
use std::cmp::Ordering;

const NOT_A_NUMBER: Fault = Fault::Other("ERR One or more scores can't be converted into double");

/// The elements that are asked for, in order.
pub(super) fn pick<'s>(
    ctx: &mut Ctx<'_>,
    options: &Options<'_>,
    source: &'s Source,
) -> Result<Vec<Item<'s>>, Fault> {
    let range = options.range(source.len());
    // A set that is stored without an order gets one, so that all servers store the same.
    let forced = options.keeps_order && source.is_set() && options.store.is_some();
    if options.keeps_order && !forced {
        return Ok(source.part(range, options.descending));
    }
    let by = options.by.as_ref().filter(|_| !forced);
    let mut items = if options.alpha || forced {
        sort_by_bytes(ctx, options, by, source)
    } else {
        sort_by_number(ctx, options, by, source)?
    };
    items.truncate(range.end);
    items.drain(..range.start);
    Ok(items)
}

fn sort_by_number<'s>(
    ctx: &mut Ctx<'_>,
    options: &Options<'_>,
    by: Option<&Pattern<'_>>,
    source: &'s Source,
) -> Result<Vec<Item<'s>>, Fault> {
    let mut weighed = Vec::with_capacity(source.len());
    for item in source.items() {
        let score = match by {
            Some(by) => by.see(ctx, item, |found, _| found.map_or(Some(0.0), number)),
            None => number(item),
        };
        weighed.push((score.ok_or(NOT_A_NUMBER)?, item));
    }
    // Elements of one score go by their bytes.
    weighed.sort_unstable_by(|(score, item), (other, its_item)| {
        // None of them is NaN.
        let by_score = score.partial_cmp(other).unwrap_or(Ordering::Equal);
        directed(by_score.then_with(|| compare(*item, *its_item)), options)
    });
    Ok(weighed.into_iter().map(|(_, item)| item).collect())
}

fn sort_by_bytes<'s>(
    ctx: &mut Ctx<'_>,
    options: &Options<'_>,
    by: Option<&Pattern<'_>>,
    source: &'s Source,
) -> Vec<Item<'s>> {
    let shown = options.store.is_none();
    let mut weighed: Vec<(Option<Box<[u8]>>, Item<'s>)> = Vec::with_capacity(source.len());
    for item in source.items() {
        let text = match by {
            Some(by) => by.see(ctx, item, |found, _| found.map(|found| text(found, shown))),
            None => Some(text(item, shown)),
        };
        weighed.push((text, item));
    }
    weighed.sort_by(|(text, _), (other, _)| directed(text.cmp(other), options));
    weighed.into_iter().map(|(_, item)| item).collect()
}

/// The bytes to compare. What is shown is compared as C strings are, which end at a zero byte; what is stored is not.
fn text(item: Item<'_>, shown: bool) -> Box<[u8]> {
    let (mut digits, is_zero) = ([0; 20], |byte: &u8| *byte == 0);
    let bytes = item.text(&mut digits);
    let end = if shown { bytes.iter().position(is_zero) } else { None };
    bytes[..end.unwrap_or(bytes.len())].into()
}

/// The number that a text is, up to a zero byte if there is one.
fn number(item: Item<'_>) -> Option<f64> {
    match item {
        Item::Int(number) => Some(number as f64),
        Item::Bytes(bytes) => parse_f64(bytes.split(|byte| *byte == 0).next()?),
    }
}

fn compare(one: Item<'_>, other: Item<'_>) -> Ordering {
    one.text(&mut [0; 20]).cmp(other.text(&mut [0; 20]))
}

fn directed(order: Ordering, options: &Options<'_>) -> Ordering {
    if options.descending { order.reverse() } else { order }
}
