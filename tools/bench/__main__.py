"""Compares servers in one run, on this machine, over loopback, and prints ratios to the first of them.

  tools/bench/run speed                        ours against Valkey 9.1 (from .peers)
  tools/bench/run speed --workloads get16 --pipeline 16 --rounds 9
  tools/bench/run memory --keys 1000000        bytes per key, and per member of every type
  tools/bench/run memory --sizes none          per member only
  tools/bench/run pauses --members 1000000     how long others wait while something is done to a large value
  tools/bench/run hitrate                      how well keys are chosen for eviction
  tools/bench/run speed a=/path/server b='/path/other --port {port} --dir {dir} --some option'

A ratio below 1 means less than the first server: good for us/op, p99 and bytes, bad for k/s.
"""
import argparse
import json
import signal
import sys
from pathlib import Path

import hitrate
import kinds
import memory
import pauses
import speed
from servers import Server
from workloads import USUAL, WORKLOADS

REPO = Path(__file__).resolve().parent.parent.parent

MOST_MEMBERS = 100_000_000  # numbers have nine digits


def numbers(text):
    return [] if text == "none" else [int(number) for number in text.split(",")]


def arguments():
    parser = argparse.ArgumentParser(
        prog="tools/bench/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = [f"valkey={REPO}/.peers/bin/valkey-server", f"ironkeep={REPO}/target/release/ironkeep-server"]
    parser.add_argument("mode", choices=["speed", "memory", "pauses", "hitrate"])
    parser.add_argument("servers", nargs="*", metavar="NAME=COMMAND", default=usual)
    parser.add_argument("--pin", default="0:1", help="CPUs of the server:of the client, or none")
    parser.add_argument("--json", type=Path, help="write all figures there too")
    group = parser.add_argument_group("speed")
    group.add_argument("--workloads", default=USUAL, type=lambda text: text.split(","), help=" ".join(WORKLOADS))
    group.add_argument("--pipeline", dest="pipelines", type=numbers, default=[1, 16, 100])
    group.add_argument("--clients", type=int, default=50)
    group.add_argument("--instances", type=int, default=1, help="start the servers afresh this often, --rounds each")
    group.add_argument("--seconds", type=float, default=1.0, help="of one run")
    group.add_argument("--client", default=f"{REPO}/.peers/bin/valkey-benchmark")
    group = parser.add_argument_group("speed, pauses")
    group.add_argument("--rounds", type=int, default=5)
    group.add_argument("--quiet", type=float, default=6, help="wait until others use less than this %% of the machine")
    group = parser.add_argument_group("memory")
    group.add_argument("--keys", type=numbers, default=[1_000_000, 5_000_000])
    group.add_argument("--sizes", type=numbers, default=[16, 64, 200])
    group = parser.add_argument_group("memory, pauses")
    group.add_argument("--members", type=int, help="of one value; default 1,000,000 (memory), 5,000,000 (pauses)")
    group = parser.add_argument_group("pauses")
    group.add_argument("--kinds", type=lambda text: text.split(","), default=list(kinds.KINDS), help=" ".join(kinds.KINDS))
    group = parser.add_argument_group("hitrate")
    group.add_argument("--population", type=int, default=200_000, help="keys that are asked for")
    group.add_argument("--held", type=int, default=40_000, help="keys that there is memory for")
    group.add_argument("--draws", type=int, default=600_000, help="requests")
    settings = parser.parse_args()
    if settings.members is None:
        settings.members = 5_000_000 if settings.mode == "pauses" else 1_000_000
    if not 0 <= settings.members <= MOST_MEMBERS:
        parser.error(f"--members must be at most {MOST_MEMBERS}")
    unknown = [name for name in settings.workloads if name not in WORKLOADS]
    if unknown:
        parser.error(f"no such workload: {', '.join(unknown)}")
    if not set(settings.kinds) <= set(kinds.KINDS):
        parser.error(f"no such type among {', '.join(settings.kinds)}")
    if settings.rounds < 1:
        parser.error("--rounds must be at least 1")
    return settings


def main():
    settings = arguments()
    # Ended from outside: leave by an exception, so that the servers are stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended"))
    server_cpus, _, settings.client_cpus = ("", "", "") if settings.pin == "none" else settings.pin.partition(":")
    servers = [Server.parse(text, server_cpus) for text in settings.servers]
    results = {"speed": speed, "memory": memory, "pauses": pauses, "hitrate": hitrate}[settings.mode].run(settings, servers)
    if settings.json:
        settings.json.write_text(json.dumps(results, indent=1))


main()
