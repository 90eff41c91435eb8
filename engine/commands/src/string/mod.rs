//! The string commands.

mod counter;
mod edit;
mod float;
mod get;
mod lcs;
mod many;
mod options;
mod set;

pub use counter::{decr, decrby, incr, incrby};
pub use edit::{append, setrange};
pub use float::incrbyfloat;
pub use get::{delifeq, get, getdel, getex, getrange, strlen, substr};
pub use lcs::lcs;
pub use many::{mget, mset, msetex, msetnx};
pub use set::{getset, psetex, set, setex, setnx};
