//! The commands on sorted sets, one file a family.
//!
//! `add` and `member` work on single members, `range`, `count` and `trim` on the ranges that `ends` reads, `combine` on
//! several sets, `pop` on the members at the ends, also for those who wait. `result` is how members are shown and
//! stored.

pub(crate) mod add;
mod combine;
mod count;
mod ends;
mod member;
mod pop;
mod random;
mod range;
pub(crate) mod result;
mod scan;
mod sources;
mod trim;

pub use add::{zadd, zincrby};
pub use combine::{zdiff, zdiffstore, zinter, zintercard, zinterstore, zunion, zunionstore};
pub use count::{zcount, zlexcount};
pub use member::{zcard, zmscore, zrank, zrem, zrevrank, zscore};
pub use pop::{bzmpop, bzpopmax, bzpopmin, zmpop, zpopmax, zpopmin};
pub use random::zrandmember;
pub use range::{
    zrange, zrangebylex, zrangebyscore, zrangestore, zrevrange, zrevrangebylex, zrevrangebyscore,
};
pub use scan::zscan;
pub use trim::{zremrangebylex, zremrangebyrank, zremrangebyscore};
