"""No source over 500 lines, no function over 70. Relies on clang-format: a body ends where its head is indented."""

import re

import source_tree

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
# A line that opens a block and holds a parameter list is a function, a test or a lambda…
HEAD = re.compile(r"^(?P<indent> *)(?!(if|for|while|switch|else|do|catch|namespace|struct|class|enum|union|return|case)\b)\S")
OPENS = re.compile(r"\)[^;{}]*\{$")


def functions(lines):
    """(first line, lines) of every function."""
    head = None  # first line of the statement that a block may belong to
    for number, line in enumerate(lines):
        code = line.split("//")[0].rstrip()
        if not code or code.startswith("#"):
            continue
        if head is None:
            head = number
        if OPENS.search(code) and (match := HEAD.match(lines[head])):
            end = match["indent"] + "}"
            for last in range(number + 1, len(lines)):
                if lines[last].startswith(end):
                    yield head + 1, last - head + 1
                    break
        if code.endswith((";", "{", "}", ":")):
            head = None


def findings():
    for path in source_tree.sources():
        lines = source_tree.lines(path)
        if len(lines) > FILE_LINES_MAX:
            yield path, 1, f"{len(lines)} lines, at most {FILE_LINES_MAX}"
        for first, length in functions(lines):
            if length > FUNCTION_LINES_MAX:
                yield path, first, f"function of {length} lines, at most {FUNCTION_LINES_MAX}"


source_tree.finish(findings())
