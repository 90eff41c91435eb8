//! Any bytes, cut anywhere: the decoder must end, must not panic, and must find the same requests as uncut.

#![no_main]

use ironkeep_wire::{Decoder, Limits, ProtocolError, Step};
use libfuzzer_sys::fuzz_target;

type Request = Vec<Vec<u8>>;

/// The requests of a connection whose bytes arrive in pieces of this size, and the error that ended it.
fn requests(bytes: &[u8], piece: usize, limits: &Limits) -> (Vec<Request>, Option<ProtocolError>) {
    let (mut decoder, mut args) = (Decoder::default(), Vec::new());
    let (mut found, mut start, mut end) = (Vec::new(), 0, 0);
    loop {
        let buf = &bytes[start..end];
        args.clear();
        let step = match decoder.decode(buf, &mut args, limits) {
            Ok(step) => step,
            Err(error) => return (found, Some(error)),
        };
        let used = match step {
            Step::Incomplete { want } => {
                assert!(want > 0 && args.is_empty());
                if end == bytes.len() {
                    return (found, None);
                }
                end = bytes.len().min(end + piece);
                continue;
            }
            Step::Nothing { end } => end,
            Step::Inline { end, args } => {
                assert!(!args.is_empty());
                found.push(args);
                end
            }
            Step::Request { end } => {
                found.push(args.iter().map(|arg| buf[arg.start..arg.start + arg.len].to_vec()).collect());
                end
            }
        };
        assert!(used > 0 && used <= buf.len());
        start += used;
    }
}

fuzz_target!(|input: (u8, bool, &[u8])| {
    let (piece, authenticated, bytes) = input;
    let limits = Limits { authenticated, max_bulk_len: 1 << 20, ..Limits::default() };
    let whole = requests(bytes, usize::MAX / 2, &limits);
    assert_eq!(whole, requests(bytes, usize::from(piece) + 1, &limits));
});
