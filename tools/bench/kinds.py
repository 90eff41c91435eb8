"""The types of values as `memory` and `pauses` fill them: requests with many members each."""
import resp

KEY = b"value"
MEMBER = b"$16\r\nmember:%09d\r\n"
VALUE = b"$8\r\n%08d\r\n"
SCORE = b"$7\r\n%07d\r\n"
SCATTER = 7_919  # numbers times this, modulo a prime, are in no order
PRIME = 9_999_991

# By type: the command, the member with a number as the request has it, and its words.
KINDS = {
    "set": (b"SADD", lambda n: MEMBER % n, 1),
    "hash": (b"HSET", lambda n: MEMBER % n + VALUE % (n % 100_000_000), 2),
    "zset": (b"ZADD", lambda n: SCORE % (n * SCATTER % PRIME) + MEMBER % n, 2),
    "list": (b"RPUSH", lambda n: MEMBER % n, 1),
}
EACH = 100
PIPELINE = 20


def add(port, kind, first, last, key=KEY):
    """Adds the members numbered first..last-1 to a key, a hundred a command; returns when all are stored."""
    command, member, words = KINDS[kind]
    with resp.Connection(port) as connection:
        for start in range(first, last, EACH * PIPELINE):
            end = min(start + EACH * PIPELINE, last)
            blocks = [(low, min(low + EACH, end)) for low in range(start, end, EACH)]
            request = b"".join(
                b"*%d\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (2 + words * (high - low), len(command), command, len(key), key)
                + b"".join(map(member, range(low, high)))
                for low, high in blocks
            )
            connection.lines(request, len(blocks))


def _each(port, count, request, lines=1, block=5000):
    """Sends the request for every number below `count`; each is answered by so many lines."""
    with resp.Connection(port) as connection:
        for start in range(0, count, block):
            end = min(start + block, count)
            connection.lines(b"".join(map(request, range(start, end))), (end - start) * lines)


def small_hashes(port, count):
    """Hashes of five small fields, each under a key of its own."""
    fields = b"".join(b"$6\r\nfield%d\r\n" % n + VALUE for n in range(5))
    head = b"*12\r\n$4\r\nHSET\r\n" + MEMBER
    _each(port, count, lambda n: (head + fields) % (n, n, n, n, n, n))


def stream_entries(port, count):
    """Entries of two fields, of which a hundred came in the same millisecond."""
    head = b"*7\r\n$4\r\nXADD\r\n$5\r\nvalue\r\n$16\r\n%013d-%02d\r\n$4\r\nname\r\n" + VALUE + b"$5\r\ncount\r\n" + VALUE
    start = 1_700_000_000_000
    _each(port, count, lambda n: head % (start + n // 100, n % 100, n, n * SCATTER % PRIME), lines=2)
