//! Random scenes.

use crate::rig::node::Node;
use crate::rig::number_from_environment;
use crate::rig::random::Random;
use crate::stage::{Stage, compare};

const SCENES: u64 = 12;
const LINES: usize = 400;

#[test]
fn random_scenes_sound_like_those_of_valkey() {
    let seed = number_from_environment("IRONKEEP_SEED", 4711);
    let scenes = number_from_environment("IRONKEEP_SCENES", SCENES);
    eprintln!("IRONKEEP_SEED={seed} IRONKEEP_SCENES={scenes}");
    for nth in 0..scenes {
        let options = ["--enable-debug-command", "yes", "--loglevel", "notice"];
        let Some(valkey) = Node::valkey(&options) else { return };
        let ours =
            Node::ours(&[&options[..], &["--io-threads", if nth % 2 == 0 { "1" } else { "3" }]].concat());
        let mut random = Random::new(seed.wrapping_mul(1000).wrapping_add(nth));
        let mut scene: Vec<String> =
            ["A", "B", "C", "D"].iter().map(|who| format!("{who} HELLO 3")).collect();
        scene.extend((0..LINES).map(|_| line(&mut random)));
        compare(&mut Stage::new(ours), &mut Stage::new(valkey), &scene);
    }
}

fn line(random: &mut Random) -> String {
    let who = *random.pick(&["A", "B", "C", "D"]);
    let count = if random.chance(30) { 1 + random.below(5) } else { 1 };
    let mut commands: Vec<String> = (0..count).map(|_| command(random)).collect();
    // Who asks for prefixes is told what changed in the same pass before, too; by the real one it is not.
    if let Some(command) = commands.iter().find(|command| command.contains("ON BCAST")) {
        return format!("{who} {command}");
    }
    // A transaction is told when it has ended, in the mode that the client is in then.
    if random.chance(15) && !commands.iter().any(|command| command.starts_with("CLIENT TRACKING ")) {
        commands.insert(0, "MULTI".into());
        commands.push("EXEC".into());
        if random.chance(30) {
            commands.insert(0, "CLIENT CACHING YES".into());
        }
    }
    format!("{who} {}", commands.join(" | "))
}

fn command(random: &mut Random) -> String {
    let templates = if random.chance(80) { ON_KEYS } else { ON_CLIENTS };
    let template = *random.pick(templates);
    let mut words = Vec::new();
    for word in template.split(' ') {
        words.push(match word {
            "k" => (*random.pick(&["a", "b", "aa", "ab", "abc", "b1"])).to_owned(),
            "p" => (*random.pick(&["a", "ab", "b", "\"\"", "c"])).to_owned(),
            "who" => (*random.pick(&["$A", "$B", "$C", "$D"])).to_owned(),
            other => other.to_owned(),
        });
    }
    words.join(" ")
}

const ON_KEYS: &[&str] = &[
    "GET k",
    "GET k",
    "GET k",
    "GET k",
    "MGET k k k",
    "STRLEN k",
    "EXISTS k k",
    "SET k 1",
    "SET k 2",
    "SET k 3",
    "MSET k 1 k 2",
    "MSETNX k 1 k 2",
    "DEL k",
    "DEL k k",
    "UNLINK k",
    "INCR k",
    "APPEND k 1",
    "EXPIRE k 1000",
    "PEXPIREAT k 1",
    "PERSIST k",
    "RENAME k k",
    "RENAMENX k k",
    "COPY k k",
    "COPY k k REPLACE",
    "MOVE k 1",
    "MOVE k 0",
    "GETDEL k",
    "GETEX k PERSIST",
    "GETEX k EX 50",
    "BITOP OR k k k",
    "SETRANGE k 1 9",
    "SELECT 0",
    "SELECT 1",
    "FLUSHDB",
    "TYPE k",
    "OBJECT ENCODING k",
    "TOUCH k",
    "LCS k k",
];

const ON_CLIENTS: &[&str] = &[
    "CLIENT TRACKING ON",
    "CLIENT TRACKING ON",
    "CLIENT TRACKING ON NOLOOP",
    "CLIENT TRACKING ON OPTIN",
    "CLIENT TRACKING ON OPTOUT",
    "CLIENT TRACKING ON BCAST",
    "CLIENT TRACKING ON BCAST PREFIX p",
    "CLIENT TRACKING ON BCAST NOLOOP",
    "CLIENT TRACKING ON BCAST NOLOOP PREFIX a PREFIX b",
    "CLIENT TRACKING ON REDIRECT who",
    "CLIENT TRACKING ON BCAST REDIRECT who",
    "CLIENT TRACKING OFF",
    "CLIENT TRACKING OFF",
    "CLIENT TRACKING OFF",
    "CLIENT CACHING YES",
    "CLIENT CACHING YES",
    "CLIENT CACHING NO",
    "CLIENT TRACKINGINFO",
    "CLIENT GETREDIR",
    "HELLO 2",
    "HELLO 3",
    "HELLO 3",
    "HELLO 3",
    "RESET",
    "PING",
];
