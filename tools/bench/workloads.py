"""The workloads of `speed`: a command for valkey-benchmark and the data that must be there first."""
from dataclasses import dataclass

import resp

MILLION = 1_000_000
SHORT_KEY = "key:__rand_int__"  # 16 bytes
LONG_KEY = "k" * 51 + ":__rand_int__"  # 64 bytes
COUNTER = "ctr:__rand_int__"


def text(size):
    """A value of so many bytes."""
    return ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-" * (size // 64 + 1))[:size]


@dataclass
class Workload:
    """Commands separated by ";" are sent one after the other."""

    command: list
    key: str
    value: str
    keys: int = MILLION

    @property
    def commands(self):
        """How many commands one repetition sends."""
        return 1 + self.command.count(";")

    def prepare(self, port):
        """Stores every key that the workload may touch."""
        name = self.key.replace("__rand_int__", "%012d").encode()
        resp.load_strings(port, 0, self.keys, self.value.encode(), name)


def words(line):
    return line.split()


WORKLOADS = {
    "set16": Workload(words(f"SET {SHORT_KEY} {text(16)}"), SHORT_KEY, text(16)),
    "get16": Workload(words(f"GET {SHORT_KEY}"), SHORT_KEY, text(16)),
    "set256": Workload(words(f"SET {LONG_KEY} {text(256)}"), LONG_KEY, text(256)),
    "get256": Workload(words(f"GET {LONG_KEY}"), LONG_KEY, text(256)),
    "mix256": Workload(words(f"SET {LONG_KEY} {text(256)} ; GET {LONG_KEY}"), LONG_KEY, text(256)),
    "incr": Workload(words(f"INCR {COUNTER}"), COUNTER, "1"),
    "mset10": Workload(words("MSET" + f" {SHORT_KEY} {text(16)}" * 10), SHORT_KEY, text(16)),
    "set4k": Workload(words(f"SET {SHORT_KEY} {text(4096)}"), SHORT_KEY, text(4096), keys=100_000),
    "get4k": Workload(words(f"GET {SHORT_KEY}"), SHORT_KEY, text(4096), keys=100_000),
}
USUAL = "set16,get16,set256,get256,mix256,incr,mset10"
