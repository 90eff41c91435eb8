//! Parameters of the process: its place, its name, its end and its standing with the kernel.

use crate::{
    checks, choices,
    row::{INT_MAX, Kind, any_of, int, one_of, optional, special, text, yes_no},
};

const PINNING: &str = "CPU pinning";
const TITLE: &str = "process titles";

area! {
    first super::logging::NEXT;
    DAEMONIZE "daemonize" => yes_no("no").immutable();
    PIDFILE "pidfile" => optional().immutable();
    DIR "dir" => special(Kind::Dir, ".").protected().deny_loading();
    SUPERVISED "supervised" => one_of(choices::SUPERVISED, "no").immutable().later("supervision");
    SET_PROC_TITLE "set-proc-title" => yes_no("yes").immutable().later(TITLE);
    PROC_TITLE_TEMPLATE "proc-title-template" =>
        text("{title} {listen-addr} {server-mode}").check(checks::proc_title_template).later(TITLE);
    SHUTDOWN_TIMEOUT "shutdown-timeout" => int(0, INT_MAX, "10");
    SHUTDOWN_ON_SIGINT "shutdown-on-sigint" =>
        any_of(choices::SHUTDOWN_ON_SIGNAL, "default").check(checks::shutdown_flags);
    SHUTDOWN_ON_SIGTERM "shutdown-on-sigterm" =>
        any_of(choices::SHUTDOWN_ON_SIGNAL, "default").check(checks::shutdown_flags);
    OOM_SCORE_ADJ "oom-score-adj" => one_of(choices::OOM_SCORE_ADJ, "no").later("OOM scores");
    OOM_SCORE_ADJ_VALUES "oom-score-adj-values" =>
        special(Kind::OomScores, "0 200 800").multi().quiet("OOM scores");
    DISABLE_THP "disable-thp" => yes_no("yes").immutable().quiet("control of transparent huge pages");
    IGNORE_WARNINGS "ignore-warnings" => text("").quiet("start-up checks of the system");
    SERVER_CPULIST "server-cpulist" => optional().immutable().alias("server_cpulist").later(PINNING);
    BIO_CPULIST "bio-cpulist" => optional().immutable().alias("bio_cpulist").later(PINNING);
    AOF_REWRITE_CPULIST "aof-rewrite-cpulist" =>
        optional().immutable().alias("aof_rewrite_cpulist").later(PINNING);
    BGSAVE_CPULIST "bgsave-cpulist" => optional().immutable().alias("bgsave_cpulist").later(PINNING);
}
