//! `run`: the operator in a Kubernetes. Starts the watches, stands for election, works, and leaves in good order.
//!
//! A stand-by watches too, so that it can take over at once; it only doesn't work. An operator that loses its Lease ends
//! at once with an error: two at a time must not be.

pub mod backoff;
mod election;
mod http;
mod lease;
mod logs;
mod pages;
mod queue;
mod work;

use crate::arguments::Run;
use crate::kubernetes::{Key, Shared, Teller, Watches, World};
use crate::metrics::Metrics;
use crate::platform::{Outcome, PlatformError};
use crate::traces::{self, Exporter, Flusher};
use ironkeep_api::EngineType;
use ironkeep_core::resolve::Settings;
use kube::{Client, Config};
use lease::Election;
use pages::Status;
use queue::Queue;
use std::fmt::Display;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use work::Work;

/// Threads: the operator waits most of the time.
const THREADS: usize = 2;
/// Threads for what can't wait politely: names and files.
const BLOCKING_THREADS: usize = 2;
/// Stack of a thread.
const STACK: usize = 1 << 20;
/// How long passes that are under way may take at the end.
const FAREWELL: Duration = Duration::from_secs(10);
/// How long the last traces may take at the end.
const LAST_TRACES: Duration = Duration::from_secs(1);

/// Runs until it is told to stop.
pub fn run(arguments: Run) -> Outcome<()> {
    let me = identity();
    let (collector, exporter) = match arguments.otlp_endpoint.clone().map(|to| traces::to(to, &me)) {
        Some((collector, exporter, flusher)) => (Some(collector), Some((exporter, flusher))),
        None => (None, None),
    };
    logs::start(arguments.json_logs, collector).map_err(failed("logs"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .map_err(failed("threads"))?;
    let done = runtime.block_on(traced(exporter, operate(arguments, me)));
    runtime.shutdown_background();
    done
}

/// Sends traces meanwhile, and the last of them at the end.
async fn traced(
    exporter: Option<(Exporter, Flusher)>,
    work: impl Future<Output = Outcome<()>>,
) -> Outcome<()> {
    let Some((exporter, flusher)) = exporter else { return work.await };
    tokio::spawn(exporter.run());
    work.await?;
    // Nobody waits long for traces, and nobody at all who has lost the lead.
    tokio::time::timeout(LAST_TRACES, flusher.flush()).await.ok();
    Ok(())
}

async fn operate(arguments: Run, me: String) -> Outcome<()> {
    let settings = settings(&arguments.images)?;
    let mut stop = Stop::new().map_err(failed("signals"))?;
    let metrics = Metrics::new().map_err(failed("metrics"))?;
    let listening = TcpListener::bind(arguments.listen).await;
    let listener = listening.map_err(failed(&format!("can't listen on {}", arguments.listen)))?;
    let client = client().await.map_err(failed("no Kubernetes to work with"))?;
    let (world, queue) = (Arc::new(World::default()), Arc::new(Queue::default()));
    let wake = Arc::new({
        let queue = queue.clone();
        move |key: &Key| queue.wake(key)
    });
    let missing = Watches::start(client.clone(), world.clone(), wake, &arguments.namespaces);
    let pages = Status { metrics: metrics.clone(), world: world.clone(), missing: missing.clone() };
    tokio::spawn(http::serve(listener, Arc::new(pages)));
    let teller = Teller::start(client.clone(), me.clone());
    let shared = Arc::new(Shared { client: client.clone(), world, teller });
    let work = Arc::new(Work::new(shared, queue, settings, metrics));
    let election = arguments.lease_namespace.as_deref().map(|namespace| Election::new(client, namespace, me));
    let mut leadership = Leadership(election);
    let begun = tokio::select! {
        () = stop.asked() => false,
        () = begin(&mut leadership, missing) => true,
    };
    if begun {
        work_until(&mut stop, &mut leadership, work, arguments.concurrency.into()).await?;
    }
    leadership.release().await;
    Ok(())
}

/// The API of the Kubernetes that we run in, or of the one that KUBECONFIG names.
async fn client() -> Result<Client, Box<dyn std::error::Error>> {
    let mut config = Config::infer().await?;
    // A refusal has to come back: a budget that is used up means "later", and passes try again by themselves.
    config.default_retry = false;
    Ok(Client::try_from(config)?)
}

/// Waits until we lead and know all that there is to know.
async fn begin(leadership: &mut Leadership, mut missing: watch::Receiver<usize>) {
    leadership.win().await;
    // The other end belongs to the watches, which never end.
    let _ = missing.wait_for(|missing| *missing == 0).await;
    tracing::info!("all is listed, the work begins");
}

/// Works until told to stop, then lets what is under way come to its end. Fails as soon as leadership is lost.
async fn work_until(
    stop: &mut Stop,
    leadership: &mut Leadership,
    work: Arc<Work>,
    concurrency: usize,
) -> Outcome<()> {
    let (halt, halted) = watch::channel(false);
    let mut working = tokio::spawn(work.run(concurrency, halted));
    tokio::select! {
        () = stop.asked() => {}
        lost = leadership.lost() => return Err(lost),
        ended = &mut working => return ended.map_err(failed("the work")),
    }
    tracing::info!("asked to stop");
    let _ = halt.send(true);
    tokio::select! {
        ended = tokio::time::timeout(FAREWELL, working) => {
            if ended.is_err() {
                tracing::warn!("passes were still under way after {FAREWELL:?} and were cut off");
            }
            Ok(())
        }
        lost = leadership.lost() => Err(lost),
    }
}

/// Our place in the election, if there is one.
struct Leadership(Option<Election>);

impl Leadership {
    async fn win(&mut self) {
        if let Some(election) = &mut self.0 {
            election.win().await;
            tracing::info!("leading");
        }
    }

    /// Ends only when leadership is lost.
    async fn lost(&mut self) -> PlatformError {
        match &mut self.0 {
            Some(election) => PlatformError::Failed(election.hold().await),
            None => std::future::pending().await,
        }
    }

    async fn release(self) {
        if let Some(election) = self.0 {
            election.release().await;
        }
    }
}

/// The two ways in which a process is asked to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// A name that no other operator has: the host's, which in a pod is the pod's, and a number.
fn identity() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let number = RandomState::new().hash_one(std::process::id());
    format!("{}_{number:016x}", host.trim())
}

/// What holds for every cluster, from `--image engine=repository`.
fn settings(images: &[String]) -> Outcome<Settings> {
    let mut settings = Settings::default();
    for image in images.iter().filter(|image| !image.is_empty()) {
        let (engine, repository) = image.split_once('=').unwrap_or((image, ""));
        let kind = EngineType::ALL.into_iter().find(|kind| kind.as_str() == engine);
        match kind.filter(|_| !repository.is_empty()) {
            Some(kind) => settings.images = settings.images.with(kind, repository),
            None => {
                let text = format!(
                    "--image {image}: has to be an engine and a repository, as valkey=registry/valkey"
                );
                return Err(PlatformError::Failed(text));
            }
        }
    }
    Ok(settings)
}

fn failed<E: Display>(what: &str) -> impl Fn(E) -> PlatformError + use<'_, E> {
    move |error| PlatformError::Failed(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_given_by_engine() {
        let given = ["valkey=localhost/valkey".to_owned(), "redis=r.example:5000/redis".to_owned()];
        let settings = settings(&given).unwrap();
        assert_eq!(settings.images.repository(EngineType::Valkey), "localhost/valkey");
        assert_eq!(settings.images.repository(EngineType::Redis), "r.example:5000/redis");
    }

    #[test]
    fn an_image_that_says_nothing_is_refused_by_name() {
        for wrong in ["valkey", "valkey=", "memcached=x", "=x"] {
            let error = settings(&[wrong.to_owned()]).unwrap_err().to_string();
            assert!(error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn no_two_operators_have_the_same_name() {
        assert_ne!(identity(), identity());
    }
}
