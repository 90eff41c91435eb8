//! The log of the server: lines as valkey-server writes them, to stdout or to `logfile`.
//!
//! Takes a level and a message; knows the formats and time stamps. May be called from any thread.

use crate::sys::clock;
use ironkeep_config::{Live, param};
use parking_lot::Mutex;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// How much a line matters; the numbers are those of `loglevel`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For developers.
    Debug = 0,
    /// Much detail.
    Verbose = 1,
    /// What operators want to know.
    Notice = 2,
    /// What operators must know.
    Warning = 3,
}

struct Log {
    live: Arc<Live>,
    file: Option<Mutex<File>>,
}

static LOG: OnceLock<Log> = OnceLock::new();

/// Opens the log. Lines before that go to stdout.
pub fn open(live: &Arc<Live>, file: &Path) -> io::Result<()> {
    let file = match file.as_os_str().is_empty() {
        true => None,
        false => Some(Mutex::new(OpenOptions::new().create(true).append(true).open(file)?)),
    };
    let _ = LOG.set(Log { live: Arc::clone(live), file });
    Ok(())
}

/// Whether lines of this level are written.
pub fn wants(level: Level) -> bool {
    LOG.get().is_none_or(|log| level as u32 >= log.live.number(param::LOGLEVEL))
}

/// Writes a line.
pub fn write(level: Level, message: &str) {
    if !wants(level) {
        return;
    }
    let (format, stamp) = LOG.get().map_or((0, 0), |log| {
        (log.live.number(param::LOG_FORMAT), log.live.number(param::LOG_TIMESTAMP_FORMAT))
    });
    let line = line(level, message, format, stamp, clock::wall_us(), std::process::id());
    match LOG.get().and_then(|log| log.file.as_ref()) {
        // A log that cannot be written must not stop the server.
        Some(file) => drop(file.lock().write_all(line.as_bytes())),
        None => drop(io::stdout().lock().write_all(line.as_bytes())),
    }
}

fn line(level: Level, message: &str, format: u32, stamp: u32, now_us: i64, pid: u32) -> String {
    let time = time(stamp, now_us);
    let name = ["debug", "info", "notice", "warning"][level as usize];
    match format {
        1 => format!(
            "pid={pid} role=primary timestamp=\"{time}\" level={name} message=\"{}\"\n",
            message.replace('"', "'").replace('\n', " ")
        ),
        2 => format!(
            "{{\"pid\":{pid},\"role\":\"primary\",\"timestamp\":\"{time}\",\"level\":\"{name}\",\"message\":\"{}\"}}\n",
            escape(message)
        ),
        _ => format!("{pid}:M {time} {} {message}\n", ['.', '-', '*', '#'][level as usize]),
    }
}

fn escape(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for c in message.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// The time as `log-timestamp-format` wants it. Times are UTC.
fn time(stamp: u32, now_us: i64) -> String {
    let (seconds, millis) = (now_us.div_euclid(1_000_000), now_us.rem_euclid(1_000_000) / 1000);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let clock = format!("{:02}:{:02}:{:02}.{millis:03}", of_day / 3600, of_day / 60 % 60, of_day % 60);
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    match stamp {
        1 => format!("{year}-{month:02}-{day:02}T{clock}+00:00"),
        2 => (now_us / 1000).to_string(),
        _ => format!("{day:02} {} {year} {clock}", MONTHS[month as usize - 1]),
    }
}

/// Year, month and day of a day number since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    // Count from 1 March of the year 0, so that leap days come last in their year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Writes a line of level notice.
#[macro_export]
macro_rules! notice {
    ($($arg:tt)*) => { $crate::log::write($crate::log::Level::Notice, &format!($($arg)*)) };
}

/// Writes a line of level warning.
#[macro_export]
macro_rules! warning {
    ($($arg:tt)*) => { $crate::log::write($crate::log::Level::Warning, &format!($($arg)*)) };
}

/// Writes a line of level verbose.
#[macro_export]
macro_rules! verbose {
    ($($arg:tt)*) => {
        if $crate::log::wants($crate::log::Level::Verbose) {
            $crate::log::write($crate::log::Level::Verbose, &format!($($arg)*))
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_three_formats() {
        let now = 1_795_259_045_123_456;
        assert_eq!(line(Level::Notice, "up", 0, 0, now, 7), "7:M 21 Nov 2026 11:04:05.123 * up\n");
        assert_eq!(
            line(Level::Warning, "a \"b\"", 2, 1, now, 7),
            "{\"pid\":7,\"role\":\"primary\",\"timestamp\":\"2026-11-21T11:04:05.123+00:00\",\
             \"level\":\"warning\",\"message\":\"a \\\"b\\\"\"}\n"
        );
        assert!(line(Level::Debug, "x", 1, 2, now, 7).contains("timestamp=\"1795259045123\""));
    }

    #[test]
    fn knows_the_calendar() {
        for (day, date) in
            [(0, (1970, 1, 1)), (59, (1970, 3, 1)), (11_016, (2000, 2, 29)), (20_778, (2026, 11, 21))]
        {
            assert_eq!(civil(day), date);
        }
    }
}
