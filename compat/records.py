"""The three books that stand beside this file: ceiling.txt, recorded.txt and skips.txt.

ceiling.txt   unit count           what the real server passes; also the list of files that run
recorded.txt  unit count           what ours has passed; a run that passes less fails
skips.txt     unit | test | why    tests that may fail, each with what it waits for. A test that starts
                                   with / is a regular expression. When the reason starts with "not run:"
                                   the test isn't even started (it would hang or spoil those after it).
                                   "one thread:" is no excuse: such a test runs on its own, with a server of
                                   one I/O thread.
                                   tag:NAME stands for all blocks of tests with that tag; they aren't
                                   started either (an error in their preparation would end the file).
"""
import re
from dataclasses import dataclass
from pathlib import Path

NOT_RUN = "not run:"
ONE_THREAD = "one thread:"
TAG = "tag:"


@dataclass
class Skip:
    """One line of skips.txt."""

    unit: str
    name: str
    reason: str

    def covers(self, unit, test):
        if unit != self.unit or self.reason.startswith(ONE_THREAD):
            return False
        if self.name.startswith("/"):
            return re.search(self.name[1:], test) is not None
        return test == self.name


class Skips(list):
    """All excuses."""

    def excuse(self, unit, test):
        """The line that excuses this test, if any."""
        return next((skip for skip in self if skip.covers(unit, test)), None)

    def not_run(self, unit):
        """Names of the tests of a unit that aren't to be started with the others."""
        return [
            skip.name for skip in self
            if skip.unit == unit and skip.reason.startswith((NOT_RUN, ONE_THREAD)) and not skip.name.startswith(TAG)
        ]  # fmt: skip

    def one_thread(self, unit):
        """Names of the tests of a unit that are to meet a server of one I/O thread."""
        return [skip.name for skip in self if skip.unit == unit and skip.reason.startswith(ONE_THREAD)]

    def not_run_tags(self, unit):
        """Tags whose blocks of tests aren't to be started."""
        return [skip.name.removeprefix(TAG) for skip in self if skip.unit == unit and skip.name.startswith(TAG)]


@dataclass
class Books:
    """All that is on record."""

    folder: Path
    ceiling: dict
    recorded: dict
    skips: Skips

    @classmethod
    def read(cls, folder):
        return cls(folder, counts(folder / "ceiling.txt"), counts(folder / "recorded.txt"), read_skips(folder / "skips.txt"))

    def write_ceiling(self, passed):
        write_counts(self.folder / "ceiling.txt", {**self.ceiling, **passed})

    def write_recorded(self, passed):
        """Counts only rise: who must lower one does it by hand, and says why in the commit."""
        risen = {unit: max(count, self.recorded.get(unit, 0)) for unit, count in passed.items()}
        write_counts(self.folder / "recorded.txt", {**self.recorded, **risen})


def lines(path):
    """The lines of a book without comments; none when there is no such book yet."""
    text = path.read_text() if path.exists() else ""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def counts(path):
    return {unit: int(count) for unit, count in (line.split() for line in lines(path))}


def write_counts(path, by_unit):
    """Keeps the comment at the head of the book."""
    head = [line for line in path.read_text().splitlines() if line.startswith("#")] if path.exists() else []
    body = [f"{unit:<24} {count}" for unit, count in by_unit.items()]
    path.write_text("\n".join([*head, *body]) + "\n")


def read_skips(path):
    skips = Skips()
    for line in lines(path):
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 3 or not all(parts):
            raise SystemExit(f"compat: {path.name}: not 'unit | test | reason': {line}")
        skips.append(Skip(*parts))
    return skips
