//! The patterns of BY and GET: an element in the place of a star makes the name of a key, and behind an arrow stands
//! a field of the hash there. `#` is the element itself.
//!
//! Valkey reads patterns as C strings: it seeks the star and the arrow in front of the first zero byte.

use crate::{Ctx, Look};
use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::Typed;
use ironkeep_values::hash_map::Map;
use ironkeep_values::packed::Item;
use ironkeep_wire::Reply;

/// What a pattern means.
pub(super) enum Pattern<'a> {
    /// The element.
    Element,
    /// Nothing: there is no star.
    Nothing,
    /// The value of a key.
    Key { head: &'a [u8], tail: &'a [u8], field: Option<&'a [u8]> },
}

impl<'a> Pattern<'a> {
    pub fn parse(text: &'a [u8]) -> Self {
        let visible = &text[..text.iter().position(|byte| *byte == 0).unwrap_or(text.len())];
        if visible == b"#" {
            return Self::Element;
        }
        let Some(star) = visible.iter().position(|byte| *byte == b'*') else { return Self::Nothing };
        let arrow = visible[star..].windows(2).position(|pair| pair == b"->").map(|at| star + at);
        match arrow.filter(|arrow| arrow + 2 < visible.len()) {
            Some(arrow) => Self::Key {
                head: &text[..star],
                tail: &text[star + 1..arrow],
                field: Some(&text[arrow + 2..]),
            },
            None => Self::Key { head: &text[..star], tail: &text[star + 1..], field: None },
        }
    }

    pub fn has_star(&self) -> bool {
        matches!(self, Self::Key { .. })
    }

    pub fn has_field(&self) -> bool {
        matches!(self, Self::Key { field: Some(_), .. })
    }

    pub fn is_element(&self) -> bool {
        matches!(self, Self::Element)
    }

    /// Looks at what the pattern means for an element, beside the reply.
    pub fn see<'r, R>(
        &self,
        ctx: &mut Ctx<'r>,
        element: Item<'_>,
        look: impl FnOnce(Option<Item<'_>>, &mut Reply<'r>) -> R,
    ) -> R {
        let (head, tail, field) = match self {
            Self::Element => return look(Some(element), &mut ctx.reply),
            Self::Nothing => return look(None, &mut ctx.reply),
            Self::Key { head, tail, field } => (*head, *tail, *field),
        };
        let name = [head, element.text(&mut [0; 20]), tail].concat();
        let key = ctx.space.key(&name);
        let Some(place) = ctx.find(&key, Look::Read) else { return look(None, &mut ctx.reply) };
        let (now, hasher) = (ctx.now, ctx.space.hasher());
        let (table, reply) = ctx.table_and_reply(&key);
        let found = match (field, table.at(place).into_value()) {
            (None, Value::Bytes(bytes)) => Some(Item::Bytes(bytes)),
            (None, Value::Int(number)) => Some(Item::Int(number)),
            (None, Value::Object(object)) => object.text().map(Item::Bytes),
            (Some(field), Value::Object(object)) => {
                <Map as Typed>::of(object).and_then(|map| map.get(field, now, hasher)).map(|(item, _)| item)
            }
            (Some(_), _) => None,
        };
        look(found, reply)
    }
}
