"""A small RESP2 client and a bulk loader. Loopback only; every call has a time-out."""
import socket

HOST = "127.0.0.1"
TIMEOUT = 120


class ReplyError(Exception):
    """The server answered with an error."""


def encode(*words):
    """A command as bytes."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        word = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(word), word))
    return b"".join(parts)


class Connection:
    """One connection; use it in a with statement."""

    def __init__(self, port, timeout=TIMEOUT):
        self.socket = socket.create_connection((HOST, port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.socket.makefile("rb", 1 << 16)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def command(self, *words):
        self.socket.sendall(encode(*words))
        return self.reply()

    def reply(self):
        line = self.stream.readline()
        if not line:
            raise EOFError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise ReplyError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.stream.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return rest.decode(errors="replace")

    def lines(self, request, count):
        """Sends bytes that are answered by `count` lines without an error among them."""
        self.socket.sendall(request)
        while count > 0:
            answer = self.socket.recv(1 << 18)
            if not answer:
                raise EOFError("the server closed the connection")
            if answer[:1] == b"-" or b"\n-" in answer:
                raise ReplyError(answer[:200].decode(errors="replace"))
            count -= answer.count(b"\n")


def info(port, section):
    """A section of INFO as a dictionary of strings."""
    with Connection(port) as connection:
        text = connection.command("INFO", section).decode(errors="replace")
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def load_strings(port, first, last, value, name=b"key:%012d", block=5000):
    """SETs the keys numbered first..last-1; returns when all are stored."""
    key_size = len(name % 0)
    pattern = b"*3\r\n$3\r\nSET\r\n$%d\r\n" % key_size + name + b"\r\n$%d\r\n" % len(value) + value + b"\r\n"
    with Connection(port) as connection:
        for start in range(first, last, block):
            end = min(start + block, last)
            connection.lines(b"".join([pattern % number for number in range(start, end)]), end - start)
