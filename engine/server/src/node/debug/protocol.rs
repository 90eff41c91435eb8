//! DEBUG PROTOCOL: one value of every type of reply, for tests of clients.

use super::Call;
use ironkeep_wire::Reply;

const UNKNOWN: &str = "ERR Wrong protocol type name. Please use one of the following: \
string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false";

pub(super) fn protocol(call: &mut Call<'_, '_>) {
    let name = call.args.at(2).to_ascii_lowercase();
    if !call.conn.resp3 && name == b"push" {
        return call.fail("ERR RESP2 is not supported by this command");
    }
    let known = write(&mut call.reply(), &name);
    if !known {
        call.fail(UNKNOWN);
    }
}

/// Writes the value; says whether there is such a type.
#[allow(clippy::approx_constant)] // tests of clients expect just this number
fn write(reply: &mut Reply<'_>, name: &[u8]) -> bool {
    match name {
        b"string" => reply.bulk(b"Hello World"),
        b"integer" => reply.integer(12345),
        b"double" => reply.double(3.141),
        b"bignum" => reply.big_number(b"1234567999999999999999999999999999999"),
        b"null" => reply.null(),
        b"array" => {
            reply.array_len(3);
            (0..3).for_each(|number| reply.integer(number));
        }
        b"set" => {
            reply.set_len(3);
            (0..3).for_each(|number| reply.integer(number));
        }
        b"map" => {
            reply.map_len(3);
            for number in 0..3 {
                reply.integer(number);
                reply.boolean(number == 1);
            }
        }
        b"attrib" => attribute(reply),
        b"push" => {
            reply.push_len(2);
            reply.bulk(b"server-cpu-usage");
            reply.integer(42);
            // A push is no reply: one follows, so that the client is not left waiting.
            reply.bulk(b"Some real reply following the push reply");
        }
        b"verbatim" => reply.verbatim(*b"txt", b"This is a verbatim\nstring"),
        b"true" => reply.boolean(true),
        b"false" => reply.boolean(false),
        _ => return false,
    }
    true
}

fn attribute(reply: &mut Reply<'_>) {
    if reply.attribute_len(1) {
        reply.bulk(b"key-popularity");
        reply.array_len(2);
        reply.bulk(b"key:123");
        reply.integer(90);
    }
    // Attributes are no reply either.
    reply.bulk(b"Some real reply following the attribute");
}
