//! The account that pods run as. Servers have no business with the Kubernetes API: no token.

use super::{Parts, object};
use crate::desired::Object;
use ironkeep_api::names;
use k8s_openapi::api::core::v1::ServiceAccount;

/// The account.
pub fn account(parts: &Parts) -> Object {
    let name = names::service_account(parts.name());
    let account = ServiceAccount {
        metadata: parts.metadata(name.clone()),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    object(&name, &account)
}
