"""Tests of the harness itself: that it sees what failed, and that a bad run can't look like a good one."""
import tempfile
import unittest
from pathlib import Path

import records
import report
import suite

PRINTED = """Starting test server at port 11968
[ready]: 4711
Testing unit/sample
[ok]: first (3 ms)
[ok]: name of
 two lines (with words in brackets) (12 ms)
[ignore]: large memory flag not provided
[skip]: left out
[ignore]: Tag: cluster denied
[err]: second (really) in tests/unit/sample.tcl
Expected '1' to be equal to '2'
[err]: ERR unknown command 'FUNCTION'
    while executing
[1/1 done]: unit/sample (1 seconds)

                   The End

[ok]: not a test (1 ms)
"""


def books(skips="", recorded=None):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "skips.txt").write_text(skips)
        return records.Books(Path(folder), {"unit/sample": 3}, recorded or {}, records.read_skips(Path(folder, "skips.txt")))


class Parsing(unittest.TestCase):
    def test_every_kind_of_line_is_read(self):
        outcome = suite.parse("unit/sample", PRINTED)
        self.assertEqual(outcome.passed, ["first", "name of two lines (with words in brackets)"])
        self.assertEqual(outcome.skipped, ["left out", "tag:cluster"])
        self.assertEqual(list(outcome.failed), ["second (really)", "(file) ERR unknown command 'FUNCTION'"])

    def test_a_file_that_breaks_off_is_a_failure(self):
        broken = PRINTED[: PRINTED.index("[skip]")]
        self.assertIn("(file) not finished", suite.parse("unit/sample", broken).failed)
        self.assertTrue(suite.parse("unit/sample", "").failed)

    def test_an_exception_is_a_failure(self):
        outcome = suite.parse("unit/sample", "[ok]: first (3 ms)\n[exception]: Executing test client: oops.\n")
        self.assertEqual(list(outcome.failed), ["(file) Executing test client: oops."])

    def test_skip_patterns_are_exact(self):
        self.assertEqual(suite.as_pattern("a+b [c]"), r"/^a\+b\s+\[c\]$")


class Judging(unittest.TestCase):
    def verdict(self, **known):
        return report.Verdict(books(**known), suite.parse("unit/sample", PRINTED))

    def test_an_unexcused_failure_is_bad(self):
        self.assertTrue(self.verdict(skips="unit/sample | second (really) | scripting").bad)

    def test_excused_failures_are_not(self):
        skips = "unit/sample | second (really) | scripting\nunit/sample | /FUNCTION | scripting"
        self.assertFalse(self.verdict(skips=skips).bad)

    def test_fewer_than_recorded_is_bad(self):
        skips = "unit/sample | /. | scripting"
        self.assertFalse(self.verdict(skips=skips, recorded={"unit/sample": 2}).bad)
        self.assertTrue(self.verdict(skips=skips, recorded={"unit/sample": 3}).bad)

    def test_an_excuse_that_is_no_longer_needed_is_told(self):
        self.assertEqual(self.verdict(skips="unit/sample | first | types").no_longer_needed, ["first"])

    def test_what_is_not_to_be_started(self):
        skips = "unit/sample | first | not run: hangs\nunit/sample | second | types\nunit/sample | tag:cluster | cluster"
        known = books(skips=skips).skips
        self.assertEqual(known.not_run("unit/sample"), ["first"])
        self.assertEqual(known.not_run_tags("unit/sample"), ["cluster"])
        self.assertEqual(known.not_run("unit/other"), [])

    def test_what_runs_on_one_thread_is_not_excused(self):
        skips = "unit/sample | second (really) | one thread: counts on it\nunit/sample | /FUNCTION | scripting"
        known = books(skips=skips).skips
        self.assertEqual(known.not_run("unit/sample"), ["second (really)"])
        self.assertEqual(known.one_thread("unit/sample"), ["second (really)"])
        self.assertTrue(self.verdict(skips=skips).bad)
        passes = "unit/sample | first | one thread: counts on it\n" + skips
        self.assertEqual(self.verdict(skips=passes).no_longer_needed, [])

    def test_what_ran_on_its_own_counts(self):
        outcome = suite.parse("unit/sample", PRINTED)
        outcome.add(suite.parse("unit/sample", "[skip]: first\n[ok]: left out (3 ms)\n[1/1 done]: unit/sample (1 seconds)\n"))
        self.assertEqual(outcome.passed[-1], "left out")
        self.assertEqual(outcome.skipped, ["tag:cluster"])

    def test_a_line_without_reason_is_refused(self):
        with self.assertRaises(SystemExit):
            books(skips="unit/sample | first")


class Recording(unittest.TestCase):
    def test_counts_only_rise(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "recorded.txt").write_text("# head\n")
            for passed, kept in ((5, 5), (3, 5), (6, 6)):
                records.Books.read(Path(folder)).write_recorded({"unit/sample": passed})
                self.assertEqual(records.counts(Path(folder, "recorded.txt")), {"unit/sample": kept})
            self.assertTrue(Path(folder, "recorded.txt").read_text().startswith("# head\n"))


if __name__ == "__main__":
    unittest.main()
