"""Starts, freezes, measures and stops the servers that are compared: only processes started here."""
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import machine
import resp

READY_WITHIN = 60


class Server:
    """One server, from a command in which {port} and {dir} are filled in."""

    def __init__(self, name, command, cpus=None):
        self.name, self.template, self.cpus = name, command, cpus
        self.process = self.port = self.folder = None

    @classmethod
    def parse(cls, text, cpus=None):
        """NAME=COMMAND; a command that is only a program gets the usual options."""
        name, separator, command = text.partition("=")
        if not separator:
            raise SystemExit(f"bench: not NAME=COMMAND: {text}")
        if " " not in command.strip():
            command += ' --port {port} --bind 127.0.0.1 --save "" --appendonly no --dir {dir}'
        return cls(name, command, cpus)

    def start(self):
        self.port, self.folder = machine.free_port(), tempfile.mkdtemp(prefix=f"bench-{self.name}-")
        argv = shlex.split(self.template.replace("{port}", str(self.port)).replace("{dir}", self.folder))
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                argv, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=machine.pin(self.cpus),
            )  # fmt: skip
        end = time.monotonic() + READY_WITHIN
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                text = self.log.read_text(errors="replace")[-500:]
                self.stop()
                raise SystemExit(f"bench: {self.name} doesn't start:\n{text}")
            time.sleep(0.02)

    @property
    def log(self):
        return Path(self.folder) / "output.log"

    def answers(self):
        try:
            with resp.Connection(self.port, 5) as connection:
                return connection.command("PING") == "PONG"
        except (OSError, EOFError, resp.ReplyError):
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def flush(self):
        with resp.Connection(self.port) as connection:
            connection.command("FLUSHALL")

    def cpu_seconds(self):
        """Time on a CPU of all threads so far, to the nanosecond."""
        total = 0
        tasks = f"/proc/{self.process.pid}/task"
        for task in os.listdir(tasks):
            try:
                total += int(Path(tasks, task, "schedstat").read_text().split()[0])
            except OSError:  # a thread that has just ended
                continue
        return total / 1e9

    def resident_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise SystemExit(f"bench: {self.name} has ended")

    def used_memory(self):
        return int(resp.info(self.port, "memory")["used_memory"])


@contextmanager
def running(servers):
    """All of them, started; stopped on every way out."""
    started = []
    try:
        for server in servers:
            started.append(server)
            server.start()
        yield
    finally:
        for server in started:
            server.stop()


@contextmanager
def alone(server, servers):
    """Freezes the others meanwhile: even an idle server may spin and take CPU from the one that is measured."""
    others = [other for other in servers if other is not server]
    for other in others:
        other.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for other in others:
            other.process.send_signal(signal.SIGCONT)
