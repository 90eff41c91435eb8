//! Parameters of the keyspace: databases, expiry, events.

use crate::{
    checks,
    row::{INT_MAX, Kind, int, special, yes_no},
};

area! {
    first super::memory::NEXT;
    DATABASES "databases" => int(1, INT_MAX, "16").immutable();
    HZ "hz" => int(0, INT_MAX, "10").check(checks::hz);
    ACTIVE_EXPIRE_EFFORT "active-expire-effort" => int(1, 10, "1");
    ACTIVEREHASHING "activerehashing" => yes_no("yes").quiet("background rehashing");
    NOTIFY_KEYSPACE_EVENTS "notify-keyspace-events" =>
        special(Kind::Events, "");
    IMPORT_MODE "import-mode" => yes_no("no");
}
