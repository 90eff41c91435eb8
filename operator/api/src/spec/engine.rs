//! Which program serves: type, version and image.
//!
//! The version and the image have defaults that depend on the type; the operator may send all images of a type to
//! another registry ([`Images`]).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The program that serves.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Engine {
    /// Which program.
    #[serde(default, rename = "type")]
    pub kind: EngineType,

    /// Its version, as in `9.1` or `8.0.6`. Default: the newest one the operator was tested with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?$"), length(max = 16))]
    pub version: Option<String>,

    /// The image, when it isn't the public one of this type and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$"), length(max = 512))]
    pub image: Option<String>,

    /// When nodes pull the image. Default: as Kubernetes does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<ImagePullPolicy>,

    /// Secrets of this namespace with credentials of the registry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 16),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
    )]
    pub image_pull_secrets: Vec<ImagePullSecret>,
}

impl Engine {
    /// The version to run, as written in the spec or by default.
    pub fn version(&self) -> &str {
        self.version.as_deref().unwrap_or(self.kind.default_version())
    }

    /// The image to run: that of the spec, else the public one below the prefix of this type.
    pub fn image(&self, images: &Images) -> String {
        match &self.image {
            Some(image) => image.clone(),
            None => format!("{}:{}", images.repository(self.kind), self.version()),
        }
    }
}

/// The programs that can serve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EngineType {
    /// Ironkeep's own server.
    #[default]
    Ironkeep,
    /// Valkey.
    Valkey,
    /// Redis.
    Redis,
}

impl EngineType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ironkeep, Self::Valkey, Self::Redis];

    /// The word in a spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ironkeep => "ironkeep",
            Self::Valkey => "valkey",
            Self::Redis => "redis",
        }
    }

    /// The server's program in the image.
    pub fn program(self) -> &'static str {
        match self {
            Self::Ironkeep => "ironkeep-server",
            Self::Valkey => "valkey-server",
            Self::Redis => "redis-server",
        }
    }

    /// The version to run when a spec names none.
    pub fn default_version(self) -> &'static str {
        match self {
            Self::Ironkeep => env!("CARGO_PKG_VERSION"),
            Self::Valkey => "9.1",
            Self::Redis => "8.0",
        }
    }

    /// Where its public images are.
    pub fn public_repository(self) -> &'static str {
        match self {
            Self::Ironkeep => "ghcr.io/ironkeep/ironkeep-server",
            Self::Valkey => "docker.io/valkey/valkey",
            Self::Redis => "docker.io/library/redis",
        }
    }
}

impl fmt::Display for EngineType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for EngineType {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or_else(|| format!("{word:?} is no engine: ironkeep, valkey or redis"))
    }
}

/// Operator-wide repositories of images, for registries of one's own. Types that aren't in it use the public ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Images(BTreeMap<EngineType, String>);

impl Images {
    /// Sends all images of `kind` to `repository`, a name without a tag.
    pub fn with(mut self, kind: EngineType, repository: impl Into<String>) -> Self {
        self.0.insert(kind, repository.into());
        self
    }

    /// The repository of an engine's images.
    pub fn repository(&self, kind: EngineType) -> &str {
        self.0.get(&kind).map_or(kind.public_repository(), String::as_str)
    }
}

/// When nodes pull an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ImagePullPolicy {
    /// At every start.
    Always,
    /// When the node doesn't have it.
    IfNotPresent,
    /// Not at all.
    Never,
}

impl ImagePullPolicy {
    /// The word in a pod.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// A secret with credentials of a registry.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct ImagePullSecret {
    /// Its name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}
