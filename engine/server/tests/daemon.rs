//! What a service manager sees: the daemon, its pid file, its log file, its unix socket, its end.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

/// Tries, a bounded number of times with a breath between, until there is a result.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let (sender, breath) = std::sync::mpsc::channel::<()>();
    let found = (0..3000).find_map(|_| {
        // Nobody ever sends: this is a wait of ten milliseconds.
        let _ = breath.recv_timeout(std::time::Duration::from_millis(10));
        look()
    });
    drop(sender);
    found.unwrap_or_else(|| panic!("{what} never came"))
}

#[test]
fn leaves_the_terminal_and_keeps_its_files_in_order() {
    let dir = std::env::temp_dir().join(format!("ironkeep-daemon-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let status = Command::new(env!("CARGO_BIN_EXE_ironkeep-server"))
        .args(["--port", "0", "--save", "", "--daemonize", "yes", "--dir", &path("")])
        .args(["--pidfile", &path("pid"), "--logfile", "log", "--unixsocket", &path("socket")])
        .args(["--unixsocketperm", "700", "--unixsocketgroup", "0"])
        .status()
        .unwrap();
    assert!(status.success());

    let pid: i32 = wait_for("the pid file", || fs::read_to_string(path("pid")).ok()?.trim().parse().ok());
    let mut client = wait_for("the socket", || UnixStream::connect(path("socket")).ok());
    assert_eq!(fs::metadata(path("socket")).unwrap().permissions().mode() & 0o777, 0o700);
    client.write_all(b"CONFIG GET dir\r\n").unwrap();
    let mut reply = [0; 4096];
    let count = client.read(&mut reply).unwrap();
    let shown = String::from_utf8_lossy(&reply[..count]).into_owned();
    assert!(shown.contains(&*dir.canonicalize().unwrap().to_string_lossy()), "{shown}");

    Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap();
    wait_for("the end", || (!Path::new(&path("pid")).exists()).then_some(()));
    wait_for("its last word", || fs::read_to_string(path("log")).ok().filter(|log| log.contains("bye bye")));
    assert!(!Path::new(&path("socket")).exists());
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn says_why_it_does_not_start() {
    for (option, value, says) in [
        ("--dir", "/no/such/place", "Can't chdir to '/no/such/place'"),
        ("--logfile", "/no/such/place/log", "Can't open the log file"),
        ("--port", "99999", "FATAL CONFIG FILE ERROR"),
    ] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_ironkeep-server")).args([option, value]).output().unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(says), "{said}");
    }
}
