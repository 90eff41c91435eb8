//! What a few parameters ask of a value beyond its kind.
//!
//! Each function takes a parsed value and gives it back, perhaps adjusted, or the message that CONFIG SET
//! shows.

use crate::{
    choices::{SHUTDOWN_NOSAVE, SHUTDOWN_SAVE},
    value::Value,
};
use std::net::{Ipv4Addr, Ipv6Addr};

type Checked = Result<Value, String>;

fn require(holds: bool, value: Value, message: &str) -> Checked {
    if holds { Ok(value) } else { Err(message.to_owned()) }
}

/// `hz` is a hint: what is out of range is brought into it.
pub(crate) fn hz(value: Value) -> Checked {
    Ok(Value::Int(value.int().clamp(1, 500).into()))
}

/// The backlog is never smaller than 16 kB.
pub(crate) fn repl_backlog_size(value: Value) -> Checked {
    Ok(Value::Int(value.int().max(16 << 10).into()))
}

pub(crate) fn hash_seed(value: Value) -> Checked {
    let fits = value.bytes().len() <= 256;
    require(fits, value, "hash-seed must be less than or equal to 256 characters")
}

pub(crate) fn shutdown_flags(value: Value) -> Checked {
    let both = SHUTDOWN_SAVE | SHUTDOWN_NOSAVE;
    let holds = value.flags() & both != both;
    require(holds, value, "shutdown options SAVE and NOSAVE can't be used simultaneously")
}

pub(crate) fn dbfilename(value: Value) -> Checked {
    base_name(value, "dbfilename", "filename")
}

pub(crate) fn appendfilename(value: Value) -> Checked {
    base_name(value, "appendfilename", "filename")
}

pub(crate) fn appenddirname(value: Value) -> Checked {
    base_name(value, "appenddirname", "dirname")
}

fn base_name(value: Value, parameter: &str, what: &str) -> Checked {
    if value.bytes().is_empty() {
        return Err(format!("{parameter} can't be empty"));
    }
    let plain = !value.bytes().iter().any(|byte| matches!(byte, b'/' | b'\\'));
    require(plain, value, &format!("{parameter} can't be a path, just a {what}"))
}

pub(crate) fn cluster_config_file(value: Value) -> Checked {
    let named = !value.bytes().is_empty();
    require(named, value, "cluster-config-file can't be empty")
}

pub(crate) fn announced_ip(value: Value) -> Checked {
    if value.bytes().len() >= 46 {
        return Err("cluster-announce-ip is too long".to_owned());
    }
    let clean = value.bytes().iter().all(is_node_file_byte);
    require(clean, value, "cluster-announce-ip contains invalid character")
}

pub(crate) fn announced_nodename(value: Value) -> Checked {
    let clean = value.bytes().iter().all(is_node_file_byte);
    require(clean, value, "Announced human node name contained invalid character")
}

/// Whether a byte may stand in a field of the nodes file without upsetting its format.
fn is_node_file_byte(byte: &u8) -> bool {
    *byte > b',' && *byte != 0x7f && !b";<=>?@[]^{|}~\\".contains(byte)
}

pub(crate) fn announced_hostname(value: Value) -> Checked {
    if value.bytes().len() >= 256 {
        return Err("Hostnames must be less than 256 characters".to_owned());
    }
    let clean = value.bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    require(clean, value, "Hostnames may only contain alphanumeric characters, hyphens or dots")
}

pub(crate) fn ipv4(value: Value) -> Checked {
    let holds = value.bytes().is_empty() || value.string().parse::<Ipv4Addr>().is_ok();
    require(holds, value, "Invalid IPv4 address")
}

pub(crate) fn ipv6(value: Value) -> Checked {
    let holds = value.bytes().is_empty() || value.string().parse::<Ipv6Addr>().is_ok();
    require(holds, value, "Invalid IPv6 address")
}

pub(crate) fn proc_title_template(value: Value) -> Checked {
    let holds = is_title_template(&value.string());
    require(holds, value, "template format is invalid or contains unknown variables")
}

/// Whether a template names only known variables and comes out as more than blanks. `{{` stands for a brace.
fn is_title_template(template: &str) -> bool {
    const KNOWN: [&str; 7] =
        ["title", "listen-addr", "server-mode", "config-file", "port", "tls-port", "unixsocket"];
    // Variables whose text is never empty; the others may be, and then do not make a title.
    const NEVER_EMPTY: [&str; 4] = ["listen-addr", "config-file", "port", "tls-port"];
    let mut visible = false;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        visible |= before.contains(|c| c != ' ');
        if let Some(quoted) = after.strip_prefix('{') {
            visible = true;
            rest = quoted;
            continue;
        }
        let Some((variable, after)) = after.split_once('}') else { return false };
        if !KNOWN.contains(&variable) {
            return false;
        }
        visible |= NEVER_EMPTY.contains(&variable);
        rest = after;
    }
    visible || rest.contains(|c| c != ' ')
}
