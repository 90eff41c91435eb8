//! One stream from its first entry on: many commands that find something, where random ones on all keys mostly don't.

use crate::duel::{DATABASES, Duel};
use crate::rig::grammar::Grammar;
use crate::rig::stream_words::depends_on_time;
use crate::rig::words::Words;

/// Commands on one stream. Ids rise from 1 to about 8.
const COMMANDS: i64 = 160;
/// Stands for an id that rises with the commands.
const RISING: &[u8] = b"RISING";

const LIFE: &[(usize, &str)] = &[
    (50, "XADD X0 RISING {field value}"),
    (6, "XADD X0 [NOMKSTREAM] (MAXLEN|MINID) [~|=] small RISING {field value}"),
    (6, "XADD X0 MAXLEN ~ small [LIMIT count] RISING field value"),
    (2, "XADD X0 MINID ~ id [LIMIT count] newid field value"),
    (2, "XADD X0 newid field value"),
    (12, "XACK X0 group {id}"),
    (14, "XAUTOCLAIM X0 group consumer minidle low [COUNT pelcount] [JUSTID]"),
    (
        20,
        "XCLAIM X0 group consumer minidle {id} [IDLE idle|TIME atms] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID \
         id]",
    ),
    (6, "XDEL X0 {id}"),
    (8, "XGROUP CREATE X0 group (id|$) [ENTRIESREAD count]"),
    (2, "XGROUP CREATECONSUMER X0 group consumer"),
    (2, "XGROUP DELCONSUMER X0 group consumer"),
    (1, "XGROUP DESTROY X0 group"),
    (5, "XGROUP SETID X0 group (id|$|-|+) [ENTRIESREAD count]"),
    (6, "XINFO CONSUMERS X0 group"),
    (10, "XINFO GROUPS X0"),
    (10, "XINFO STREAM X0 [FULL [COUNT count]]"),
    (14, "XPENDING X0 group [[IDLE minidle] low high pelcount [consumer]]"),
    (8, "XRANGE X0 low high [COUNT count]"),
    (8, "XREVRANGE X0 high low [COUNT count]"),
    (6, "XREAD [COUNT count] [BLOCK shortly] STREAMS X0 (id|$|+)"),
    (40, "XREADGROUP GROUP group consumer [COUNT pelcount] [BLOCK shortly] [NOACK] STREAMS X0 >"),
    (14, "XREADGROUP [COUNT pelcount] GROUP group consumer STREAMS X0 id"),
    (2, "XSETID X0 RISING [ENTRIESADDED count] [MAXDELETEDID id]"),
    (2, "XSETID X0 9-0 ENTRIESADDED count MAXDELETEDID id"),
    (3, "XTRIM X0 (MAXLEN|MINID) [=|~] small"),
    (3, "XTRIM X0 MAXLEN ~ small [LIMIT count]"),
    (3, "COPY X0 X1 REPLACE"),
    (3, "DEBUG DIGEST"),
];

/// Lives one stream on both servers.
pub fn life(duel: &mut Duel) {
    let (grammar, words) = (Grammar::new(LIFE), Words::new(1, false, DATABASES));
    duel.ask(&[b"DEL", b"X0"]);
    for group in ["g", "h"] {
        duel.ask(&[b"XGROUP", b"CREATE", b"X0", group.as_bytes(), b"0", b"MKSTREAM"]);
    }
    let before = duel.differences();
    for nth in 0..COMMANDS {
        let mut command = grammar.command(&mut duel.random, &words);
        let seq = if duel.random.chance(70) { "*".into() } else { duel.random.between(0, 9).to_string() };
        for word in command.iter_mut().filter(|word| *word == RISING) {
            *word = format!("{}-{seq}", 1 + nth / 20).into_bytes();
        }
        if !depends_on_time(&command) {
            duel.ask(&command.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
        if duel.differences() > before {
            return;
        }
    }
    for key in ["X0", "X1"] {
        duel.ask(&[b"XINFO", b"STREAM", key.as_bytes(), b"FULL", b"COUNT", b"0"]);
    }
}
