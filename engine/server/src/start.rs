//! From the command line to a running server.

use crate::bin::Bin;
use crate::control::{self, Order};
use crate::crew::Crew;
use crate::server::Server;
use crate::sys::daemon::{Side, daemonize};
use crate::sys::{clock, cores, memory, socket};
use crate::{log, notice, warning};
use ironkeep_config::{CommandLine, Config, Host, Loaded, Source, Value, param};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Descriptors that the server needs for itself.
pub(crate) const OWN_FILES: u64 = 32;

/// Loads the configuration that the arguments name.
pub fn load(arguments: &[Vec<u8>]) -> Result<Loaded, String> {
    let line = CommandLine::parse(arguments);
    let here = std::env::current_dir().unwrap_or_default();
    let file = line.file.as_ref().map(|file| here.join(file));
    let mut stdin = Vec::new();
    if line.stdin {
        io::stdin().read_to_end(&mut stdin).map_err(|error| format!("Can't read stdin: {error}"))?;
    }
    let host = Host {
        io_threads: u16::try_from(cores::granted()).unwrap_or(1),
        dir: here.into_os_string().into_encoded_bytes(),
    };
    let source =
        Source { file: file.as_deref(), stdin: line.stdin.then_some(&stdin[..]), options: &line.options };
    Config::load(&source, &host).map_err(|error| error.to_string())
}

/// Runs the server until it is told to end.
pub fn run(loaded: Loaded) -> io::Result<()> {
    let config = &loaded.config;
    enter_directory(config)?;
    let logfile = config.get(param::LOGFILE).string().into_owned();
    log::open(config.live(), Path::new(&logfile))
        .map_err(|error| io::Error::other(format!("Can't open the log file: {error}")))?;
    let daemon = config.get(param::DAEMONIZE).yes();
    if daemon && daemonize()? == Side::Parent {
        return Ok(());
    }
    let pidfile = write_pid(config, daemon);
    loaded.warnings.iter().for_each(|line| warning!("{line}"));
    announce(config);
    raise_files(config);
    let result = Running::start(loaded.config)?.serve();
    if let Some(path) = pidfile {
        notice!("Removing the pid file.");
        let _ = std::fs::remove_file(path);
    }
    if result.is_ok() {
        warning!("Valkey is now ready to exit, bye bye...");
    }
    result
}

/// A server whose I/O threads run, and which does not listen yet.
pub struct Running {
    /// What its threads share.
    pub server: Arc<Server>,
    orders: UnboundedReceiver<Order>,
    crew: Crew,
    freeing: JoinHandle<()>,
}

impl Running {
    /// Starts the threads.
    pub fn start(config: Config) -> io::Result<Self> {
        clock::calibrate();
        let (bin, freeing) = Bin::open()?;
        let seed = seed_of(&config);
        let server = Arc::new(Server::new(config, seed, random_hex(), bin));
        let mut crew = Crew::default();
        crew.follow(&server)?;
        server.figures.startup_memory.store(memory::used() as u64, Relaxed);
        notice!("Server initialized");
        let (sender, orders) = unbounded_channel::<Order>();
        let _ = server.orders.set(sender);
        Ok(Self { server, orders, crew, freeing })
    }

    /// Listens and serves until the server is told to end; the thread that calls this becomes the control thread.
    pub fn serve(mut self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let _ = self.server.runtime.set(runtime.handle().clone());
        let result = runtime.block_on(control::run(Arc::clone(&self.server), self.orders, &mut self.crew));
        self.crew.end(&self.server);
        // The data is not freed key by key: the process ends, and the memory with it.
        let _kept = std::mem::ManuallyDrop::new((self.server, self.freeing));
        result
    }
}

fn announce(config: &Config) {
    let (port, pid) = (config.get(param::PORT).int(), std::process::id());
    notice!("oO0OoO0OoO0Oo Ironkeep is starting oO0OoO0OoO0Oo");
    notice!(
        "Ironkeep version={}, compatible with Valkey {}, bits=64, Running mode=standalone, port={port}, PID: {pid}",
        env!("CARGO_PKG_VERSION"),
        crate::VALKEY_VERSION
    );
}

fn raise_files(config: &Config) {
    let wanted = config.get(param::MAXCLIENTS).size() + OWN_FILES;
    let got = socket::raise_file_limit(wanted);
    if got < wanted {
        let clients = got.saturating_sub(OWN_FILES).max(1);
        warning!(
            "The limit of open files is {got}: maxclients is {clients} instead of {}.",
            wanted - OWN_FILES
        );
        config.put(param::MAXCLIENTS, Value::Int(clients.into()));
    }
}

/// Goes where the configuration says that files are, and remembers that place whole.
fn enter_directory(config: &Config) -> io::Result<()> {
    let dir = config.get(param::DIR).string().into_owned();
    std::env::set_current_dir(&dir)
        .map_err(|error| io::Error::other(format!("Can't chdir to '{dir}': {error}")))?;
    let here = std::env::current_dir()?.into_os_string().into_encoded_bytes();
    config.put(param::DIR, Value::text(&here));
    Ok(())
}

/// Writes the pid file: where the configuration says or, for a daemon, at the usual place.
fn write_pid(config: &Config, daemon: bool) -> Option<PathBuf> {
    let mut path = PathBuf::from(&*config.get(param::PIDFILE).string());
    if path.as_os_str().is_empty() {
        if !daemon {
            return None;
        }
        path = PathBuf::from("/var/run/valkey.pid");
    }
    match std::fs::write(&path, format!("{}\n", std::process::id())) {
        Ok(()) => Some(path),
        Err(error) => {
            warning!("Could not write the pid file {}: {error}", path.display());
            None
        }
    }
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    if read.is_err() {
        // Without the device only time is left; hashing is then easier to predict, nothing else.
        for (byte, part) in bytes.iter_mut().zip(clock::wall_us().to_le_bytes().iter().cycle()) {
            *byte = *part;
        }
    }
    bytes
}

fn random_hex() -> String {
    random::<20>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn seed_of(config: &Config) -> [u8; 16] {
    let text = config.get(param::HASH_SEED).bytes().to_vec();
    let mut seed = random::<16>();
    if !text.is_empty() {
        seed = [0; 16];
        for (nth, byte) in text.iter().enumerate() {
            seed[nth % 16] = seed[nth % 16].wrapping_mul(31).wrapping_add(*byte);
        }
    }
    seed
}
