//! Parameters of TLS, all of which wait for TLS.

use crate::{
    choices,
    row::{INT_MAX, int, one_of, optional, yes_no},
};

const TLS: &str = "TLS";

area! {
    first super::security::NEXT;
    TLS_PORT "tls-port" => int(0, 65535, "0").later(TLS);
    TLS_SESSION_CACHE_SIZE "tls-session-cache-size" => int(0, INT_MAX, "20480").later(TLS);
    TLS_SESSION_CACHE_TIMEOUT "tls-session-cache-timeout" => int(0, INT_MAX, "300").later(TLS);
    TLS_AUTO_RELOAD_INTERVAL "tls-auto-reload-interval" => int(0, INT_MAX, "0").later(TLS);
    TLS_CLUSTER "tls-cluster" => yes_no("no").later(TLS);
    TLS_REPLICATION "tls-replication" => yes_no("no").later(TLS);
    TLS_AUTH_CLIENTS "tls-auth-clients" => one_of(choices::TLS_AUTH_CLIENTS, "yes").later(TLS);
    TLS_AUTH_CLIENTS_USER "tls-auth-clients-user" => one_of(choices::TLS_AUTH_CLIENTS_USER, "off").later(TLS);
    TLS_PREFER_SERVER_CIPHERS "tls-prefer-server-ciphers" => yes_no("no").later(TLS);
    TLS_SESSION_CACHING "tls-session-caching" => yes_no("yes").later(TLS);
    TLS_CERT_FILE "tls-cert-file" => optional().later(TLS);
    TLS_KEY_FILE "tls-key-file" => optional().later(TLS);
    TLS_KEY_FILE_PASS "tls-key-file-pass" => optional().sensitive().later(TLS);
    TLS_CLIENT_CERT_FILE "tls-client-cert-file" => optional().later(TLS);
    TLS_CLIENT_KEY_FILE "tls-client-key-file" => optional().later(TLS);
    TLS_CLIENT_KEY_FILE_PASS "tls-client-key-file-pass" => optional().sensitive().later(TLS);
    TLS_DH_PARAMS_FILE "tls-dh-params-file" => optional().later(TLS);
    TLS_CA_CERT_FILE "tls-ca-cert-file" => optional().later(TLS);
    TLS_CA_CERT_DIR "tls-ca-cert-dir" => optional().later(TLS);
    TLS_PROTOCOLS "tls-protocols" => optional().later(TLS);
    TLS_CIPHERS "tls-ciphers" => optional().later(TLS);
    TLS_CIPHERSUITES "tls-ciphersuites" => optional().later(TLS);
}
