"""pauses: how long one client waits while another does something to a large value, side by side.

A server is started afresh for every type. A value of so many members is filled, copied, renamed and so on; all the
while a process of its own sends PING, SET and GET on another connection, one after the other, and notes the
longest wait.

What the machine adds is more than what a good server does: a virtual CPU is away for some milliseconds now and then.
But it is seldom away at the same moment of the work, while a server that halts to do something does so every time. So
what takes long is done in parts, all is done several times, and of each part the shortest longest wait counts; of
these the longest is told. The first row of each type, with nothing going on, tells what the machine adds nevertheless.
"""
import multiprocessing
import socket
import sys
import time
from functools import partial

import kinds
import machine
import resp
import servers as processes
import table

REQUESTS = [resp.encode("PING"), resp.encode("SET", "probe", "x"), resp.encode("GET", "probe")]
COPY, RENAMED = b"copy", b"renamed"
# How long a value may take to be freed or to expire after the command, and how often that is looked at.
SETTLES_WITHIN = 60
LOOK = 0.25
# Parts of a step that takes long, and of the time after each step, in which memory is freed in the background.
PARTS = 200
AFTER = 100
PAUSE = 0.005


class Probe:
    """A process that waits for replies and notes the longest wait; use it in a with statement."""

    def __init__(self, port, cpus):
        context = multiprocessing.get_context("fork")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_probe, args=(port, cpus, other), daemon=True)

    def __enter__(self):
        self.process.start()
        self.longest()  # it is connected
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()

    def longest(self):
        """The longest wait since this was last asked, in milliseconds."""
        self.pipe.send(None)
        if not self.pipe.poll(SETTLES_WITHIN):
            raise SystemExit("bench: a client got no reply for a minute")
        return self.pipe.recv()


def _probe(port, cpus, pipe):
    machine.confine(cpus)
    machine.hurry()
    with socket.create_connection((resp.HOST, port), timeout=resp.TIMEOUT) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        longest = 0
        while True:
            for request in REQUESTS:
                start = time.perf_counter()
                connection.sendall(request)
                if not connection.recv(100):
                    return
                longest = max(longest, time.perf_counter() - start)
            if pipe.poll():
                pipe.recv()
                pipe.send(longest * 1000)
                longest = 0


def pause():
    time.sleep(PAUSE)


class Run:
    """One type on one server: the steps, and the longest wait in each, at best."""

    def __init__(self, server, kind, members, probe):
        self.server, self.kind, self.members, self.probe = server, kind, members, probe
        self.figures = {}

    def round(self):
        self.measure("nothing", [pause] * PARTS)
        self.measure("filling", self.adding(0, self.members, kinds.KEY))
        self.measure("COPY", [lambda: self.command("COPY", kinds.KEY, COPY)])
        more = self.members + max(self.members // 10, 1)
        self.measure("adding to the copy", self.adding(self.members, more, COPY))
        self.measure("RENAME", [lambda: self.command("RENAME", COPY, RENAMED)])
        # From here on the value belongs to one key alone.
        self.command("UNLINK", RENAMED)
        self.settle()
        self.measure("UNLINK", [lambda: self.command("UNLINK", kinds.KEY)])
        self.fill()
        self.measure("DEL", [lambda: self.command("DEL", kinds.KEY)])
        self.fill()
        self.measure("expiry", [self.expire])

    def measure(self, step, parts):
        self.probe.longest()
        start, waits = time.monotonic(), []
        for part in parts + [pause] * AFTER:
            part()
            waits.append(self.probe.longest())
        self.settle()
        least = self.figures.get(step, waits)
        self.figures[step] = [min(pair) for pair in zip(waits, least)]
        print(
            f"{self.server.name}: {self.kind}: {step}: {time.monotonic() - start:.1f} s, longest wait "
            f"{max(waits):.2f} ms, at best {max(self.figures[step]):.2f} ms",
            file=sys.stderr, flush=True,
        )  # fmt: skip

    def adding(self, first, last, key):
        """Parts that add the members numbered first..last-1."""
        bounds = [first + (last - first) * part // PARTS for part in range(PARTS + 1)]
        return [partial(kinds.add, self.server.port, self.kind, low, high, key) for low, high in zip(bounds, bounds[1:])]

    def command(self, *words):
        with resp.Connection(self.server.port) as connection:
            if not connection.command(*words):
                raise SystemExit(f"bench: {self.server.name}: {words[0]} had nothing to do")

    def fill(self):
        kinds.add(self.server.port, self.kind, 0, self.members)

    def expire(self):
        with resp.Connection(self.server.port) as connection:
            connection.command("PEXPIRE", kinds.KEY, 1)
            end = time.monotonic() + SETTLES_WITHIN
            while connection.command("DBSIZE") > 1:  # the key of the probe stays
                if time.monotonic() > end:
                    raise SystemExit(f"bench: {self.server.name}: the key does not expire")
                time.sleep(LOOK / 10)

    def settle(self):
        """Waits while memory is still being freed in the background."""
        end, before = time.monotonic() + SETTLES_WITHIN, None
        while (used := self.server.used_memory()) != before and time.monotonic() < end:
            if before is not None and abs(used - before) < 1 << 16:
                return
            before = used
            time.sleep(LOOK)


def measure(settings, server, kind):
    """The longest wait in each step, in milliseconds."""
    with processes.running([server]), Probe(server.port, settings.client_cpus) as probe:
        run = Run(server, kind, settings.members, probe)
        try:
            for _ in range(settings.rounds):
                machine.wait_until_quiet(settings.quiet, at_most=10)
                with machine.awake():
                    run.round()
        except resp.ReplyError as error:
            line = str(error).partition("\r")[0]
            raise SystemExit(f"bench: {server.name}: {kind}: {line}") from error
    return {step: max(waits) for step, waits in run.figures.items()}


def run(settings, servers):
    machine.confine(settings.client_cpus)  # who fills the value doesn't take the server's CPU
    results = {}
    for kind in settings.kinds:
        for server in servers:
            figures = measure(settings, server, kind)
            for step, longest in figures.items():
                results.setdefault((kind, step), {})[server.name] = longest
    print(report(results, settings.members, [server.name for server in servers]))
    return {f"{kind}: {step}": figures for (kind, step), figures in results.items()}


def report(results, members, names):
    base, *others = names
    header = [f"{members} members", "while", *(f"{name} ms" for name in names), *(f"{name} x" for name in others)]
    rows = []
    for kind, step in results:
        figures = results[kind, step]
        ratios = [f"{figures[name] / figures[base]:.3f}" for name in others]
        rows.append([kind, step, *(f"{figures[name]:.2f}" for name in names), *ratios])
    return table.markdown(header, rows)
