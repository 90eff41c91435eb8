"""memory: bytes per key of servers side by side, by value size and number of keys.

Per server and value size a fresh process is loaded with 16-byte keys up to each fill point; counted is
what used_memory and the resident set have grown by since it was empty.
"""
import sys

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


def run(settings, servers):
    results = {}
    for size in settings.sizes:
        for server in servers:
            for keys, figures in zip(sorted(settings.keys), fill(server, size, settings.keys)):
                results.setdefault((size, keys), {})[server.name] = figures
    print(report(results, [server.name for server in servers]))
    return {f"{size} B, {keys} keys": figures for (size, keys), figures in results.items()}


def report(results, names):
    base, *others = names
    header = ["value", "keys", f"{base} used/key", f"{base} RSS/key"]
    header += [f"{name} {what}" for name in others for what in ("used/key", "RSS/key", "used x", "RSS x")]
    rows, ratios = [], {(name, which): [] for name in others for which in (0, 1)}
    for (size, keys), figures in results.items():
        row = [size, keys, *(f"{figure:.1f}" for figure in figures[base])]
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
