//! The program: looks at its arguments, runs the server.

use ironkeep_server::{VALKEY_VERSION, start, sys::memory::Counting};
use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const HELP: &str = "Usage: ironkeep-server [/path/to/valkey.conf] [options] [-]
       ironkeep-server - (read config from stdin)
       ironkeep-server -v or --version
       ironkeep-server -h or --help

Examples:
       ironkeep-server (run the server with default conf)
       echo 'maxmemory 128mb' | ironkeep-server -
       ironkeep-server /etc/valkey/6379.conf
       ironkeep-server --port 7777
       ironkeep-server /etc/myvalkey.conf --loglevel verbose -
";

fn main() -> ExitCode {
    let arguments: Vec<Vec<u8>> = std::env::args_os().skip(1).map(OsStringExt::into_vec).collect();
    match arguments.first().map(Vec::as_slice) {
        Some(b"-v" | b"--version") => {
            println!(
                "Ironkeep server v={} compatible with Valkey v={VALKEY_VERSION} malloc=jemalloc bits=64",
                env!("CARGO_PKG_VERSION")
            );
            return ExitCode::SUCCESS;
        }
        Some(b"-h" | b"--help") => {
            eprint!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let loaded = match start::load(&arguments) {
        Ok(loaded) => loaded,
        Err(message) => {
            eprintln!("\n*** FATAL CONFIG FILE ERROR (Version {VALKEY_VERSION}) ***\n{message}");
            return ExitCode::FAILURE;
        }
    };
    match start::run(loaded) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ironkeep-server: {error}");
            ExitCode::FAILURE
        }
    }
}
