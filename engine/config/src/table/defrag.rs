//! Parameters of active defragmentation.

use crate::row::{LONG_MAX, int, memory, yes_no};

const FEATURE: &str = "active defragmentation";

area! {
    first super::encoding::NEXT;
    ACTIVEDEFRAG "activedefrag" => yes_no("no").later(FEATURE);
    ACTIVE_DEFRAG_CYCLE_MIN "active-defrag-cycle-min" => int(1, 99, "1").quiet(FEATURE);
    ACTIVE_DEFRAG_CYCLE_MAX "active-defrag-cycle-max" => int(1, 99, "25").quiet(FEATURE);
    ACTIVE_DEFRAG_CYCLE_US "active-defrag-cycle-us" => int(0, 100_000, "500").quiet(FEATURE);
    ACTIVE_DEFRAG_THRESHOLD_LOWER "active-defrag-threshold-lower" => int(0, 1000, "10").quiet(FEATURE);
    ACTIVE_DEFRAG_THRESHOLD_UPPER "active-defrag-threshold-upper" => int(0, 1000, "100").quiet(FEATURE);
    ACTIVE_DEFRAG_IGNORE_BYTES "active-defrag-ignore-bytes" =>
        memory(1, LONG_MAX, "104857600").quiet(FEATURE);
    ACTIVE_DEFRAG_MAX_SCAN_FIELDS "active-defrag-max-scan-fields" => int(1, LONG_MAX, "1000").quiet(FEATURE);
}
