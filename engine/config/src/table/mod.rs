//! The table of all parameters, put together from one file an area.
//!
//! Gives rows by [`Param`] and parameters by name. Names compare without regard to case, as in Valkey.

use crate::row::{Param, Row};
use std::{collections::HashMap, sync::LazyLock};

/// Declares the rows of an area: `NAME "name" => row;` becomes the constant `NAME` and a row of `ROWS`.
macro_rules! area {
    (first $first:expr; $($id:ident $name:literal => $row:expr;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Place { $($id,)+ Count_ }

        $(
            #[doc = concat!("`", $name, "`")]
            pub const $id: $crate::row::Param = $crate::row::Param($first + Place::$id as u16);
        )+

        pub(super) static ROWS: [$crate::row::Row; Place::Count_ as usize] = [$($row.named($name)),+];

        /// The place after the last row of this area.
        pub(super) const NEXT: u16 = $first + Place::Count_ as u16;
    };
}

mod clients;
mod cluster;
mod defrag;
mod encoding;
mod hidden;
mod keyspace;
mod logging;
mod memory;
mod network;
mod persistence;
mod process;
mod replication;
mod security;
mod tls;
mod watching;

/// One constant for every parameter.
pub mod param {
    pub use super::{
        clients::*, cluster::*, defrag::*, encoding::*, hidden::*, keyspace::*, logging::*, memory::*,
        network::*, persistence::*, process::*, replication::*, security::*, tls::*, watching::*,
    };

    /// How many parameters there are, hidden ones included, aliases not.
    pub const COUNT: usize = super::watching::NEXT as usize;

    /// All parameters in the order of the table.
    pub fn all() -> impl Iterator<Item = crate::Param> {
        (0..COUNT as u16).map(crate::Param)
    }
}

static AREAS: [&[Row]; 15] = [
    &network::ROWS,
    &clients::ROWS,
    &memory::ROWS,
    &keyspace::ROWS,
    &encoding::ROWS,
    &defrag::ROWS,
    &persistence::ROWS,
    &replication::ROWS,
    &cluster::ROWS,
    &logging::ROWS,
    &process::ROWS,
    &security::ROWS,
    &tls::ROWS,
    &hidden::ROWS,
    &watching::ROWS,
];

static ROWS: LazyLock<Vec<&'static Row>> =
    LazyLock::new(|| AREAS.iter().flat_map(|area| area.iter()).collect());

/// The row of a parameter.
pub(crate) fn row(param: Param) -> &'static Row {
    ROWS[param.index()]
}

/// A name under which a parameter is known: its own or its alias.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// The name, in lower case.
    pub name: &'static str,
    /// The parameter.
    pub param: Param,
}

/// All names in the order in which CONFIG GET shows them.
pub(crate) static NAMES: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let mut names: Vec<Name> = param::all().flat_map(names_of).collect();
    names.sort_unstable_by_key(|known| known.name);
    names
});

fn names_of(param: Param) -> impl Iterator<Item = Name> {
    let row = param.row();
    std::iter::once(row.name).chain(row.alias).map(move |name| Name { name, param })
}

static BY_NAME: LazyLock<HashMap<&'static str, Name>> =
    LazyLock::new(|| NAMES.iter().map(|known| (known.name, *known)).collect());

/// Finds a parameter by its name or alias, in any case.
pub fn find(name: &[u8]) -> Option<Name> {
    let name = std::str::from_utf8(name).ok()?.to_ascii_lowercase();
    BY_NAME.get(name.as_str()).copied()
}
