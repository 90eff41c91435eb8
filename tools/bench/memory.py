"""memory: bytes per key of servers side by side, by value size and number of keys, and bytes per member of the types.

Per server and value size a fresh process is loaded with 16-byte keys up to each fill point; counted is
what used_memory and the resident set have grown by since it was empty. The same for members of one large value of
each type, for entries of a stream, and for keys with small hashes.
"""
import sys

import kinds
import resp
import servers as processes
import table
from workloads import text


def fill(server, size, points):
    """(used, resident) bytes per key at each of the fill points."""
    figures = []
    with processes.running([server]):
        used, resident, loaded = server.used_memory(), server.resident_bytes(), 0
        for keys in sorted(points):
            resp.load_strings(server.port, loaded, keys, text(size).encode())
            loaded = keys
            figures.append(((server.used_memory() - used) / keys, (server.resident_bytes() - resident) / keys))
            print(f"{server.name}: {keys} keys of {size} bytes: {figures[-1][1]:.1f} resident", file=sys.stderr, flush=True)
    return figures


def members(server, what, count):
    """(used, resident) bytes per member (per key for small hashes)."""
    with processes.running([server]):
        used, resident = server.used_memory(), server.resident_bytes()
        try:
            PER_MEMBER[what](server.port, count)
        except resp.ReplyError as error:
            line = str(error).partition("\r")[0]
            raise SystemExit(f"bench: {server.name}: {what}: {line}") from error
        figures = (server.used_memory() - used) / count, (server.resident_bytes() - resident) / count
        print(f"{server.name}: {count} x {what}: {figures[1]:.1f} resident", file=sys.stderr, flush=True)
        return figures


def one_value(kind):
    return lambda port, count: kinds.add(port, kind, 0, count)


PER_MEMBER = {
    "hash of 5 fields": kinds.small_hashes,
    "field of a hash, 16+8 B": one_value("hash"),
    "member of a set, 16 B": one_value("set"),
    "member of a sorted set, 16 B": one_value("zset"),
    "element of a list, 16 B": one_value("list"),
    "entry of a stream, 2 x 8 B": kinds.stream_entries,
}


def run(settings, servers):
    names, results = [server.name for server in servers], {}
    for size in settings.sizes:
        for server in servers:
            for keys, figures in zip(sorted(settings.keys), fill(server, size, settings.keys)):
                results.setdefault((f"string of {size} B", keys), {})[server.name] = figures
    if results:
        print(report(results, names), end="\n\n")
    typed = {}
    for what in PER_MEMBER if settings.members else []:
        for server in servers:
            typed.setdefault((what, settings.members), {})[server.name] = members(server, what, settings.members)
    if typed:
        print(report(typed, names))
    return {f"{what}, {count}": figures for (what, count), figures in {**results, **typed}.items()}


def report(results, names):
    base, *others = names
    header = ["what", "how many", f"{base} used each", f"{base} RSS each"]
    header += [f"{name} {what}" for name in others for what in ("used each", "RSS each", "used x", "RSS x")]
    rows, ratios = [], {(name, which): [] for name in others for which in (0, 1)}
    for (what, count), figures in results.items():
        row = [what, count, *(f"{figure:.1f}" for figure in figures[base])]
        for name in others:
            row += [f"{figure:.1f}" for figure in figures[name]]
            for which in (0, 1):
                ratios[name, which].append(figures[name][which] / figures[base][which])
                row.append(f"{ratios[name, which][-1]:.2f}")
        rows.append(row)
    last = ["geo mean", "", "", ""]
    for name in others:
        last += ["", "", *(f"{table.geometric_mean(ratios[name, which]):.2f}" for which in (0, 1))]
    return table.markdown(header, [*rows, last])
