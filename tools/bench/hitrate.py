"""hitrate: how well servers choose what to evict, side by side, by policy.

Each server first takes as many keys as it is to hold; what it uses then becomes its maxmemory, so that all hold the
same number whatever a key costs them. Then keys are asked for, a few of them often (Zipf), and set when missed.
"""
import bisect
import itertools
import random
import sys

import resp
import servers as processes
import table
from workloads import text

POLICIES = ["allkeys-lru", "allkeys-lfu", "allkeys-random"]
VALUE = text(100).encode()
SKEW = 0.9
BLOCK = 200


def sequence(keys, draws):
    """Numbers of keys, the same for every server."""
    weights = itertools.accumulate(1 / (rank + 1) ** SKEW for rank in range(keys))
    sums = list(weights)
    source = random.Random(7)
    return [bisect.bisect(sums, source.random() * sums[-1]) for _ in range(draws)]


def name(number):
    # Spread, so that keys that are asked for often are not those that were loaded first.
    return b"key:%012d" % (number * 7919 % 1_000_003)


def ask(connection, numbers):
    """GETs keys, SETs those that are missing, and gives how many were there."""
    connection.socket.sendall(b"".join(resp.encode("GET", name(number)) for number in numbers))
    missing = [number for number in numbers if connection.reply() is None]
    connection.lines(b"".join(resp.encode("SET", name(number), VALUE) for number in missing), len(missing))
    return len(numbers) - len(missing)


def measure(server, policy, held, numbers):
    """The share of requests that found their key, in the second half of the run."""
    with processes.running([server]), resp.Connection(server.port) as connection:
        for first in range(0, held, BLOCK):
            ask(connection, range(first, min(first + BLOCK, held)))
        connection.command("CONFIG", "SET", "maxmemory-policy", policy)
        connection.command("CONFIG", "SET", "maxmemory", server.used_memory())
        half, hits = len(numbers) // 2, 0
        for first in range(0, len(numbers), BLOCK):
            found = ask(connection, numbers[first : first + BLOCK])
            hits += found if first >= half else 0
        return hits / (len(numbers) - half)


def run(settings, servers):
    numbers = sequence(settings.population, settings.draws)
    results = {}
    for policy in POLICIES:
        for server in servers:
            rate = measure(server, policy, settings.held, numbers)
            results.setdefault(policy, {})[server.name] = rate
            print(f"{server.name}: {policy}: {rate:.4f} found", file=sys.stderr, flush=True)
    names = [server.name for server in servers]
    rows = [[policy, *(f"{rates[each]:.4f}" for each in names)] for policy, rates in results.items()]
    print(table.markdown(["policy", *(f"{each} found" for each in names)], rows))
    return results
