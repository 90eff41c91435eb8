//! CONFIG SET and GET against what Valkey 9.1.2 answered, and the rules for several parameters at once.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod common;

use common::{config, host, load, set, shown};
use ironkeep_config::{ApplyFailed, Change, Config, Kind, Param, Setter, Support, Value, find, param};

/// Parameter, value, Valkey's reply, and the value it showed after that; every line from the defaults.
const FACTS: &str = include_str!("facts/set.tsv");

#[test]
fn replies_and_values_are_valkeys() {
    let mut compared = 0;
    for line in FACTS.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, value, reply, after] = fields[..] else { panic!("{line:?}") };
        let config = config("enable-protected-configs yes");
        let ours = set(&config, &[(name, value)]);
        let support = find(name.as_bytes()).unwrap().param.row().support;
        let not_built = ours.as_ref().is_err_and(|error| error.contains("not built"));
        if not_built && matches!(support, Support::Later(_)) {
            assert_eq!(reply, "+OK", "{name} {value:?}: Valkey has its own reason to refuse this");
            continue;
        }
        let ours = ours.map_or_else(|error| format!("-{error}"), |_| "+OK".to_owned());
        assert_eq!((ours.as_str(), shown(&config, name).as_str()), (reply, after), "{name} {value:?}");
        compared += 1;
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn several_parameters_are_set_all_or_none() {
    let config = config("");
    let applied = set(&config, &[("maxmemory", "1mb"), ("timeout", "5"), ("hz", "10")]).unwrap();
    assert_eq!(applied.changed, [param::MAXMEMORY, param::TIMEOUT], "hz had this value already");
    let error = set(&config, &[("maxmemory", "2mb"), ("timeout", "x")]).unwrap_err();
    assert!(error.contains("argument 'timeout'"), "{error}");
    assert_eq!(shown(&config, "maxmemory"), "1048576");
    assert_eq!(config.live().size(param::MAXMEMORY), 1 << 20);
}

#[test]
fn addresses_are_single_words() {
    let config = config("");
    for list in ["127.0.0.1  ::1", "127.0.0.1\nport 1", "\"x\"", "\u{e9}"] {
        let error = set(&config, &[("bind", list)]).unwrap_err();
        assert!(error.ends_with("Failed to bind to specified addresses."), "{error}");
    }
    set(&config, &[("bind", "* -::* fe80::1%eth0")]).unwrap();
    assert!(load("bind \" \" x").is_err());
    assert!(load("replicaof \"a b\" 1").unwrap_err().to_string().contains("Invalid primary host"));
    assert!(load("replicaof a 65536").unwrap_err().to_string().contains("Invalid primary port"));
    assert!(load("replicaof no one").is_ok());
}

#[test]
fn names_are_checked_before_values() {
    let config = config("");
    let refused = |pairs: &[(&str, &str)]| set(&config, pairs).unwrap_err();
    assert_eq!(
        refused(&[("maxmemory", "x"), ("nope", "1")]),
        "ERR Unknown option or number of arguments for CONFIG SET - 'nope'"
    );
    assert_eq!(
        refused(&[("maxmemory", "1"), ("Daemonize", "yes")]),
        "ERR CONFIG SET failed (possibly related to argument 'Daemonize') - can't set immutable config"
    );
    assert_eq!(
        refused(&[("maxmemory", "1"), ("MAXMEMORY", "2")]),
        "ERR CONFIG SET failed (possibly related to argument 'MAXMEMORY') - duplicate parameter"
    );
    assert_eq!(
        refused(&[("SLOWLOG-max-len", "x")]),
        "ERR CONFIG SET failed (possibly related to argument 'slowlog-max-len') - \
         argument couldn't be parsed into an integer"
    );
}

#[test]
fn protected_parameters_need_leave() {
    let ask = |config: &Config, local| {
        let setter = Setter { local, loading: false };
        config.set(&[(b"dbfilename", b"x.rdb")], setter, &mut |_| Ok(())).map_err(|error| error.to_string())
    };
    let error = ask(&config(""), true).unwrap_err();
    assert_eq!(
        error,
        "ERR CONFIG SET failed (possibly related to argument 'dbfilename') - can't set protected config"
    );
    let local = config("enable-protected-configs local");
    assert!(ask(&local, false).is_err());
    assert!(ask(&local, true).is_ok());
    assert!(ask(&config("enable-protected-configs yes"), false).is_ok());
}

#[test]
fn some_parameters_wait_for_the_data_set() {
    let config = config("enable-protected-configs yes");
    let setter = Setter { local: true, loading: true };
    let error = config.set(&[(b"dir", b"x")], setter, &mut |_| Ok(())).unwrap_err();
    assert_eq!(error.to_string(), "LOADING Valkey is loading the dataset in memory");
    assert!(config.set(&[(b"loglevel", b"debug")], setter, &mut |_| Ok(())).is_ok());
}

#[test]
fn a_failed_effect_brings_the_old_values_back() {
    let config = config("port 1");
    let mut seen = Vec::new();
    let error = config
        .set(&[(b"maxmemory", b"5"), (b"port", b"2")], Setter::default(), &mut |changes| {
            let in_place = changes.iter().all(|change| config.get(change.param) == change.new);
            seen.push((changes.len(), in_place, config.get(param::PORT)));
            match seen.len() {
                1 => Err(ApplyFailed { param: param::PORT, message: "Unable to listen".to_owned() }),
                _ => Ok(()),
            }
        })
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen"
    );
    assert_eq!(seen, [(2, true, Value::Int(2)), (2, true, Value::Int(1))]);
    assert_eq!((shown(&config, "maxmemory"), shown(&config, "port")), ("0".to_owned(), "1".to_owned()));
    assert_eq!(config.live().size(param::MAXMEMORY), 0);
}

#[test]
fn what_is_not_built_is_refused_by_name_or_kept_with_a_warning() {
    let config = config("");
    let error = set(&config, &[("appendonly", "yes")]).unwrap_err();
    assert!(error.contains("'appendonly' needs the append-only file"), "{error}");
    assert!(set(&config, &[("appendonly", "no")]).unwrap().warnings.is_empty());
    let applied = set(&config, &[("save", "900 1")]).unwrap();
    assert_eq!(applied.warnings.len(), 1);
    assert!(applied.warnings[0].contains("'save'") && applied.warnings[0].contains("snapshots"));
    assert_eq!(shown(&config, "save"), "900 1");
}

/// A value that a parameter's kind accepts and that is not its default.
fn unusual(param: Param) -> String {
    let row = param.row();
    match row.kind {
        Kind::Bool => if row.default == "yes" { "no" } else { "yes" }.to_owned(),
        Kind::Int { min, max, .. } => {
            let most = max.min(i64::MAX.into());
            if row.default == most.to_string() { min } else { most }.to_string()
        }
        Kind::Choice(choices) | Kind::Flags(choices) => {
            choices.iter().find(|choice| choice.name != row.default).unwrap().name.to_owned()
        }
        Kind::Primary => "localhost 6379".to_owned(),
        Kind::SavePoints => "7 7".to_owned(),
        Kind::OutputLimits => "normal 7 7 7".to_owned(),
        Kind::OomScores => "1 2 3".to_owned(),
        Kind::Percentiles => "7".to_owned(),
        Kind::Events => "K".to_owned(),
        // Addresses of both families, so that the checks of either are met.
        Kind::Text { .. } if row.name.ends_with("ipv6") => "::1".to_owned(),
        Kind::Text { .. } | Kind::Addresses | Kind::Dir => "127.0.0.1".to_owned(),
    }
}

#[test]
fn a_row_does_what_its_support_says() {
    for param in param::all() {
        let (name, value) = (param.name(), unusual(param));
        let loaded = load(&format!("{name} {value}"));
        match param.row().support {
            Support::Built => assert_eq!(loaded.unwrap().warnings, Vec::<String>::new(), "{name}"),
            Support::Later(feature) => {
                let message = format!("'{name}' needs {feature}, which is not built");
                let error = loaded.unwrap_err().to_string();
                assert!(error.contains(&message), "{name}: {error}");
            }
            Support::LaterQuiet(feature) => {
                let warnings = loaded.unwrap().warnings;
                assert_eq!(warnings.len(), 1, "{name}");
                assert!(warnings[0].starts_with(&format!("'{name}'")) && warnings[0].contains(feature));
            }
        }
    }
}

#[test]
fn get_shows_what_is_asked_for() {
    let config = config("");
    let get = |patterns: &[&str]| -> Vec<String> {
        let patterns: Vec<&[u8]> = patterns.iter().map(|pattern| pattern.as_bytes()).collect();
        let matches = |pattern: &[u8], name: &str| {
            let pattern = String::from_utf8_lossy(pattern).to_lowercase();
            name.starts_with(pattern.trim_end_matches('*'))
        };
        config.list(&patterns, &matches).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(get(&["MAXMEMORY"]), ["MAXMEMORY"]);
    assert_eq!(get(&["slowlog-max-len", "bind", "bind", "nope"]), ["bind", "slowlog-max-len"]);
    assert_eq!(get(&["hash-max-*", "HASH-seed"])[0], "HASH-seed");
    assert_eq!(get(&["hash-max-*"]).len(), 4);
    assert!(get(&["watchdog-*"]).is_empty(), "hidden parameters need their exact name");
    assert_eq!(get(&["watchdog-period"]), ["watchdog-period"]);
    assert_eq!(config.list(&[b"port"], &|_, _| true), [("port".to_owned(), b"6379".to_vec())]);
}

#[test]
fn what_the_server_puts_is_there() {
    let config = Config::new(&host());
    config.put(param::DIR, Value::text(b"/data"));
    config.put(param::MAXCLIENTS, Value::Int(4000));
    assert_eq!(shown(&config, "dir"), "/data");
    assert_eq!(config.live().size(param::MAXCLIENTS), 4000);
    assert_eq!(config.get(param::BIND).addresses(), ["*", "-::*"]);
    let allowed = common::config("enable-protected-configs yes");
    let mut moved = |changes: &[Change]| {
        changes.iter().for_each(|change| allowed.put(change.param, Value::text(b"/data/sub")));
        Ok(())
    };
    allowed.set(&[(b"dir", b"sub")], Setter::default(), &mut moved).unwrap();
    assert_eq!(shown(&allowed, "dir"), "/data/sub");
}
