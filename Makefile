# The only door to this repository: `make` tells what there is.
# Works on a bare Debian machine with a Rust toolchain: what else a task needs is installed first (tools/deps).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SERVER := target/release/ironkeep-server
OPERATOR := target/release/ironkeep-operator
CRD := crds/valkeyclusters.ironkeep.io.yaml
HOST = $(shell rustc -vV | sed -n 's/^host: //p')
SECONDS_PER_FUZZ_TARGET ?= 30
ARGS ?=

# Tests that need a real Valkey use this one when it is there; with CI=true they fail when it is not.
ifneq ($(wildcard .peers/bin/valkey-server),)
export IRONKEEP_PEERS ?= $(CURDIR)/.peers
endif

.PHONY: help build run local demo test check sim crds e2e localkube peers peers-all differential compat compat-record compat-ceiling bench bench-memory bench-pauses bench-hitrate count sanitize miri fuzz deps clean

help: ## Show this list
	@echo "Ironkeep. Usage: make TASK"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the server and the operator for release (target/release)
	@tools/deps build
	cargo build --release -p ironkeep-server -p ironkeep-operator

run: build ## Start the server in the foreground: make run ARGS="--port 7000"
	exec $(SERVER) $(ARGS)

local: build peers-all ## Run a cluster on this machine: make local ARGS="-f deploy/samples/cluster-valkey.yaml"
	exec $(OPERATOR) local --engines .peers/bin $(or $(ARGS),-f deploy/samples/cluster-valkey.yaml)

demo: build peers ## The server and a local cluster: start them, talk to them, break the cluster, stop them (a minute)
	@tools/demo/server $(SERVER)
	@tools/demo/cluster $(OPERATOR)

test: check ## All that must hold: format, lints, scripts, and every cargo test
	cargo test --workspace

check: ## Format, lints (warnings are errors) and the project's own scripts
	@tools/deps test
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@tools/check
	@tools/dependencies

peers: ## Unpack stock Valkey 9.1 (and its test suite) and Redis 8 into .peers
	@tools/deps bench
	@tools/peers

peers-all: ## The same with Valkey 8.1, Valkey 8.0 and Redis 7.0
	@tools/deps bench
	@tools/peers all

sim: ## Run the planner in made-up worlds full of faults: make sim SEEDS=0..20000; one seed alone tells everything
	SEEDS=$(or $(SEEDS),0..5000) cargo test -p ironkeep-core --test model -- --ignored --nocapture

crds: ## Write the custom resource's definition anew, after a change of its types
	cargo run -q -p ironkeep-api --bin crds > $(CRD).new
	mv $(CRD).new $(CRD)
	cp $(CRD) charts/ironkeep-operator/files/

e2e: peers-all ## The operator on a real Kubernetes: KUBECONFIG's, or one that is started here (root, Debian)
	@tools/deps build
	@e2e/run $(ARGS)

localkube: ## A real Kubernetes on this machine: make localkube ARGS="up --nodes 2" (down, status, kubectl ...)
	@e2e/localkube/localkube $(ARGS)

differential: peers ## Random commands to ours and to Valkey 9.1 must get the same replies: make differential MINUTES=10 SEED=1
	IRONKEEP_PEERS=$(CURDIR)/.peers IRONKEEP_SEED=$(or $(SEED),$(shell date +%s)) IRONKEEP_DIFF_MINUTES=$(or $(MINUTES),10) \
	    cargo test -p ironkeep-server --test differential -- --nocapture answers_like_valkey

compat: build peers ## Valkey's own test suite against ours: make compat ARGS="--only unit/expire --verbose"
	@tools/deps compat
	@compat/run $(ARGS)

compat-record: build peers ## The same, and write what passed into compat/recorded.txt (counts only rise)
	@tools/deps compat
	@compat/run --record $(ARGS)

compat-ceiling: peers ## Count what the real Valkey passes, into compat/ceiling.txt
	@tools/deps compat
	@compat/run --server .peers/bin/valkey-server --ceiling $(ARGS)

bench: build peers ## Speed of ours against Valkey 9.1 in one run: make bench ARGS="--rounds 9"
	@tools/bench/run speed $(ARGS)

bench-memory: build peers ## Bytes per key, and per member of every type, of ours against Valkey 9.1
	@tools/bench/run memory $(ARGS)

bench-pauses: build peers ## How long clients wait while something is done to a value of 5,000,000 members, ours and Valkey 9.1
	@tools/bench/run pauses $(ARGS)

bench-hitrate: build peers ## How well keys are chosen for eviction, ours and Valkey 9.1
	@tools/bench/run hitrate $(ARGS)

count: build ## Instructions per operation of ours
	@tools/deps count
	@tools/bench/instructions $(ARGS)

sanitize: ## Tests of the crates with unsafe code under the address sanitizer
	@tools/deps build
	RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --target $(HOST) --target-dir target/asan \
	    -p ironkeep-values -p ironkeep-keyspace -p ironkeep-commands

miri: ## Tests of the keyspace under miri, where a nightly toolchain with miri is installed
	@cargo +nightly miri --version >/dev/null 2>&1 || { echo "miri: not there; rustup +nightly component add miri"; exit 1; }
	MIRIFLAGS="-Zmiri-permissive-provenance -Zmiri-disable-isolation" cargo +nightly miri test -p ironkeep-keyspace

fuzz: ## Run every fuzz target for SECONDS_PER_FUZZ_TARGET (30)
	@tools/deps build
	@tools/fuzz $(SECONDS_PER_FUZZ_TARGET)

deps: ## Install what any task needs and is missing (Debian, as root)
	@tools/deps all && echo "deps: all there"

clean: ## Remove what was built, and the peers
	cargo clean
	rm -rf .peers .work
	[ ! -e .localkube ] || { e2e/localkube/localkube down && rm -rf .localkube; }
