//! The request decoder: every error, every way of cutting, and a client that sends anything at all.

use ironkeep_wire::{Arg, Decoder, Limits, ProtocolError, Step, encode_command};
use proptest::collection::vec;
use proptest::prelude::*;

fn decode_with(bytes: &[u8], limits: &Limits) -> Result<(Step, Vec<Vec<u8>>), ProtocolError> {
    let mut args = Vec::new();
    let step = Decoder::default().decode(bytes, &mut args, limits)?;
    Ok((step, args.iter().map(|arg| arg.of(bytes).to_vec()).collect()))
}

fn decode(bytes: &[u8]) -> Result<(Step, Vec<Vec<u8>>), ProtocolError> {
    decode_with(bytes, &Limits::default())
}

/// What a server replies to these bytes.
fn error(bytes: &[u8], limits: &Limits) -> String {
    decode_with(bytes, limits).expect_err("a breach").to_string()
}

fn words(text: &[&str]) -> Vec<Vec<u8>> {
    text.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// A server's loop: the buffer grows by pieces and is compacted after every request.
fn decode_pieces<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Vec<Vec<u8>>>, ProtocolError> {
    let (mut decoder, limits) = (Decoder::default(), Limits::default());
    let (mut buf, mut args, mut requests) = (Vec::new(), vec![Arg { start: 7, len: 7 }], Vec::new());
    for piece in pieces {
        buf.extend_from_slice(piece);
        loop {
            args.truncate(1);
            let end = match decoder.decode(&buf, &mut args, &limits)? {
                Step::Incomplete { want } => {
                    assert!(want > 0 && args.len() == 1);
                    break;
                }
                Step::Nothing { end } => end,
                Step::Inline { end, args } => {
                    requests.push(args);
                    end
                }
                Step::Request { end } => {
                    requests.push(args[1..].iter().map(|arg| arg.of(&buf).to_vec()).collect());
                    end
                }
            };
            assert!(end > 0);
            buf.drain(..end);
        }
    }
    Ok(requests)
}

#[test]
fn a_whole_request() {
    let bytes = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nhello\r\nworld\r\n*1\r\n";
    let expected = (Step::Request { end: 39 }, words(&["SET", "k", "hello\r\nworld"]));
    assert_eq!(decode(bytes), Ok(expected));
}

#[test]
fn requests_to_skip() {
    for bytes in [&b"*0\r\n"[..], b"*-1\r\n", b"*-10\r\n", b"\r\n", b"\n", b"  \t \r\n"] {
        assert_eq!(decode(bytes), Ok((Step::Nothing { end: bytes.len() }, vec![])));
    }
}

#[test]
fn wants_the_rest_of_an_argument() {
    let wants = [
        (&b""[..], 1),
        (b"*", 1),
        (b"*1\r", 1),
        (b"*1\r\n", 1),
        (b"*1\r\n$5\r\n", 7),
        (b"*1\r\n$5\r\nhel", 4),
        (b"*1\r\n$5\r\nhello\r", 1),
        (b"*1\r\n$536870912\r\n12", 536_870_912),
        (b"PING", 1),
    ];
    for (bytes, want) in wants {
        assert_eq!(decode(bytes), Ok((Step::Incomplete { want }, vec![])));
    }
}

#[test]
fn errors_of_the_count() {
    let limits = Limits::default();
    for bytes in ["*3000000000\r\n", "*2147483648\r\n", "*x\r\n", "*\r\n", "*+1\r\n", "*01\r\n", "*1 \r\n"] {
        assert_eq!(error(bytes.as_bytes(), &limits), "invalid multibulk length", "{bytes:?}");
    }
    assert_eq!(error(b"*1\rx", &limits), "invalid CRLF in request");
    let endless = [b"*".as_slice(), &[b'1'; 65_536]].concat();
    assert_eq!(error(&endless, &limits), "too big mbulk count string");
    assert!(decode(&endless[..65_536]).is_ok());
    assert!(decode(b"*2147483647\r\n").is_ok());
}

#[test]
fn errors_of_a_length() {
    let limits = Limits::default();
    for length in ["536870913", "-1", "x", "", "+1", "01", "1 ", "9223372036854775808"] {
        let bytes = format!("*1\r\n${length}\r\n");
        assert_eq!(error(bytes.as_bytes(), &limits), "invalid bulk length", "{length:?}");
    }
    assert_eq!(error(b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n", &limits), "expected '$', got 'f'");
    assert_eq!(error(b"*1\r\nfooz\rx", &limits), "expected '$', got 'f'");
    assert_eq!(error(b"*1\r\n$1\rxx", &limits), "invalid CRLF in request");
    assert_eq!(error(b"*1\r\n$1\r\nxyz\r\n", &limits), "invalid CRLF in request");
    assert_eq!(error(b"*1\r\n$1\r\nx\ryz\r\n", &limits), "invalid CRLF in request");
    let endless = [b"*1\r\n$".as_slice(), &[b'1'; 65_536]].concat();
    assert_eq!(error(&endless, &limits), "too big bulk count string");
    assert!(decode(b"*1\r\nfooz").is_ok(), "judged only when the line is whole");
}

#[test]
fn errors_before_authentication() {
    let limits = Limits { authenticated: false, ..Limits::default() };
    assert_eq!(error(b"*11\r\n", &limits), "unauthenticated multibulk length");
    assert_eq!(error(b"*1\r\n$16385\r\n", &limits), "unauthenticated bulk length");
    assert_eq!(error(b"*1\r\n$536870913\r\n", &limits), "invalid bulk length");
    assert!(decode_with(b"*10\r\n", &limits).is_ok());
    assert!(decode_with(b"*1\r\n$16384\r\n", &limits).is_ok());
}

#[test]
fn a_primary_may_send_any_length() {
    let limits = Limits { max_bulk_len: usize::MAX, ..Limits::default() };
    let step = decode_with(b"*1\r\n$9223372036854775807\r\n", &limits);
    assert_eq!(step, Ok((Step::Incomplete { want: (1 << 63) + 1 }, vec![])));
}

#[test]
fn inline_requests() {
    assert_eq!(decode(b"PING\r\n"), Ok((Step::Request { end: 6 }, words(&["PING"]))));
    let spaced = b" \x0bset  a\tb\x0bc \n";
    assert_eq!(decode(spaced), Ok((Step::Request { end: spaced.len() }, words(&["set", "a", "b\x0bc"]))));
}

#[test]
fn inline_quotes() {
    let cases: [(&str, &[&str]); 8] = [
        (r#"set "a b" 'c d'"#, &["set", "a b", "c d"]),
        (r#"x "\x41\n\r\t\b\a\"\\\q" y"#, &["x", "A\n\r\t\x08\x07\"\\q", "y"]),
        (r"x 'it\'s' '\n' y", &["x", "it's", r"\n", "y"]),
        (r#""" ''"#, &["", ""]),
        (r#"a"b c"d'e f'"#, &["ab cde f"]),
        (r#""\xZZ" y"#, &["xZZ", "y"]),
        (r#""a\""#, &[r"a\"]),
        ("\"\u{e9}\"", &["\u{e9}"]),
    ];
    for (line, expected) in cases {
        let end = line.len() + 2;
        let (step, _) = decode(format!("{line}\r\n").as_bytes()).unwrap();
        assert_eq!(step, Step::Inline { end, args: words(expected) }, "{line}");
    }
}

#[test]
fn errors_of_inline_requests() {
    let limits = Limits::default();
    for line in ["set \"a b\r\n", "set 'a\n", "\"\\\r\n"] {
        assert_eq!(error(line.as_bytes(), &limits), "unbalanced quotes in request", "{line:?}");
    }
    assert_eq!(error(&[b'a'; 65_537], &limits), "too big inline request");
    assert!(decode(&[b'a'; 65_536]).is_ok());
    // A NUL hides the newline behind it.
    let hidden = [b"\0".as_slice(), &[b'\n'; 65_536]].concat();
    assert_eq!(decode(&hidden[..100]), Ok((Step::Incomplete { want: 1 }, vec![])));
    assert_eq!(error(&hidden, &limits), "too big inline request");
}

#[test]
fn log_texts_are_those_of_valkey() {
    assert_eq!(ProtocolError::InvalidCount.log_text(), "invalid mbulk count");
    assert_eq!(ProtocolError::ExpectedBulk(b'x').log_text(), "expected $ but got something else");
}

/// What has been decoded is not looked at again: it may as well be gone.
#[test]
fn never_looks_back() {
    let bytes = encode_command(&vec!["argument"; 100_000]);
    let (mut decoder, mut args, limits) = (Decoder::default(), Vec::new(), Limits::default());
    let mut seen = vec![0xff; bytes.len()];
    seen[0] = b'*';
    let header = b"*100000\r\n".len();
    for cut in (header + 14 * 1000..bytes.len()).step_by(14 * 1000) {
        let from = if cut == header + 14 * 1000 { 0 } else { cut - 14 * 1000 };
        seen[from..cut].copy_from_slice(&bytes[from..cut]);
        let step = decoder.decode(&seen[..cut], &mut args, &limits);
        assert_eq!(step, Ok(Step::Incomplete { want: 1 }));
        seen[1..cut].fill(0xff);
    }
    let rest = bytes.len() - 14 * 1000;
    seen[rest..].copy_from_slice(&bytes[rest..]);
    assert_eq!(decoder.decode(&seen, &mut args, &limits), Ok(Step::Request { end: bytes.len() }));
    assert_eq!(args.len(), 100_000);
    assert!(args.iter().all(|arg| arg.of(&bytes) == b"argument"));
    assert!(!decoder.is_partial());
}

fn any_argument() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => vec(any::<u8>(), 0..20),
        2 => vec(any::<u8>(), 90..120),
        1 => (980usize..20_000, any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
    ]
}

/// A request as arrays of strings, or inline with bare or quoted words.
fn any_request() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<u8>>)> {
    prop_oneof![
        4 => vec(any_argument(), 1..12).prop_map(|args| (encode_command(&args), args)),
        1 => vec("[a-z!-&]{1,9}".prop_filter("quotes", |word| !word.contains('"')), 1..5).prop_map(|words| {
            let line = format!(" {}\r\n", words.join("  "));
            (line.into_bytes(), words.into_iter().map(String::into_bytes).collect())
        }),
        1 => vec(vec(any::<u8>(), 0..9), 1..5).prop_map(|words| {
            let quote = |word: &Vec<u8>| {
                let inner: String = word.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                format!("\"{inner}\" ")
            };
            let line: String = words.iter().map(quote).chain(["\n".to_string()]).collect();
            (line.into_bytes(), words)
        }),
    ]
}

/// Cuts bytes into pieces of the given sizes, taken in turn.
fn pieces<'a>(bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = bytes;
    sizes.iter().cycle().map_while(move |&size| {
        let (piece, left) = rest.split_at(size.min(rest.len()));
        rest = left;
        (!piece.is_empty()).then_some(piece)
    })
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_requests(
        requests in vec(any_request(), 1..8),
        sizes in vec(prop_oneof![1usize..4, 1usize..100, 1000usize..30_000], 1..8),
    ) {
        let bytes = requests.iter().flat_map(|(bytes, _)| bytes.clone()).collect::<Vec<_>>();
        let expected = requests.into_iter().map(|(_, args)| args).collect::<Vec<_>>();
        prop_assert_eq!(decode_pieces(pieces(&bytes, &sizes)), Ok(expected));
    }

    #[test]
    fn garbage_ends(bytes in vec(prop_oneof![any::<u8>(), proptest::sample::select(&b"*$\r\n0123456789-\"'\\"[..])], 0..300),
                    sizes in vec(1usize..40, 1..5)) {
        let whole = decode_pieces(std::iter::once(&bytes[..]));
        let cut = decode_pieces(pieces(&bytes, &sizes));
        prop_assert_eq!(whole, cut);
    }
}
