//! Parameters of access: passwords, users and what they may touch.

use crate::{
    choices,
    row::{LONG_MAX, int, one_of, optional, text},
};

area! {
    first super::process::NEXT;
    REQUIREPASS "requirepass" => optional().sensitive();
    ACLFILE "aclfile" => text("").immutable().later("access control lists");
    ACLLOG_MAX_LEN "acllog-max-len" => int(0, LONG_MAX, "128").quiet("access control lists");
    ACL_PUBSUB_DEFAULT "acl-pubsub-default" =>
        one_of(choices::ACL_PUBSUB_DEFAULT, "resetchannels").later("access control lists");
    ENABLE_PROTECTED_CONFIGS "enable-protected-configs" =>
        one_of(choices::PROTECTED_ACTION, "no").immutable();
    ENABLE_DEBUG_COMMAND "enable-debug-command" => one_of(choices::PROTECTED_ACTION, "no").immutable();
    ENABLE_MODULE_COMMAND "enable-module-command" =>
        one_of(choices::PROTECTED_ACTION, "no").immutable().quiet("modules");
}
