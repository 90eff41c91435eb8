//! The command line.

use crate::faults::Fault;
use clap::Parser;
use std::path::PathBuf;

/// Drives the operator on the Kubernetes that KUBECONFIG names.
#[derive(Debug, Parser)]
pub struct Arguments {
    /// The operator's chart.
    #[arg(long, default_value = "charts/ironkeep-operator")]
    pub chart: PathBuf,
    /// The helm program.
    #[arg(long, default_value = "helm")]
    pub helm: PathBuf,
    /// Helm values for the operator, as `key=value` (may be repeated).
    #[arg(long = "set")]
    pub values: Vec<String>,
    /// Images to use for engines, as `valkey:9.1=localhost/valkey:9.1` (may be repeated).
    #[arg(long = "image")]
    pub images: Vec<String>,
    /// The folder of samples that are applied.
    #[arg(long, default_value = "deploy/samples")]
    pub samples: PathBuf,
    /// The table of specs that must be refused.
    #[arg(long, default_value = "operator/api/tests/bad_specs.yaml")]
    pub bad_specs: PathBuf,
    /// The program that writes through a stock client library; its columns stay empty when absent.
    #[arg(long)]
    pub stock_client: Option<PathBuf>,
    /// The localkube program, where the tests run on its nodes: without it no node is cut off or killed.
    #[arg(long)]
    pub localkube: Option<PathBuf>,
    /// Where the evidence of what failed goes.
    #[arg(long, default_value = "target/e2e")]
    pub evidence: PathBuf,
    /// Idle clusters to make when the operator's memory is measured; 0 leaves that out.
    #[arg(long, default_value_t = 100)]
    pub crowd: u32,
    /// Run only the parts whose name contains one of these words (may be repeated).
    #[arg(long)]
    pub only: Vec<String>,
    /// Try only the faults whose name contains one of these words (may be repeated).
    #[arg(long = "fault")]
    pub faults: Vec<String>,
    /// How often each of them is tried.
    #[arg(long, default_value_t = 1)]
    pub times: usize,
}

impl Arguments {
    /// Whether a part is to be run.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only))
    }

    /// Whether a fault is to be tried, and can be.
    pub fn tries(&self, fault: Fault) -> bool {
        let asked = self.faults.is_empty() || self.faults.iter().any(|word| fault.name().contains(word));
        asked && (self.localkube.is_some() || !fault.needs_localkube())
    }
}
