"""A dialogue names its clause in line 1, says why in line 2, and fits one look."""

import re

import source_tree

LINES_MAX = 40
SPEC = re.compile(r"^# spec: \S")
LINE = re.compile(r"^(#|[A-Z][:|] ?|$)")


def findings():
    for path in source_tree.files("tests/dialogue", suffixes={".smtp"}):
        lines = source_tree.lines(path)
        if not lines or not SPEC.match(lines[0]):
            yield path, 1, "begin with # spec: RFC NNNN §N.N"
        if len(lines) < 2 or not re.match(r"^# \S", lines[1]):
            yield path, 2, "say in a sentence why"
        if len(lines) > LINES_MAX:
            yield path, LINES_MAX, f"{len(lines)} lines, at most {LINES_MAX}"
        for number, line in enumerate(lines, 1):
            if not LINE.match(line):
                yield path, number, "is neither a comment nor C: C| S: N: H: T: V:"


source_tree.finish(findings())
