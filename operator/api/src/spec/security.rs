//! Users and encryption. Field by field what other operators have, so that a conversion is mechanical.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A user with password and permissions.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Its name. Names that begin with `_` belong to the operator.
    #[schemars(regex(pattern = r"^[a-zA-Z0-9][a-zA-Z0-9._@-]*$"), length(min = 1, max = 64))]
    pub name: String,

    /// Whether it may log in.
    #[serde(default = "yes")]
    pub enabled: bool,

    /// Where its passwords are. Several may hold at once, so that they can be changed without an outage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_secret: Option<PasswordSecret>,

    /// Whether it may log in without a password.
    #[serde(default)]
    pub nopass: bool,

    /// Which commands it may run.
    #[serde(default)]
    pub commands: CommandRules,

    /// Which keys it may use.
    #[serde(default)]
    pub keys: KeyRules,

    /// Which channels it may use.
    #[serde(default)]
    pub channels: ChannelRules,

    /// Rules as ACL SETUSER takes them, after all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub permissions: Option<String>,
}

/// Passwords in a secret of this namespace.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct PasswordSecret {
    /// The secret's name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,

    /// The keys in it, each a password. Default: the user's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(min = 1, max = 253)))]
    pub keys: Vec<String>,
}

/// Which commands a user may run.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct CommandRules {
    /// Commands, subcommands (`config|get`) and categories (`@read`) that it may run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(min = 1, max = 64)))]
    pub allow: Vec<String>,

    /// What it may not run of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(min = 1, max = 64)))]
    pub deny: Vec<String>,
}

/// Which keys a user may use, as glob patterns.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyRules {
    /// Keys to read and write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(min = 1, max = 512)))]
    pub read_write: Vec<String>,

    /// Keys to read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(min = 1, max = 512)))]
    pub read_only: Vec<String>,

    /// Keys to write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(min = 1, max = 512)))]
    pub write_only: Vec<String>,
}

/// Which channels a user may use, as glob patterns.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct ChannelRules {
    /// Patterns of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(min = 1, max = 512)))]
    pub patterns: Vec<String>,
}

/// Encryption of all connections.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Tls {
    /// Where the certificates are.
    pub certificates: Certificates,
}

/// Certificates by their use.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Certificates {
    /// What the servers show to clients and to each other.
    pub server: ServerCertificate,
}

/// A certificate in a secret of this namespace.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerCertificate {
    /// A secret with the keys `ca.crt`, `tls.crt` and `tls.key`.
    #[schemars(length(min = 1, max = 253))]
    pub secret_name: String,
}

fn yes() -> bool {
    true
}
