//! Prints the CustomResourceDefinition as YAML: `cargo run -p ironkeep-api --bin crds`.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    let yaml = ironkeep_api::crd_yaml().map_err(io::Error::other)?;
    io::stdout().lock().write_all(yaml.as_bytes())
}
