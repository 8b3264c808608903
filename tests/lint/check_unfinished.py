"""Nothing unfinished, no path of somebody's machine, no sleeping test."""

import re

import source_tree

MARKS = "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3])
PATHS = r"/(work|home|root)/\w+|/tmp/build"
SLEEPS = r"\bsleep_for\b|\busleep\b|[^a-z_.]sleep [0-9]"
RULES = [
    (("src", "tests", "bench", "systemd"), rf"\b({MARKS})\b", "unfinished"),
    (("src", "tests", "bench", "rules", "signatures", "systemd", ".ci"), PATHS, "a path of one machine"),
    (("tests",), SLEEPS, "a sleep: wait for the thing itself"),
]


def findings():
    for folders, pattern, what in RULES:
        for path in source_tree.files(*folders, suffixes=source_tree.TEXT):
            if path.parent.name == "lint" or "corpus" in path.parts or path.suffix in (".smtp", ".eml"):
                continue
            for number, line in enumerate(source_tree.lines(path), 1):
                if match := re.search(pattern, line):
                    yield path, number, f"{what}: {match[0].strip()}"


source_tree.finish(findings())
