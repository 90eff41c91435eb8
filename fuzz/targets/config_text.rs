//! Any bytes as configuration text: loading never panics, and what loads can be shown and set again.
#![no_main]

use ironkeep_config::{Config, Host, Setter, param};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let host = Host { io_threads: 4, dir: b"/data".to_vec() };
    // An include finds the rest of the text, so that nesting is met without touching the disk.
    let includes = |pattern: &[u8]| Ok(vec![text.get(pattern.len()..).unwrap_or_default().to_vec()]);
    let Ok(loaded) = Config::load_text(text, &host, &includes) else { return };
    let everyone = Setter { local: true, loading: false };
    for param in param::all().filter(|param| !loaded.config.is_default(*param)) {
        let shown = loaded.config.shown(param);
        let pair = (param.name().as_bytes(), shown.as_slice());
        if loaded.config.set(&[pair], everyone, &mut |_| Ok(())).is_ok() {
            assert_eq!(loaded.config.shown(param), shown, "{}", param.name());
        }
    }
});
