"""What the machine does meanwhile: CPU pinning, how busy others are, free ports."""
import os
import socket
import time

CPUS = os.cpu_count() or 1
TICKS = os.sysconf("SC_CLK_TCK")


def pin(cpus):
    """A function for a child process that confines it to the CPUs ("0" or "0,2"); None means anywhere."""
    if not cpus:
        return None
    wanted = {int(cpu) for cpu in cpus.split(",")} & os.sched_getaffinity(0)
    return (lambda: os.sched_setaffinity(0, wanted)) if wanted else None


def busy_seconds():
    """CPU seconds that the whole machine has worked (and that were stolen from it) since boot."""
    with open("/proc/stat") as stat:
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def wait_until_quiet(percent, at_most):
    """Returns when others use less than `percent` of the machine, or after `at_most` seconds."""
    end = time.monotonic() + at_most
    while True:
        before = busy_seconds()
        time.sleep(0.2)
        if (busy_seconds() - before) / 0.2 / CPUS * 100 < percent or time.monotonic() > end:
            return


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
