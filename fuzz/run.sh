#!/bin/sh
# Builds a fuzz target and runs it: run.sh TARGET SECONDS [libFuzzer options].
# Does what `cargo fuzz run` does, with the compiler of the project. Corpus and findings stay in this folder.
set -eu
[ $# -ge 2 ] || { echo "usage: $0 TARGET SECONDS [libFuzzer options]" >&2; exit 2; }
target=$1 seconds=$2
shift 2
cd -- "$(dirname -- "$0")"
triple=$(rustc -vV | sed -n 's/^host: //p')
# The sanitizer and coverage options of the compiler are not stable ones; this allows them for this run only.
# With a target triple given, build scripts and macros are built without the instrumentation.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Zsanitizer=address -Ccodegen-units=1" \
    cargo build --release --target "$triple" --bin "$target"
mkdir -p "corpus/$target" "artifacts/$target"
exec "target/$triple/release/$target" -max_total_time="$seconds" -artifact_prefix="artifacts/$target/" "$@" \
    "corpus/$target"
