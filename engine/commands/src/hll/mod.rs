//! Commands on HyperLogLogs.
