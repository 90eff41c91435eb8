//! One run of local mode: opens everything, makes passes until it is told to stop, ends everything.

use super::addresses::Addresses;
use super::failed;
use super::home::{self, Home};
use super::machine::Machine;
use super::programs::Programs;
use super::screen::{Screen, View};
use super::source::{Source, admit};
use super::table;
use crate::arguments::Local;
use crate::clock::Clock;
use crate::cluster::{Errands, Tools, reconcile};
use crate::engine::Engines;
use crate::metrics::Metrics;
use crate::platform::{Outcome, PlatformError};
use ironkeep_api::{Phase, ValkeyCluster, names};
use ironkeep_core::report::EventType;
use ironkeep_core::resolve::Settings;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};

/// How often to look at the file and the engines at least: there is no watch on either.
const TICK: Duration = Duration::from_millis(500);
/// The same while something is on its way.
const HURRY: Duration = Duration::from_millis(50);
/// How often to look at most.
const BREATH: Duration = Duration::from_millis(10);
const MEMORY: &str = "cluster.json";

/// Runs a cluster until it is told to stop.
pub async fn run(arguments: Local) -> Outcome<()> {
    let began = Instant::now();
    let mut stop = Stop::new()?;
    let mut source = Source::new(arguments.file.clone());
    let cluster = source.first()?;
    let home = Arc::new(Home::open(arguments.directory.as_deref(), arguments.keep)?);
    let done = in_home(&arguments, cluster, source, &home, &mut stop, began).await;
    home.leave().map_err(failed(&home.path().display().to_string()))?;
    if home.is_kept() {
        println!("kept: {}", home.path().display());
    }
    done
}

async fn in_home(
    arguments: &Local,
    cluster: ValkeyCluster,
    source: Source,
    home: &Arc<Home>,
    stop: &mut Stop,
    began: Instant,
) -> Outcome<()> {
    start_log(home)?;
    let cluster = admit(cluster, recall(home)?.as_ref())?;
    let programs = Programs::new(&arguments.engines);
    let spec = &cluster.spec;
    programs.find(spec.engine.kind.program(), &spec.engine.image(&Settings::default().images))?;
    let addresses = reserve(&cluster, Addresses::from(arguments.address)?)?;
    let machine = Machine::open(&cluster, home.clone(), programs, addresses)?;
    let screen = Screen::new(arguments.plain);
    let mut session = Session { cluster, source, home, machine: &machine, screen, began, was_ready: false };
    let done = tokio::select! {
        done = session.work(arguments.until_ready) => done,
        () = stop.asked() => Ok(()),
    };
    session.screen.say("stopping");
    tokio::select! {
        () = machine.close() => {}
        // Asked twice: whatever still runs is killed when it is let go of.
        () = stop.asked() => {}
    }
    done
}

/// Addresses for all pods, so that what is in the way is known before anything starts.
fn reserve(cluster: &ValkeyCluster, mut addresses: Addresses) -> Outcome<Addresses> {
    let name = cluster.metadata.name.as_deref().unwrap_or_default();
    for shard in 0..cluster.spec.shards() {
        for ordinal in 0..cluster.spec.pods_per_shard() {
            addresses.of(&names::pod(name, shard, ordinal))?;
        }
    }
    Ok(addresses)
}

/// The cluster as it was when the last operator left this directory.
fn recall(home: &Home) -> Outcome<Option<ValkeyCluster>> {
    match std::fs::read(home.file(MEMORY)) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(failed(MEMORY)),
        Err(_) => Ok(None),
    }
}

fn start_log(home: &Home) -> Outcome<()> {
    let file = File::create(home.file("operator.log")).map_err(failed("operator.log"))?;
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(Arc::new(file));
    log.try_init().map_err(failed("operator.log"))
}

struct Session<'a> {
    cluster: ValkeyCluster,
    source: Source,
    home: &'a Home,
    machine: &'a Machine,
    screen: Screen,
    began: Instant,
    was_ready: bool,
}

impl Session<'_> {
    /// Makes passes; over when the cluster is ready, if that is all that is wanted, or can't be at all.
    async fn work(&mut self, until_ready: bool) -> Outcome<()> {
        let metrics = Metrics::new().map_err(failed("metrics"))?;
        let (settings, engines, clock) = (Settings::default(), Arc::new(Engines::new()), Clock);
        let machine = self.machine;
        let woken = machine.clone();
        let errands = Errands::new(Arc::new(move |_: &str| woken.wake()));
        let (engines, errands, settings, stopwatch) = (&engines, &errands, &settings, &metrics.stopwatch);
        let tools = Tools { platform: machine, engines, errands, settings, clock: &clock, stopwatch };
        loop {
            let pause = reconcile(&self.cluster, &tools).await;
            if let Err(error) = &pause {
                self.screen.say(&error.to_string());
            }
            self.take_over_status()?;
            self.show();
            if until_ready && self.was_ready {
                return Ok(());
            }
            if self.phase() == Phase::Failed && !self.was_ready {
                return Err(PlatformError::Failed(self.machine.status().message));
            }
            let most = if self.phase() == Phase::Ready { TICK } else { HURRY };
            sleep(BREATH).await;
            tokio::select! {
                () = machine.changed() => {}
                () = sleep(pause.unwrap_or(TICK).min(most)) => {}
            }
            self.reread();
        }
    }

    /// The status is the operator's memory: the next pass starts from it, and so does the next operator.
    fn take_over_status(&mut self) -> Outcome<()> {
        let status = Some(self.machine.status());
        if self.cluster.status == status {
            return Ok(());
        }
        self.cluster.status = status;
        self.save()
    }

    fn save(&self) -> Outcome<()> {
        let text = serde_json::to_vec(&self.cluster).map_err(failed(MEMORY))?;
        home::write(&self.home.file(MEMORY), &text).map_err(failed(MEMORY))
    }

    fn reread(&mut self) {
        let Some(read) = self.source.changed() else { return };
        let taken = read.and_then(|new| admit(new, Some(&self.cluster))).and_then(|cluster| {
            self.cluster = cluster;
            self.save()
        });
        match taken {
            Ok(()) => self.screen.say("the file has changed"),
            Err(error) => self.screen.say(&format!("the file has changed, and is left aside: {error}")),
        }
    }

    fn phase(&self) -> Phase {
        let status = self.machine.status();
        if status.observed_generation == self.cluster.metadata.generation {
            status.phase
        } else {
            Phase::Pending
        }
    }

    fn show(&mut self) {
        for event in self.machine.events() {
            let mark = if event.kind == EventType::Warning { "!" } else { "-" };
            self.screen.say(&format!(
                "{:6.1} s {mark} {}",
                self.began.elapsed().as_secs_f32(),
                event.message
            ));
        }
        let status = self.machine.status();
        let (cluster, machine) = (&self.cluster, self.machine);
        let view = machine.with_pods(|pods| View {
            headline: table::headline(cluster, &status),
            message: status.message.clone(),
            rows: table::rows(&status, pods),
            hint: table::how_to_connect(cluster, &status, pods)
                .map(|how| format!("connect: {how}    stop: Ctrl-C")),
        });
        self.screen.show(view);
        if self.phase() == Phase::Ready && !self.was_ready {
            self.was_ready = true;
            self.screen.say(&format!("ready after {:.2} s", self.began.elapsed().as_secs_f32()));
        }
    }
}

/// The signals that ask a program to end.
struct Stop([Signal; 3]);

impl Stop {
    fn new() -> Outcome<Self> {
        let on = |kind| signal(kind).map_err(failed("signals"));
        Ok(Self([on(SignalKind::interrupt())?, on(SignalKind::terminate())?, on(SignalKind::hangup())?]))
    }

    async fn asked(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}
