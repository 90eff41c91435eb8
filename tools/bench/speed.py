"""speed: CPU per operation, throughput and latency of servers side by side.

Takes servers, workloads and pipeline depths; prints a line per measurement, then a table of ratios to the
first server. The figure to trust on a small shared machine is the server's CPU time per operation.
"""
import csv
import io
import resource
import subprocess
import sys
import time

import machine
import servers as processes
import table
from workloads import WORKLOADS

CLIENT_TIMEOUT = 120
RATIOS = ("cpu", "rps", "p99")


def say(*words):
    print(*words, sep="  ", file=sys.stderr, flush=True)


def benchmark(settings, server, workload, pipeline, count):
    """One run of valkey-benchmark with `count` commands; gives its figures and the server's CPU time."""
    depth = max(1, pipeline // workload.commands)  # the tool counts repetitions there
    argv = [
        settings.client, "-h", "127.0.0.1", "-p", server.port, "-c", settings.clients, "-n", count,
        "-P", depth, "-r", workload.keys, "--csv", "--", *workload.command,
    ]  # fmt: skip
    cpu, busy, own, start = server.cpu_seconds(), machine.busy_seconds(), children_cpu(), time.monotonic()
    done = subprocess.run(
        [str(word) for word in argv], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=CLIENT_TIMEOUT, preexec_fn=machine.pin(settings.client_cpus),
    )  # fmt: skip
    cpu, busy, own, wall = (
        server.cpu_seconds() - cpu, machine.busy_seconds() - busy, children_cpu() - own, time.monotonic() - start,
    )  # fmt: skip
    others = max(0, busy - cpu - own) / wall / machine.CPUS * 100
    rows = list(csv.reader(io.StringIO(done.stdout)))
    if done.returncode or not rows or len(rows[-1]) < 8:
        raise SystemExit(f"bench: valkey-benchmark failed on {server.name}: {done.stderr or done.stdout}")
    rps, _average, _least, p50, _p95, p99, _most = map(float, rows[-1][-7:])
    return {"rps": rps, "p50": p50, "p99": p99, "cpu": cpu / count * 1e6, "wall": wall, "others": others}


def children_cpu():
    """CPU seconds of the programs that were started here and have ended: of the benchmark clients."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def count_for(settings, server, workload, pipeline):
    """How many commands take about as long as asked for."""
    unit = settings.clients * pipeline
    whole = lambda count: max(int(count) // unit, 2) * unit  # noqa: E731
    tried = benchmark(settings, server, workload, pipeline, whole(20_000))
    longer = benchmark(settings, server, workload, pipeline, whole(tried["rps"] * settings.seconds / 4))
    return whole(longer["rps"] * settings.seconds)


def measure(settings, servers, workload, pipeline, count):
    """Rounds in which each server runs once; who is first alternates."""
    runs = {server.name: [] for server in servers}
    for turn in range(settings.rounds):
        start = turn % len(servers)
        for server in servers[start:] + servers[:start]:
            with processes.alone(server, servers):
                machine.wait_until_quiet(settings.quiet, at_most=10)
                runs[server.name].append(benchmark(settings, server, workload, pipeline, count))
    return runs


def run(settings, servers):
    """Everything; gives all the figures."""
    results, counts = {}, {}
    for name in settings.workloads:
        # Fresh processes each time: the layout of a process' memory alone can move a result.
        for _instance in range(settings.instances):
            with processes.running(servers):
                for server in servers:
                    WORKLOADS[name].prepare(server.port)
                for pipeline in settings.pipelines:
                    one(settings, servers, name, pipeline, results, counts)
    print(report(results, [server.name for server in servers]))
    return {f"{name} P{pipeline}": runs for (name, pipeline), runs in results.items()}


def one(settings, servers, name, pipeline, results, counts):
    """Measures one row of the table, or adds to it."""
    row, workload = (name, pipeline), WORKLOADS[name]
    if row not in counts:
        with processes.alone(servers[0], servers):
            counts[row] = count_for(settings, servers[0], workload, pipeline)
    runs = measure(settings, servers, workload, pipeline, counts[row])
    for server, more in runs.items():
        results.setdefault(row, {}).setdefault(server, []).extend(more)
    say(f"{name:<8} P{pipeline:<4}", *(line(server, figures) for server, figures in runs.items()))


def line(name, runs):
    figure = lambda key: table.median([run[key] for run in runs])  # noqa: E731
    return f"{name} {figure('cpu'):.3f} us/op {figure('rps') / 1000:.0f} k/s p99 {figure('p99'):.2f} ms"


def report(results, names):
    """The table, with geometric means by pipeline depth and over all rows at its end."""
    base, *others = names
    header = ["workload", "P", f"{base} us/op", "k/s", "p99 ms"]
    header += [f"{name} {what}" for name in others for what in ("us/op", "us/op x", "k/s x", "p99 x")]
    ratios = {
        (row, name): {what: table.ratio(runs[base], runs[name], what) for what in RATIOS}
        for row, runs in results.items() for name in others
    }  # fmt: skip
    rows = [row_of_figures(row, runs, ratios, names) for row, runs in results.items()]
    depths = sorted({pipeline for _, pipeline in results})
    for label, wanted in [*((depth, [depth]) for depth in depths), ("all", depths)]:
        rows.append(row_of_means(label, [row for row in results if row[1] in wanted], ratios, others))
    meanwhile = table.median([run["others"] for runs in results.values() for each in runs.values() for run in each])
    return table.markdown(header, rows) + f"\nother processes used {meanwhile:.0f} % of the machine meanwhile (median)"


def row_of_figures(row, runs, ratios, names):
    base, *others = names
    middle = lambda name, figure: table.median([run[figure] for run in runs[name]])  # noqa: E731
    cells = [*row, f"{middle(base, 'cpu'):.3f}", f"{middle(base, 'rps') / 1000:.0f}", f"{middle(base, 'p99'):.2f}"]
    for name in others:
        cells += [f"{middle(name, 'cpu'):.3f}", *(f"{ratios[row, name][what]:.2f}" for what in RATIOS)]
    return cells


def row_of_means(label, rows, ratios, others):
    cells = ["geo mean", label, "", "", ""]
    for name in others:
        cells += ["", *(f"{table.geometric_mean([ratios[row, name][what] for row in rows]):.2f}" for what in RATIOS)]
    return cells
