//! The life of one pod: started, started again when it ends by itself, ended when that is wanted.
//!
//! As a kubelet does it: a server that ends is started again after 1, 2, 4 seconds and so on, until it
//! has run for a while. A pod that is to end has the time of its preStop before SIGTERM, and its grace before SIGKILL.

use super::process::{Process, Start, last_words};
use std::process::ExitStatus;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// The first wait before another start: a kubelet needs about that long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(32);
/// A server that has run for that long is well again.
const WELL: Duration = Duration::from_secs(30);
/// How long a server may take to end when the operator ends.
pub const FAREWELL: Duration = Duration::from_secs(8);

/// What is wanted of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// It runs.
    Run,
    /// It is deleted, with the time that its template gives it.
    End,
    /// It ends because the operator does: nobody is left to hand over to.
    Leave,
}

/// What is told of a pod as it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The server has been started, with this process id.
    Started(u32),
    /// The server has ended or couldn't be started, for the first time in a while.
    Ended,
    /// The same, and it keeps doing so: why.
    Failing(String),
}

/// How a pod is treated.
#[derive(Debug, Clone)]
pub struct Care {
    /// What to start.
    pub start: Start,
    /// Time between the wish to end it and SIGTERM.
    pub pre_stop: Duration,
    /// Time between the wish to end it and SIGKILL.
    pub grace: Duration,
}

/// Lives until the pod is to end, and is over when its process has ended.
pub async fn live(care: &Care, mut wish: watch::Receiver<Wish>, mut tell: impl FnMut(News)) {
    let mut wait = FIRST_WAIT;
    while *wish.borrow() == Wish::Run {
        let began = Instant::now();
        let why = match Process::start(&care.start) {
            Ok(mut process) => {
                tell(News::Started(process.id().unwrap_or_default()));
                tokio::select! {
                    ended = process.wait() => said(ended, care),
                    () = otherwise(&mut wish) => return end(process, care, &mut wish).await,
                }
            }
            Err(error) => format!("{}: {error}", care.start.program.display()),
        };
        if began.elapsed() > WELL {
            wait = FIRST_WAIT;
        }
        tell(if wait == FIRST_WAIT {
            News::Ended
        } else {
            News::Failing(format!("{why}; starts again in {wait:?}"))
        });
        tokio::select! {
            () = sleep(wait) => {}
            () = otherwise(&mut wish) => return,
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Waits until something else is wanted. Whoever nobody wishes anything of any more is to leave.
async fn otherwise(wish: &mut watch::Receiver<Wish>) {
    wish.wait_for(|wish| *wish != Wish::Run).await.ok();
}

async fn end(mut process: Process, care: &Care, wish: &mut watch::Receiver<Wish>) {
    let began = Instant::now();
    if *wish.borrow() == Wish::End {
        tokio::select! {
            _ = process.wait() => return,
            () = sleep(care.pre_stop) => {}
            _ = wish.wait_for(|wish| *wish == Wish::Leave) => {}
        }
    }
    process.ask_to_end();
    let leaving = *wish.borrow() != Wish::End;
    let limit = if leaving { Instant::now() + FAREWELL } else { began + care.grace };
    tokio::select! {
        _ = process.wait() => return,
        () = sleep_until(limit) => {}
        () = leave(wish, leaving) => {}
    }
    process.kill();
    process.wait().await.ok();
}

/// The operator ends while a pod uses up its grace: it has the shorter time from then on.
async fn leave(wish: &mut watch::Receiver<Wish>, already: bool) {
    if already || wish.wait_for(|wish| *wish == Wish::Leave).await.is_err() {
        return std::future::pending().await;
    }
    sleep(FAREWELL).await;
}

fn said(ended: std::io::Result<ExitStatus>, care: &Care) -> String {
    let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
    let last = last_words(&care.start.log).unwrap_or_default();
    format!("the server ended ({how}), last words: {last:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    fn care(script: &str, pre_stop: u64, grace: u64) -> Care {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let log = format!("ironkeep-kubelet-{}-{}.log", std::process::id(), COUNT.fetch_add(1, Relaxed));
        let start = Start {
            program: PathBuf::from("/bin/sh"),
            arguments: vec!["-c".into(), script.into()],
            environment: Vec::new(),
            directory: std::env::temp_dir(),
            log: std::env::temp_dir().join(log),
        };
        Care { start, pre_stop: Duration::from_millis(pre_stop), grace: Duration::from_millis(grace) }
    }

    /// Lives until as many news have come as are wanted of it, then ends the pod that way.
    fn lived(care: &Care, enough: usize, ending: Wish) -> (Vec<News>, String) {
        let (wishes, wish) = watch::channel(Wish::Run);
        let mut news = Vec::new();
        let life = live(care, wish, |new| {
            news.push(new);
            if news.len() == enough {
                wishes.send_replace(ending);
            }
        });
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(life);
        let log = std::fs::read_to_string(&care.start.log).unwrap();
        std::fs::remove_file(&care.start.log).unwrap();
        (news, log)
    }

    #[test]
    fn starts_again_and_waits_longer_each_time() {
        let (news, log) = lived(&care("echo so long; exit 7", 0, 0), 4, Wish::End);
        assert!(
            matches!(&news[..], [News::Started(_), News::Ended, News::Started(_), News::Failing(_)]),
            "{news:?}"
        );
        let News::Failing(why) = &news[3] else { unreachable!() };
        assert!(why.contains("exit status: 7") && why.contains("so long") && why.contains("in 2s"), "{why}");
        assert_eq!(log, "so long\nso long\n");
    }

    #[test]
    fn a_deleted_pod_has_its_pre_stop_first() {
        let script =
            "trap 'echo asked; exit' TERM; sleep 0.1; echo handed over; while :; do sleep 0.01; done";
        let (_, log) = lived(&care(script, 400, 5000), 1, Wish::End);
        assert_eq!(log, "handed over\nasked\n");
    }

    #[test]
    fn a_server_that_will_not_end_is_killed() {
        let (news, _) = lived(&care("trap '' TERM; while :; do sleep 0.01; done", 0, 100), 1, Wish::End);
        assert_eq!(news.len(), 1);
    }

    #[test]
    fn a_program_that_is_not_there_is_told_of() {
        let mut care = care("", 0, 0);
        care.start.program = "/no/such/program".into();
        let (news, _) = lived(&care, 2, Wish::End);
        let [News::Ended, News::Failing(why)] = &news[..] else { panic!("{news:?}") };
        assert!(why.contains("/no/such/program: No such file"), "{why}");
    }
}
