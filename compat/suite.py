"""Runs one file of the Tcl suite in a copy of its own and reads what it printed.

Takes a server program and a unit name, gives an Outcome. Every process that the file started is ended,
by its id, whatever happened: a mark in the environment tells them from all others.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

MARK = "IRONKEEP_COMPAT_RUN"
TOOLS = ("valkey-cli", "valkey-benchmark", "valkey-check-rdb", "valkey-check-aof")
PORTS_OF_A_UNIT = 200
EVENT = re.compile(r"^\[(ok|err|skip|ignore|exception|TIMEOUT|ready|testing|\d+/\d+ done)\]: ?", re.MULTILINE)
END_OF_EVENTS = "                   The End"

# Set when the whole run is being given up: units that run end at once.
stopping = threading.Event()


@dataclass
class Settings:
    """How a unit runs."""

    server: Path
    peers: Path
    work: Path
    port: int
    time_limit: int
    not_run: list  # names (or /patterns) of tests that are not even started
    not_run_tags: list  # and the tags of blocks of tests
    only: list = ()  # names of the tests to run, when not all are
    parameters: list = ()  # of the server, with their values


@dataclass
class Outcome:
    """What a unit printed: names of tests that passed and were skipped, and text by name of those that failed."""

    unit: str
    passed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)
    failed: dict = field(default_factory=dict)
    in_time: bool = True
    seconds: float = 0
    log: Path = None

    def add(self, other):
        """Takes in what some tests of the file gave when they ran on their own; the others were left out there."""
        self.passed += other.passed
        self.failed |= other.failed
        self.skipped = [name for name in self.skipped if name not in {*other.passed, *other.failed}]
        self.in_time &= other.in_time
        self.seconds += other.seconds


def run(settings, unit):
    """Runs a unit to its end or its time limit."""
    place = settings.work / (unit.replace("/", "_") + ("_only" if settings.only else ""))
    lay_out(settings, place)
    log = place / "output.log"
    mark = uuid.uuid4().hex
    started = time.monotonic()
    with open(log, "wb") as output:
        suite = subprocess.Popen(
            command(settings, unit, place), cwd=place, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, env=environment(place, mark), start_new_session=True,
        )
        try:
            in_time = wait(suite, started + settings.time_limit)
        finally:
            end_marked(mark)
            suite.wait()
    outcome = parse(unit, log.read_text(errors="replace"))
    outcome.seconds = time.monotonic() - started
    outcome.log = log
    outcome.in_time = in_time
    if not in_time:
        outcome.failed["(file) time limit"] = f"not done after {settings.time_limit} s"
    return outcome


def starts(server, port):
    """True when the server listens soon: else every file would wait for it to the end of its time."""
    mark = uuid.uuid4().hex
    argv = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={**os.environ, MARK: mark}
        )
        try:
            for _ in range(100):
                if process.poll() is None and listens(port):
                    return True
                time.sleep(0.1)
            return False
        finally:
            end_marked(mark)
            process.wait()


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def lay_out(settings, place):
    """A fresh copy of the suite with its own programs: files that run at the same time don't meet."""
    shutil.rmtree(place, ignore_errors=True)
    programs = place / "bin"
    programs.mkdir(parents=True)
    (programs / "valkey-server").symlink_to(settings.server)
    for tool in TOOLS:
        (programs / tool).symlink_to(settings.peers / "bin" / tool)
    source = settings.peers / "valkey-src"
    shutil.copytree(source / "tests", place / "tests")
    shutil.copy(source / "runtest", place / "runtest")
    for folder in ("src", "utils", "deps"):
        (place / folder).symlink_to(source / folder)
    (place / "tests/tmp").mkdir(exist_ok=True)
    (place / "skip").write_text("".join(as_pattern(name) + "\n" for name in settings.not_run))


def as_pattern(name):
    """A test's name as the suite's skip file takes it; names of several lines are known by their words."""
    if name.startswith("/"):
        return name
    return "/^" + r"\s+".join(re.sub(r"([^\w])", r"\\\1", word) for word in name.split()) + "$"


def command(settings, unit, place):
    tags = ["--tags", " ".join(f"-{tag}" for tag in settings.not_run_tags)] if settings.not_run_tags else []
    return [
        "./runtest", *tags, "--single", unit, "--durable", "--clients", "1",
        "--baseport", str(settings.port), "--portcount", str(PORTS_OF_A_UNIT),
        "--timeout", str(settings.time_limit // 3), "--skipfile", str(place / "skip"),
        *(word for name in settings.only for word in ("--only", name)),
        *(["--config", *settings.parameters] if settings.parameters else []),
    ]  # fmt: skip


def environment(place, mark):
    return {**os.environ, "VALKEY_BIN_DIR": str(place / "bin"), "TERM": "dumb", MARK: mark}


def wait(process, deadline):
    """True when the process ended by itself before the deadline."""
    while time.monotonic() < deadline and not stopping.is_set():
        try:
            process.wait(0.5)
            return True
        except subprocess.TimeoutExpired:
            continue
    return False


def end_marked(mark):
    """Ends what the unit started and left running; again until nothing is left, as they may start others."""
    for _ in range(50):
        pids = marked(mark)
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)


def marked(mark):
    """The ids of the processes that carry the mark and still run."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and wanted in Path("/proc", entry, "environ").read_bytes().split(b"\0"):
                found.append(int(entry))
        except OSError:
            continue
    return found


def parse(unit, text):
    """Reads the lines that the suite prints for each test; a name or an error may span lines."""
    outcome = Outcome(unit)
    text = text.split(END_OF_EVENTS)[0]
    events = list(EVENT.finditer(text))
    for event, following in zip(events, [*events[1:], None]):
        body = text[event.end() : following.start() if following else len(text)].strip()
        kind = event.group(1)
        if kind == "ok":
            outcome.passed.append(one_line(re.sub(r" \(\d+ ms\)[^()]*$", "", body)))
        elif kind == "ignore" and (denied := re.search(r"Tag: (\S+) denied", body)):
            outcome.skipped.append(f"tag:{denied.group(1)}")
        elif kind == "skip":
            outcome.skipped.append(one_line(re.sub(r" in tests/\S+\.tcl: .*$", "", body, flags=re.DOTALL)))
        elif kind in ("err", "exception", "TIMEOUT"):
            name, separator, why = body.partition(f" in tests/{unit}.tcl")
            if not separator or kind != "err":
                name, why = f"(file) {body.splitlines()[0][:80] if body else kind}", body
            outcome.failed[one_line(name)] = why.strip()
    if not any(event.group(1).endswith("done") for event in events) and not outcome.failed:
        outcome.failed["(file) not finished"] = text[-2000:]
    return outcome


def one_line(name):
    return " ".join(name.split())
