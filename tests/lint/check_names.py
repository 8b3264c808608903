"""File and folder names say what is in them: no words that fit everything. Each folder of src has a README."""

import re

import source_tree

EMPTY_WORDS = set("manager managers util utils helper helpers misc common handler handlers".split())
EMPTY_WORDS |= set("processor processors data info impl base_class".split())
README_LINES = range(10, 41)


def words(stem):
    return set(re.split(r"[_\-.]", stem.lower())) | {stem.lower()}


def findings():
    for path in source_tree.sources():
        for part in path.relative_to(source_tree.TOP).with_suffix("").parts:
            for word in sorted(words(part) & EMPTY_WORDS):
                yield path, 1, f"the name says nothing: {word}"
    for folder in sorted((source_tree.TOP / "src").iterdir()):
        if folder.is_dir() and any(folder.glob("*.h")):
            readme = folder / "README.md"
            if not readme.is_file():
                yield folder, 1, "has no README.md"
            elif len(source_tree.lines(readme)) not in README_LINES:
                yield readme, 1, f"should have {README_LINES.start} to {README_LINES.stop - 1} lines"


source_tree.finish(findings())
