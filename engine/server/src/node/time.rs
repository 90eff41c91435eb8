//! TIME.

use super::Call;
use crate::sys::clock;

/// TIME
pub fn time(call: &mut Call<'_, '_>) {
    let now = clock::wall_us();
    let mut reply = call.reply();
    reply.array_len(2);
    reply.bulk_int(now.div_euclid(1_000_000));
    reply.bulk_int(now.rem_euclid(1_000_000));
}
