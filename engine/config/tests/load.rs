//! Loading: the syntax of valkey.conf, the command line, and what is said of mistakes.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod common;

use common::{config, host, load, shown};
use ironkeep_config::{CommandLine, Config, ConfigError, Source, param};
use proptest::prelude::*;
use std::cell::Cell;

fn mistake(text: &str) -> (usize, String, String) {
    match load(text).unwrap_err() {
        ConfigError::Line { number, line, message } => (number, line, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_the_settings_of_a_stock_file() {
    let text = include_str!("facts/stock.conf");
    let loaded = load(text).unwrap();
    assert_eq!(loaded.warnings, Vec::<String>::new(), "a stock file sets nothing that is not built");
    let config = loaded.config;
    assert_eq!(shown(&config, "bind"), "127.0.0.1 -::1");
    assert_eq!(shown(&config, "pidfile"), "/var/run/valkey_6379.pid");
    assert_eq!(shown(&config, "proc-title-template"), "{title} {listen-addr} {server-mode}");
    assert_eq!(shown(&config, "auto-aof-rewrite-min-size"), "67108864");
    assert_eq!(
        shown(&config, "client-output-buffer-limit"),
        "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
    );
}

#[test]
fn starts_with_the_settings_of_the_test_suite() {
    let text = "always-show-logo yes\nnotify-keyspace-events KEA\ndaemonize no\npidfile /var/run/valkey.pid\n\
                port 6379\nloglevel verbose\nlogfile ''\nlatency-monitor-threshold 1\n\
                repl-diskless-sync-delay 0\nsave ''\nrdbcompression yes\ndir ./\nslave-serve-stale-data yes\n\
                appendonly no\nenable-protected-configs yes\nenable-debug-command yes\n\
                enable-module-command yes\npropagation-error-behavior panic\nshutdown-on-sigterm force\n\
                enable-debug-assert yes\nhide-user-data-from-log no\n";
    let loaded = load(text).unwrap();
    let named: Vec<&str> = loaded.warnings.iter().filter_map(|warning| warning.split('\'').nth(1)).collect();
    for name in ["save", "enable-module-command", "propagation-error-behavior"] {
        assert!(named.contains(&name), "{name} {named:?}");
    }
    assert!(!named.contains(&"loglevel"));
    assert_eq!(shown(&loaded.config, "notify-keyspace-events"), "AKE");
}

#[test]
fn save_lines_add_up_and_an_empty_one_starts_anew() {
    assert_eq!(shown(&config("save 900 1\nsave 300 10"), "save"), "900 1 300 10");
    assert_eq!(shown(&config("save 900 1 300 10\nsave \"60 1\""), "save"), "900 1 300 10 60 1");
    assert_eq!(shown(&config("save 900 1\nsave \"\""), "save"), "");
    assert_eq!(shown(&config("save \"\"\nsave 5 5"), "save"), "5 5");
    assert_eq!(shown(&config("save"), "save"), "");
}

#[test]
fn later_lines_win_and_names_have_no_case() {
    let config =
        config("PORT 1\nport 2\nslowlog-max-len 5\nclient-output-buffer-limit replica 1 2 3\nhz 9999");
    assert_eq!(shown(&config, "port"), "2");
    assert_eq!(shown(&config, "commandlog-slow-execution-max-len"), "5");
    assert_eq!(
        shown(&config, "client-output-buffer-limit"),
        "normal 0 0 0 slave 1 2 3 pubsub 33554432 8388608 60"
    );
    assert_eq!(shown(&config, "hz"), "500");
}

#[test]
fn a_mistake_is_shown_with_its_line() {
    for (text, number, line, message) in [
        ("\n# c\n  port abc ", 3, "port abc", "argument couldn't be parsed into an integer"),
        ("port 1 2", 1, "port 1 2", "wrong number of arguments"),
        ("port", 1, "port", "wrong number of arguments"),
        ("port \"1", 1, "port \"1", "Unbalanced quotes in configuration line"),
        ("nope 1", 1, "nope 1", "Bad directive or wrong number of arguments"),
        ("include a b", 1, "include a b", "Bad directive or wrong number of arguments"),
        ("x.y", 1, "x.y", "Module config specified without value"),
        ("sentinel monitor", 1, "sentinel monitor", "sentinel directive while not in sentinel mode"),
        ("save 900", 1, "save 900", "Invalid save parameters"),
        ("loadmodule", 1, "loadmodule", "Bad directive or wrong number of arguments"),
    ] {
        assert_eq!(mistake(text), (number, line.to_owned(), message.to_owned()));
    }
    assert_eq!(
        load("port abc").unwrap_err().to_string(),
        "Reading the configuration file, at line 1\n>>> 'port abc'\n\
         argument couldn't be parsed into an integer"
    );
}

#[test]
fn directives_that_are_not_built_say_so() {
    for line in ["rename-command GET X", "user bob on", "loadmodule /x.so a", "json.limit 1", "sentinel"] {
        let (_, shown, message) = mistake(line);
        assert_eq!(shown, line);
        assert!(message.contains("not built"), "{message}");
    }
}

#[test]
fn a_feature_that_is_not_built_counts_only_if_it_stays_asked_for() {
    let (number, line, message) = mistake("appendonly yes\nport 1\ncluster-enabled yes\nappendonly no");
    assert_eq!((number, line.as_str()), (3, "cluster-enabled yes"));
    assert!(message.contains("cluster mode"), "{message}");
    assert_eq!(shown(&config("appendonly yes\nappendonly no"), "appendonly"), "no");
}

#[test]
fn deprecated_parameters_are_accepted_with_a_warning() {
    let loaded = load("dynamic-hz yes\nio-threads-do-reads no").unwrap();
    assert_eq!(loaded.warnings.len(), 2);
    assert!(loaded.warnings[0].contains("dynamic-hz"));
    assert!(load("dynamic-hz yes no").is_err());
}

#[test]
fn files_are_included_where_they_are_named_and_not_without_end() {
    let files = |name: &[u8]| match name {
        b"a.conf" => Ok(vec![b"port 2\ninclude b.conf\ntimeout 2".to_vec()]),
        b"b.conf" => Ok(vec![b"timeout 1\nhz 20".to_vec()]),
        b"many.conf" => Ok(vec![b"include many.conf\ninclude many.conf".to_vec()]),
        b"bad.conf" => Ok(vec![b"\nport x".to_vec()]),
        _ => Ok(Vec::new()),
    };
    let read = |text: &str| Config::load_text(text.as_bytes(), &host(), &files);
    let config = read("port 1\ninclude a.conf\ninclude none-*.conf\nhz 30").unwrap().config;
    assert_eq!(["port", "timeout", "hz"].map(|name| shown(&config, name)), ["2", "2", "30"]);
    let depth = Cell::new(0);
    let deeper = |_: &[u8]| {
        depth.set(depth.get() + 1);
        Ok(vec![b"include again".to_vec()])
    };
    let error = Config::load_text(b"include first", &host(), &deeper).unwrap_err();
    assert!(error.to_string().contains("16 deep"), "{error}");
    assert_eq!(depth.get(), 16);
    assert!(read("include many.conf").is_err());
    assert!(matches!(read("include bad.conf").unwrap_err(), ConfigError::Line { number: 2, .. }));
}

fn command_line(arguments: &[&str]) -> CommandLine {
    CommandLine::parse(&arguments.iter().map(|one| one.as_bytes().to_vec()).collect::<Vec<_>>())
}

/// Loads what a command line says, without its file.
fn started(arguments: &[&str]) -> Result<Config, ConfigError> {
    let source = Source { options: &command_line(arguments).options, ..Source::default() };
    Config::load(&source, &host()).map(|loaded| loaded.config)
}

#[test]
fn the_command_line_names_file_and_stdin() {
    let line = command_line(&["/etc/v.conf", "--port", "1", "-"]);
    assert_eq!(line.file.unwrap().to_str().unwrap(), "/etc/v.conf");
    assert!(line.stdin);
    assert!(command_line(&["-"]).stdin);
    assert!(command_line(&["-", "--port", "1"]).stdin);
    assert!(!command_line(&["--port", "-", "--hz", "1"]).stdin, "only the ends mean stdin");
    assert!(!command_line(&["v.conf", "-", "--hz", "1"]).stdin);
    assert_eq!(command_line(&[]), CommandLine::default());
}

#[test]
fn options_become_lines() {
    let config =
        started(&["--port", "7777", "--bind", "127.0.0.1", "::1", "--requirepass", "a b\"c"]).unwrap();
    assert_eq!(["port", "bind"].map(|name| shown(&config, name)), ["7777", "127.0.0.1 ::1"]);
    assert_eq!(config.get(param::REQUIREPASS).bytes(), b"a b\"c");
    // A name and its value may come as one argument.
    let config = started(&["--maxmemory 700mb", "--loglevel", "verbose"]).unwrap();
    assert_eq!(["maxmemory", "loglevel"].map(|name| shown(&config, name)), ["734003200", "verbose"]);
    // A value may begin with two dashes, for it directly follows a name.
    let config = started(&["--logfile", "--my--file", "--loglevel", "verbose"]).unwrap();
    assert_eq!(["logfile", "loglevel"].map(|name| shown(&config, name)), ["--my--file", "verbose"]);
    let config =
        started(&["--shutdown-on-sigint", "nosave force now", "--shutdown-on-sigterm", "nosave", "force"]);
    let config = config.unwrap();
    assert_eq!(shown(&config, "shutdown-on-sigint"), "nosave now force");
    assert_eq!(shown(&config, "shutdown-on-sigterm"), "nosave force");
}

#[test]
fn an_empty_save_may_be_written_in_several_ways() {
    for arguments in [
        &["--save", "", "--loglevel", "verbose"][..],
        &["--save", "--loglevel", "verbose"],
        &["--loglevel", "verbose", "--save", ""],
        &["--loglevel", "verbose", "--save"],
    ] {
        let config = started(arguments).unwrap();
        assert_eq!(["save", "loglevel"].map(|name| shown(&config, name)), ["", "verbose"], "{arguments:?}");
    }
    assert_eq!(shown(&started(&["--save", "5 6", "--save"]).unwrap(), "save"), "");
    assert_eq!(shown(&started(&["--logfile", "--save", "--save", "5 6"]).unwrap(), "logfile"), "--save");
}

#[test]
fn mistakes_of_the_command_line_are_lines_too() {
    let error = started(&["--port", "abc"]).unwrap_err();
    let line = "port \"abc\"".to_owned();
    let message = "argument couldn't be parsed into an integer".to_owned();
    assert_eq!(error, ConfigError::Line { number: 2, line, message });
    assert!(matches!(started(&["--hz", "5", "--foo"]).unwrap_err(), ConfigError::Line { number: 3, .. }));
    assert!(started(&["--port", "1", "2"]).is_err());
    assert!(started(&["--sentinel", "--port", "1"]).unwrap_err().to_string().contains("Sentinel mode"));
}

#[test]
fn stdin_and_options_follow_the_file() {
    let folder = std::env::temp_dir().join(format!("ironkeep-config-load-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("conf.d")).unwrap();
    let file = folder.join("main.conf");
    let pattern = folder.join("conf.d/*.conf");
    std::fs::write(folder.join("conf.d/1.conf"), "timeout 1\nhz 11").unwrap();
    std::fs::write(folder.join("conf.d/2.conf"), "timeout 2").unwrap();
    std::fs::write(folder.join("conf.d/.hidden.conf"), "nonsense").unwrap();
    std::fs::write(&file, format!("include {}\nport 1\ndatabases 3", pattern.display())).unwrap();
    let source = Source { file: Some(&file), stdin: Some(b"port 2\nmaxclients 9"), options: b"port 3" };
    let config = Config::load(&source, &host()).unwrap().config;
    let names = ["timeout", "hz", "port", "databases", "maxclients"];
    assert_eq!(names.map(|name| shown(&config, name)), ["2", "11", "3", "3", "9"]);
    assert_eq!(config.file(), Some(file.as_path()));
    let missing = folder.join("missing.conf");
    std::fs::write(&file, format!("include {}", missing.display())).unwrap();
    let error = Config::load(&Source { file: Some(&file), ..Source::default() }, &host()).unwrap_err();
    let expected =
        format!("Fatal error, can't open config file '{}': No such file or directory", missing.display());
    assert_eq!(error.to_string(), expected);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Lines that look like configuration, so that garbage reaches the parsers.
fn near_lines() -> impl Strategy<Value = String> {
    let names = prop::sample::select(param::all().map(|param| param.name()).collect::<Vec<_>>());
    let word = prop_oneof![
        "[0-9]{1,22}(|k|kb|MB|g|%)",
        "-?[0-9]{1,3}",
        "[a-zA-Z*:. {}'\"\\\\]{0,12}",
        prop::sample::select(vec!["yes", "no", "\"\"", "normal", "slave", "nosave", "KEA", "volatile-ttl"])
            .prop_map(str::to_owned),
    ];
    (names, prop::collection::vec(word, 0..6)).prop_map(|(name, words)| format!("{name} {}", words.join(" ")))
}

proptest! {
    #[test]
    fn garbage_never_panics(text in any::<Vec<u8>>()) {
        let _ = Config::load_text(&text, &host(), &|_| Ok(Vec::new()));
    }

    #[test]
    fn what_is_accepted_is_shown_in_a_form_that_is_accepted(line in near_lines()) {
        let Ok(loaded) = load(&line) else { return Ok(()) };
        let name = line.split(' ').next().unwrap();
        let shown_value = shown(&loaded.config, name);
        let mut again = format!("{name} ").into_bytes();
        ironkeep_config::words::quote(shown_value.as_bytes(), &mut again);
        let again = load(std::str::from_utf8(&again).unwrap()).unwrap().config;
        prop_assert_eq!(shown(&again, name), shown_value);
    }

    #[test]
    fn any_arguments_are_read_without_panic(arguments in prop::collection::vec(any::<Vec<u8>>(), 0..6)) {
        let line = CommandLine::parse(&arguments);
        let _ = Config::load_text(&line.options, &host(), &|_| Ok(Vec::new()));
    }

    #[test]
    fn option_values_arrive_as_they_were_given(value in "[^\0]{0,20}") {
        prop_assume!(value != "-", "a dash at the end means stdin");
        let config = started(&["--requirepass", &value]).unwrap();
        let kept = config.get(param::REQUIREPASS);
        prop_assert_eq!(kept.bytes(), value.as_bytes());
    }
}
