//! MONITOR.

use super::Call;
use crate::conn::Conn;
use crate::lane::Lane;
use ironkeep_commands::Args;
use ironkeep_commands::spec::Spec;

/// MONITOR
pub fn monitor(call: &mut Call<'_, '_>) {
    call.fail("ERR this command is not built yet");
}

/// Shows a command to those who watch.
pub fn feed(_lane: &mut Lane, _conn: &Conn, _spec: &Spec, _args: Args<'_>) {}
