"""The project's own files, and how a check says what it found."""

import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "bench", "rules", "signatures", "systemd", ".ci")
TEXT = {".h", ".cc", ".txt", ".py", ".md", ".cf", ".smtp", ".toml", ".sh", ""}


def files(*folders, suffixes=None):
    """Files below the folders (all of the project without any), sorted; suffixes: {".h", …}."""
    for folder in folders or FOLDERS:
        for path in sorted((TOP / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                if suffixes is None or path.suffix in suffixes:
                    yield path


def lines(path):
    """The lines; bytes that are no UTF-8 (8-bit samples in dialogues) are kept as surrogates."""
    return path.read_text("utf-8", errors="surrogateescape").splitlines()


def sources(*folders):
    return files(*(folders or ("src", "tests", "bench")), suffixes={".h", ".cc"})


def finish(findings):
    """Prints file:line: what, one line each, and ends the check."""
    findings = list(findings)
    for path, line, what in findings:
        print(f"{path.relative_to(TOP)}:{line}: {what}")
    sys.exit(1 if findings else 0)
