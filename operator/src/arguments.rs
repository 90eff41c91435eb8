//! The command line.

use crate::traces::Endpoint;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Runs clusters of Ironkeep, Valkey and Redis from a ValkeyCluster.
#[derive(Debug, Parser)]
#[command(name = "ironkeep-operator", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look after the ValkeyClusters of a Kubernetes.
    Run(Run),
    /// Run a ValkeyCluster as processes of this machine.
    Local(Local),
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Look after these namespaces only (may be repeated); all when absent.
    #[arg(long = "namespace", env = "IRONKEEP_NAMESPACES", value_delimiter = ',')]
    pub namespaces: Vec<String>,
    /// Where /metrics, /livez and /readyz are served.
    #[arg(long, default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Namespace of the Lease that elects one of several operators; no election when absent.
    #[arg(long, env = "POD_NAMESPACE")]
    pub lease_namespace: Option<String>,
    /// Clusters that are worked on at the same time.
    #[arg(long, default_value_t = 16)]
    pub concurrency: u16,
    /// Log lines as JSON.
    #[arg(long)]
    pub json_logs: bool,
    /// Where traces go: a collector of OTLP over HTTP, as `http://collector:4318`; nowhere when absent.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<Endpoint>,
    /// Image to use instead of an engine's own default, as `valkey=registry/valkey` (may be repeated).
    #[arg(long = "image")]
    pub images: Vec<String>,
}

/// Arguments of `local`.
#[derive(Debug, Args)]
pub struct Local {
    /// The ValkeyCluster, as YAML.
    #[arg(short, long = "file")]
    pub file: PathBuf,
    /// Where data, config and logs go; a temporary directory that is removed at the end when absent.
    #[arg(long)]
    pub directory: Option<PathBuf>,
    /// Leave the directory behind.
    #[arg(long)]
    pub keep: bool,
    /// First loopback address; every pod gets one of its own from here on.
    #[arg(long, default_value = "127.42.0.1")]
    pub address: std::net::Ipv4Addr,
    /// Directories in which to look for the engines' programs, before PATH (may be repeated).
    #[arg(long = "engines")]
    pub engines: Vec<PathBuf>,
    /// Print changes line by line instead of a live table.
    #[arg(long)]
    pub plain: bool,
    /// End once the cluster is ready.
    #[arg(long)]
    pub until_ready: bool,
}
