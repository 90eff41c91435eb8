"""What the machine does meanwhile: CPU pinning, how busy others are, free ports."""
import os
import signal
import socket
import time
from contextlib import contextmanager

CPUS = os.cpu_count() or 1
ALLOWED = os.sched_getaffinity(0)
TICKS = os.sysconf("SC_CLK_TCK")


def pin(cpus):
    """A function for a child process that confines it to the CPUs ("0" or "0,2"); None means anywhere."""
    if not cpus:
        return None
    wanted = {int(cpu) for cpu in cpus.split(",")} & os.sched_getaffinity(0)
    return (lambda: os.sched_setaffinity(0, wanted)) if wanted else None


def confine(cpus):
    """Confines this process to the CPUs."""
    confined = pin(cpus)
    if confined:
        confined()


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


def hurry():
    """Puts this process before all others, where it may: what is measured is the server, not who else wants a CPU."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    except PermissionError:
        pass


@contextmanager
def awake():
    """Keeps every CPU from falling asleep, by work that gives way to all other.

    A CPU of a virtual machine that has nothing to do is given back to the host, and to have it again takes some
    milliseconds now and then: three to seven here, several times a second, and none where a CPU is never idle.
    """
    parent = os.getpid()
    idlers = [_idle(cpu, parent) for cpu in ALLOWED]
    try:
        yield
    finally:
        for idler in idlers:
            os.kill(idler, signal.SIGKILL)
            os.waitpid(idler, 0)


def _idle(cpu, parent):
    child = os.fork()
    if child:
        return child
    try:
        os.sched_setaffinity(0, {cpu})
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        while os.getppid() == parent:
            for _ in range(100_000):
                pass
    finally:
        os._exit(0)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
