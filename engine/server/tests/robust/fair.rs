//! A client whose requests take long doesn't keep the others waiting until all of them have run.

use crate::rig::link::Link;
use crate::{MEGABYTE, integer, ok, start};
use ironkeep_wire::client::{Value, encode_command};

const REQUESTS: usize = 100;
/// Long enough for a pipeline to take several reads.
const KEY: usize = 1000;
/// Which of two sockets is looked at first is chance, and this process may be late itself.
const TRIES: usize = 20;

#[test]
fn others_are_served_while_a_long_pipeline_runs() {
    let (node, mut links) = start(&["--io-threads", "1", "--enable-debug-command", "yes"]);
    let [sleeper, busy, other] = &mut links[..3] else { panic!("three clients") };
    other.write(&encode_command(&["SETRANGE", "large", &(8 * MEGABYTE - 1).to_string(), "x"])).unwrap();
    assert_eq!(other.reply().0, integer(8 * MEGABYTE as i64));
    let in_between = (0..TRIES).any(|_| (1..REQUESTS as i64).contains(&seen_meanwhile(sleeper, busy, other)));
    assert!(in_between, "all of a pipeline ran at once, each time");
    drop(node);
}

/// What another client sees of a counter that a pipeline of slow requests raises.
fn seen_meanwhile(sleeper: &mut Link, busy: &mut Link, other: &mut Link) -> i64 {
    let counter = "c".repeat(KEY);
    other.write(&encode_command(&["SET", &counter, "0"])).unwrap();
    assert_eq!(other.reply().0, ok());
    // Both requests are there when the server wakes.
    sleeper.write(&encode_command(&["DEBUG", "SLEEP", "0.1"])).unwrap();
    let step = [encode_command(&["INCR", &counter]), encode_command(&["BITCOUNT", "large"])].concat();
    busy.write(&step.repeat(REQUESTS)).unwrap();
    other.write(&encode_command(&["INCRBY", &counter, "0"])).unwrap();
    assert_eq!(sleeper.reply().0, ok());
    let Value::Integer(seen) = other.reply().0 else { panic!("not a number") };
    for nth in 1..=REQUESTS as i64 {
        assert_eq!(busy.reply().0, integer(nth));
        assert_eq!(busy.reply().0, integer(4));
    }
    seen
}
