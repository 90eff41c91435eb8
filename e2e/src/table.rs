//! The table of what clients saw.

use crate::load::Seen;
use std::fmt::{self, Display};
use std::time::Duration;

/// What happened in one scenario.
#[derive(Debug, Default)]
pub struct Row {
    /// What was done to which cluster.
    pub name: String,
    /// From the fault to a status that is Ready again.
    pub settled: Duration,
    /// What the lean client saw, where there was one.
    pub lean: Option<Seen>,
    /// What the stock client saw, where there was one.
    pub stock: Option<Seen>,
    /// What is to be said about the status during the fault.
    pub status: String,
}

/// All rows so far.
#[derive(Debug, Default)]
pub struct Table(pub Vec<Row>);

impl Row {
    /// What must never be: acknowledged writes that are gone or can't be read.
    pub fn wrong(&self) -> Option<String> {
        for (who, seen) in [("lean", &self.lean), ("stock", &self.stock)] {
            let Some(seen) = seen else { continue };
            if seen.lost + seen.unread > 0 {
                return Some(format!(
                    "{}: {who} client: {} lost, {} unread",
                    self.name, seen.lost, seen.unread
                ));
            }
            if seen.acked == 0 {
                return Some(format!(
                    "{}: {who} client: no write was acknowledged: {}",
                    self.name, seen.first_error
                ));
            }
        }
        None
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<52} {:>9}  {:^29}  {:^29}  status",
            "scenario", "settled", "lean: gap, errors, lost/acked", "stock: gap, errors, lost/acked"
        )?;
        for row in &self.0 {
            let settled = format!("{:.1} s", row.settled.as_secs_f64());
            let (lean, stock) = (cells(row.lean.as_ref()), cells(row.stock.as_ref()));
            writeln!(f, "{:<52} {settled:>9}  {lean:>29}  {stock:>29}  {}", row.name, row.status)?;
        }
        for row in &self.0 {
            for (who, seen) in [("lean", &row.lean), ("stock", &row.stock)] {
                if let Some(seen) = seen.as_ref().filter(|seen| seen.errors > 0) {
                    writeln!(f, "first error of the {who} client, {}: {}", row.name, seen.first_error)?;
                }
            }
        }
        Ok(())
    }
}

fn cells(seen: Option<&Seen>) -> String {
    seen.map_or("-".into(), |s| format!("{} ms, {}, {}/{}", s.gap_ms, s.errors, s.lost + s.unread, s.acked))
}
