//! The commands on places on the earth: sorted sets whose scores are geohashes.
//!
//! `add` and `place` work on single places. A search is read by `query` (what GEOSEARCH is told) or `radius` (the older
//! GEORADIUS), which make one `Query`; `search` finds the places, shows and stores them. `words` reads numbers and
//! units, with the errors that belong to them.

mod add;
mod place;
mod query;
mod radius;
mod search;
mod words;

pub use add::geoadd;
pub use place::{geodist, geohash, geopos};
pub use query::{geosearch, geosearchstore};
pub use radius::{georadius, georadius_ro, georadiusbymember, georadiusbymember_ro};
