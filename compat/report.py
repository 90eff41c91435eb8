"""Judges the outcome of a unit against the books and prints the table.

Takes outcomes and books, gives lines of text and an exit status. Runs nothing.
"""
HEADER = f"{'file':<24} {'ours/Valkey':>12} {'recorded':>9} {'failed':>7} {'excused':>8} {'skipped':>8} {'seconds':>8}"
MOST_SHOWN = 40


class Verdict:
    """What is to be said about one unit."""

    def __init__(self, books, outcome, tries=1):
        self.unit = outcome.unit
        self.outcome = outcome
        self.tries = tries
        self.passed = len(outcome.passed)
        self.ceiling = books.ceiling.get(outcome.unit, 0)
        self.recorded = books.recorded.get(outcome.unit, 0)
        excuse = {test: books.skips.excuse(outcome.unit, test) for test in outcome.failed}
        self.excused = [test for test, skip in excuse.items() if skip]
        self.unexpected = [test for test, skip in excuse.items() if not skip]
        self.no_longer_needed = self.needless_excuses(books.skips, excuse)

    def needless_excuses(self, skips, excuse):
        """Tests that are excused by name, yet passed and did not fail as well (some names stand twice)."""
        passed = set(self.outcome.passed) - set(excuse)
        return [skip.name for skip in skips if skip.covers(self.unit, skip.name) and skip.name in passed]

    @property
    def fewer(self):
        return self.passed < self.recorded

    @property
    def bad(self):
        return bool(self.unexpected) or self.fewer

    def line(self):
        counts = f"{self.passed}/{self.ceiling}"
        note = "  FAILED" if self.bad else "  second try" if self.tries > 1 else ""
        return (
            f"{self.unit:<24} {counts:>12} {self.recorded:>9} {len(self.unexpected):>7} {len(self.excused):>8} "
            f"{len(self.outcome.skipped):>8} {self.outcome.seconds:>8.1f}{note}"
        )


def closing(verdicts, verbose):
    """Prints totals and all that needs attention; gives the exit status."""
    total = lambda count: sum(count(verdict) for verdict in verdicts)  # noqa: E731
    passed, ceiling = total(lambda v: v.passed), total(lambda v: v.ceiling)
    excused, skipped = total(lambda v: len(v.excused)), total(lambda v: len(v.outcome.skipped))
    failed = total(lambda v: len(v.unexpected))
    share = f" ({100 * passed / ceiling:.1f} %)" if ceiling else ""
    print(f"{'all':<24} {f'{passed}/{ceiling}':>12} {total(lambda v: v.recorded):>9} {failed:>7} {excused:>8} {skipped:>8}{share}")
    attention(verdicts, verbose)
    print(f"{passed} passed, {failed} failed, {excused + skipped} skipped", flush=True)
    return 1 if any(verdict.bad for verdict in verdicts) else 0


def attention(verdicts, verbose):
    for verdict in verdicts:
        for test in verdict.unexpected[: None if verbose else MOST_SHOWN]:
            print(f"FAILED {verdict.unit} | {test}")
            text = verdict.outcome.failed[test].splitlines()
            for line in text[: 20 if verbose else 2]:
                print(f"       {line}")
        if not verbose and len(verdict.unexpected) > MOST_SHOWN:
            print(f"       and {len(verdict.unexpected) - MOST_SHOWN} more in {verdict.outcome.log}")
        if verbose:
            for test in verdict.excused:
                print(f"excused {verdict.unit} | {test}")
        if verdict.fewer:
            print(f"FEWER {verdict.unit}: {verdict.passed} passed, {verdict.recorded} on record; see {verdict.outcome.log}")
        for test in verdict.no_longer_needed:
            print(f"passes, delete its line in skips.txt: {verdict.unit} | {test}")
        if verdict.passed > verdict.recorded and not verdict.bad:
            print(f"more than recorded: {verdict.unit}: {verdict.passed}, was {verdict.recorded} (make compat-record)")
