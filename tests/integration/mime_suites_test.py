"""The MIME suites of the shared corpus. A case that fails must stand in mime_deviations.txt with its reason, and
one that stands there must fail.

    python3 tests/integration/mime_suites_test.py [SUITE]        # with a suite's name: each difference in full
"""

import json
import pathlib
import sys
import unittest

import mime_suites
import real_mail_test
import testbed

DEVIATIONS = pathlib.Path(__file__).with_name("mime_deviations.txt")


def deviations():
    """{(suite, case): reason}; a case may end in "*"."""
    rows = (line.split("\t") for line in DEVIATIONS.read_text().splitlines() if line and not line.startswith("#"))
    return {(suite, case): reason for suite, case, reason in rows}


def folder_of(suite):
    return next(path for path in real_mail_test.corpus().glob(f"**/{suite}") if path.is_dir())


class MimeSuites(unittest.TestCase):
    def test_each_case_is_as_published_or_listed(self):
        listed, used, wrong, table = deviations(), set(), [], []
        for suite, run in sorted(mime_suites.SUITES.items()):
            cases = passed = 0
            for case, expected, actual in run(folder_of(suite)):
                cases += 1
                if expected == actual:
                    passed += 1
                elif (suite, case) in listed:
                    used.add((suite, case))
                else:
                    wrong.append(f"{suite} {case}")
            table.append((suite, cases, passed, sum(1 for name, _ in used if name == suite)))
        print_table(table)
        self.assertEqual([], wrong)
        self.assertEqual([], sorted(set(listed) - used), "listed, but as published")
        self.assertTrue(all(cases > 0 for _, cases, _, _ in table))


class Scan(unittest.TestCase):
    def test_every_hidden_archive_is_refused(self):
        folder = folder_of("mime-is-broken") / "files" / "hide-content.d"
        done = testbed.run([testbed.BINARY, "scan", "--format", "json", "--no-rules", "--signatures",
                            testbed.SOURCE / "signatures", folder])
        verdicts = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertGreater(len(verdicts), 200)
        missed = [verdict["subject"] for verdict in verdicts if not verdict["virus"]]
        self.assertEqual([], [subject for subject in missed if "binhex" not in subject])  # these hold no archive


def print_table(rows):
    print(f"{'suite':<22}{'cases':>7}{'passed':>8}{'listed deviations':>19}")
    for suite, cases, passed, listed in rows:
        print(f"{suite:<22}{cases:>7}{passed:>8}{listed:>19}")


def explain(suite):
    for case, expected, actual in mime_suites.SUITES[suite](folder_of(suite)):
        if expected != actual:
            print(f"{case}\n  expected {expected}\n  actual   {actual}")


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in mime_suites.SUITES:
        explain(sys.argv[1])
    else:
        real_mail_test.corpus()  # skips the whole where there is none
        testbed.main()
