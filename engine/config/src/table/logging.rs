//! Parameters of the log.

use crate::{
    choices,
    row::{one_of, text, yes_no},
};

const SYSLOG: &str = "logging to syslog";

area! {
    first super::cluster::NEXT;
    LOGLEVEL "loglevel" => one_of(choices::LOGLEVEL, "notice");
    LOGFILE "logfile" => text("").immutable();
    LOG_FORMAT "log-format" => one_of(choices::LOG_FORMAT, "legacy");
    LOG_TIMESTAMP_FORMAT "log-timestamp-format" => one_of(choices::LOG_TIMESTAMP_FORMAT, "legacy");
    HIDE_USER_DATA_FROM_LOG "hide-user-data-from-log" => yes_no("yes");
    ALWAYS_SHOW_LOGO "always-show-logo" => yes_no("no").immutable().quiet("the start-up logo");
    SYSLOG_ENABLED "syslog-enabled" => yes_no("no").immutable().later(SYSLOG);
    SYSLOG_IDENT "syslog-ident" => text("valkey").immutable().later(SYSLOG);
    SYSLOG_FACILITY "syslog-facility" => one_of(choices::SYSLOG_FACILITY, "local0").immutable().later(SYSLOG);
    CRASH_LOG_ENABLED "crash-log-enabled" => yes_no("yes").quiet("crash reports");
    CRASH_MEMCHECK_ENABLED "crash-memcheck-enabled" => yes_no("yes").quiet("crash reports");
}
