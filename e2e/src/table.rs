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
    /// Whether acknowledged writes may be gone: then it is said, and no failure.
    pub may_lose: bool,
}

/// All rows so far.
#[derive(Debug, Default)]
pub struct Table(pub Vec<Row>);

impl Row {
    /// What must never be: acknowledged writes that are gone or can't be read.
    pub fn wrong(&self) -> Option<String> {
        for (who, seen) in [("lean", &self.lean), ("stock", &self.stock)] {
            let Some(seen) = seen else { continue };
            let lost = if self.may_lose { 0 } else { seen.lost };
            if lost + seen.unread > 0 {
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
            "scenario", "settled", "lean: gap, again, errors, lost", "stock: gap, errors, lost"
        )?;
        for row in &self.0 {
            let settled = format!("{:.1} s", row.settled.as_secs_f64());
            let (lean, stock) = (cells(row.lean.as_ref(), true), cells(row.stock.as_ref(), false));
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

fn cells(seen: Option<&Seen>, tries: bool) -> String {
    let Some(seen) = seen else { return "-".into() };
    let again = if tries { format!(" {},", seen.again) } else { String::new() };
    format!("{} ms,{again} {}, {}/{}", seen.gap_ms, seen.errors, seen.lost + seen.unread, seen.acked)
}
