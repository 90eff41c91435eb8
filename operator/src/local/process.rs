//! A server as a process of this machine: started with its log in a file, told to end, or killed.
//!
//! A process that is started here ends with the operator, however that ends.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::process::{Child, Command};

/// What to start.
#[derive(Debug, Clone)]
pub struct Start {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables of its environment, besides the operator's own.
    pub environment: Vec<(String, String)>,
    /// Where it starts.
    pub directory: PathBuf,
    /// Where its output goes.
    pub log: PathBuf,
}

/// A log that is longer begins anew at the next start.
const LONGEST_LOG: u64 = 16 << 20;

/// A running process.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts it. To be called on the main thread: the process ends with the thread that started it.
    pub fn start(start: &Start) -> io::Result<Self> {
        let long = start.log.metadata().is_ok_and(|log| log.len() > LONGEST_LOG);
        let log =
            OpenOptions::new().create(true).append(!long).write(true).truncate(long).open(&start.log)?;
        let mut command = Command::new(&start.program);
        command
            .args(&start.arguments)
            .envs(start.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&start.directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A group of its own: Ctrl-C is for the operator, which ends the servers in order.
            .process_group(0)
            .kill_on_drop(true);
        die_with_us(&mut command);
        Ok(Self { child: command.spawn()? })
    }

    /// Its process id, until it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for its end.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Asks it to end.
    pub fn ask_to_end(&self) {
        let Some(pid) = self.child.id().and_then(|pid| i32::try_from(pid).ok()) else { return };
        // SAFETY: kill touches no memory of ours. The id is that of a child that hasn't been waited for, so it can't
        // have been given to another process.
        unsafe { libc::kill(pid, libc::SIGTERM) };
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        // It fails only if the process has ended.
        self.child.start_kill().ok();
    }
}

/// Lets the kernel kill the process when the operator is gone, be it by `kill -9`.
fn die_with_us(command: &mut Command) {
    // SAFETY: getpid has no preconditions.
    let parent = unsafe { libc::getpid() };
    let bind_to_parent = move || {
        // SAFETY: prctl with this option takes a number and touches no memory; getppid has no preconditions.
        let bound =
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) == 0 && libc::getppid() == parent };
        // The parent may have died before it was asked for: then nobody would send the signal any more.
        if bound { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::ESRCH)) }
    };
    // SAFETY: between fork and exec only functions that are safe after a signal may be called. The closure makes two
    // system calls and allocates nothing: both errors are plain numbers.
    unsafe { command.pre_exec(bind_to_parent) };
}

/// The last line of a log that isn't empty, for people who ask why a server ended.
pub fn last_words(log: &Path) -> Option<String> {
    use std::io::{Read, Seek, SeekFrom};
    const TAIL: u64 = 1024;
    let mut file = std::fs::File::open(log).ok()?;
    let len = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(TAIL))).ok()?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail).ok()?;
    let text = String::from_utf8_lossy(&tail).into_owned();
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, log: &str) -> Start {
        Start {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
            environment: vec![("GREETING".into(), "hello".into())],
            directory: std::env::temp_dir(),
            log: std::env::temp_dir().join(format!("ironkeep-{log}-{}.log", std::process::id())),
        }
    }

    fn on_this_thread<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn logs_what_it_says_and_tells_how_it_ended() {
        let start = shell("echo $GREETING; exit 3", "says");
        let status = on_this_thread(async { Process::start(&start).unwrap().wait().await.unwrap() });
        assert_eq!(status.code(), Some(3));
        assert_eq!(last_words(&start.log).as_deref(), Some("hello"));
        std::fs::remove_file(start.log).unwrap();
    }

    #[test]
    fn ends_when_asked_or_killed() {
        use std::os::unix::process::ExitStatusExt;
        let start = shell("echo up; exec sleep 1000", "ends");
        on_this_thread(async {
            let mut process = Process::start(&start).unwrap();
            process.ask_to_end();
            assert_eq!(process.wait().await.unwrap().signal(), Some(libc::SIGTERM));
            process.ask_to_end();
            let mut process = Process::start(&start).unwrap();
            process.kill();
            assert_eq!(process.wait().await.unwrap().signal(), Some(libc::SIGKILL));
        });
        std::fs::remove_file(start.log).unwrap();
    }

    #[test]
    fn ends_with_the_thread_that_started_it() {
        let start = shell("exec sleep 1000", "orphan");
        let log = start.log.clone();
        // The process outlives `Child` and `kill_on_drop`, which a kill of the operator wouldn't run either.
        let starts =
            move || on_this_thread(async { std::mem::ManuallyDrop::new(Process::start(&start).unwrap()) });
        let process = std::thread::spawn(starts).join().unwrap();
        let pid = i32::try_from(process.id().unwrap()).unwrap();
        let mut status = 0;
        // SAFETY: the status is a place of ours; the process is a child that nobody else waits for.
        let waited = unsafe { libc::waitpid(pid, &mut status, 0) };
        assert_eq!((waited, libc::WTERMSIG(status)), (pid, libc::SIGKILL));
        std::fs::remove_file(log).unwrap();
    }
}
