//! COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of a command line that is given as arguments.

use super::words;
use crate::spec::{Args, Flags, Found, KeyError, KeyFlags, Spec, find};
use ironkeep_wire::Reply;

/// The command line that follows `COMMAND GETKEYS`.
struct Inner<'a>(&'a dyn Args);

impl Args for Inner<'_> {
    fn count(&self) -> usize {
        self.0.count().saturating_sub(2)
    }

    fn get(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index.checked_add(2)?)
    }
}

/// COMMAND GETKEYS command [argument ...]
pub fn getkeys(reply: &mut Reply<'_>, args: &dyn Args) {
    keys(reply, &Inner(args), |reply, key, _| reply.bulk(key));
}

/// COMMAND GETKEYSANDFLAGS command [argument ...]
pub fn getkeysandflags(reply: &mut Reply<'_>, args: &dyn Args) {
    keys(reply, &Inner(args), |reply, key, flags| {
        reply.array_len(2);
        reply.bulk(key);
        words(reply, flags.names());
    });
}

fn keys(reply: &mut Reply<'_>, line: &Inner<'_>, show: impl Fn(&mut Reply<'_>, &[u8], KeyFlags)) {
    let found = match keys_of_line(line) {
        Ok(found) => found,
        Err(error) => return reply.error(error),
    };
    reply.array_len(found.len());
    for (at, flags) in found {
        show(reply, line.get(at).unwrap_or_default(), flags);
    }
}

fn keys_of_line(line: &Inner<'_>) -> Result<Vec<(usize, KeyFlags)>, &'static str> {
    let Found::Spec(spec) = find(line) else {
        return Err("ERR Invalid command specified");
    };
    if spec.keys.iter().all(|keys| keys.flags.has(KeyFlags::NOT_KEY)) {
        return Err("ERR The command has no key arguments");
    }
    if !spec.accepts(line.count()) {
        return Err("ERR Invalid number of arguments specified for command");
    }
    let mut found = Vec::new();
    match spec.keys_of(line, |at, flags| found.push((at, flags))) {
        Ok(_) => Ok(found),
        Err(KeyError::BadArguments) if !may_have_none(spec) => {
            Err("ERR Invalid arguments specified for command")
        }
        Err(_) => Ok(found),
    }
}

fn may_have_none(spec: &Spec) -> bool {
    spec.flags.has(Flags::NO_MANDATORY_KEYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(run: fn(&mut Reply<'_>, &dyn Args), line: &str) -> String {
        let words: Vec<&str> = ["command", "getkeys"].into_iter().chain(line.split(' ')).collect();
        let mut out = Vec::new();
        run(&mut Reply::new(&mut out, false), &words.as_slice());
        String::from_utf8(out).unwrap().replace("\r\n", " ")
    }

    #[test]
    fn keys_of_all_shapes() {
        for (line, keys) in [
            ("get a", "*1 $1 a "),
            ("mset a 1 b 2", "*2 $1 a $1 b "),
            ("msetex 2 a 1 b 2 EX 10", "*2 $1 a $1 b "),
            ("del a b c", "*3 $1 a $1 b $1 c "),
            ("bitop and d a b", "*3 $1 d $1 a $1 b "),
            ("rename a b", "*2 $1 a $1 b "),
            ("object encoding a", "*1 $1 a "),
            ("lcs a b len", "*2 $1 a $1 b "),
        ] {
            assert_eq!(ask(getkeys, line), keys, "{line}");
        }
    }

    #[test]
    fn what_has_no_keys_says_so() {
        for (line, error) in [
            ("nosuch a", "Invalid command specified"),
            ("config nosuch", "Invalid command specified"),
            ("config|get a", "Invalid command specified"),
            ("config get a", "The command has no key arguments"),
            ("ping", "The command has no key arguments"),
            ("get", "Invalid number of arguments specified for command"),
            ("get a b", "Invalid number of arguments specified for command"),
            ("msetex 0 a b", "Invalid arguments specified for command"),
            ("msetex 3 a b c d", "Invalid arguments specified for command"),
            ("msetex -1 a b c d", "Invalid arguments specified for command"),
            ("msetex 99999999999999999999 a b c d", "Invalid arguments specified for command"),
        ] {
            assert_eq!(ask(getkeys, line), format!("-ERR {error} "), "{line}");
        }
    }

    #[test]
    fn flags_follow_the_arguments() {
        for (line, flags) in [
            ("set k v", "*2 +OW +update "),
            ("set k v nx GET", "*3 +RW +access +update "),
            ("bitfield k get u8 0", "*2 +RO +access "),
            ("bitfield k overflow sat get u8 0", "*2 +RO +access "),
            ("bitfield k get u8 0 set u8 0 1", "*3 +RW +access +update "),
            ("bitfield k get u8", "*3 +RW +access +update "),
        ] {
            assert_eq!(ask(getkeysandflags, line), format!("*1 *2 $1 k {flags}"), "{line}");
        }
    }
}
