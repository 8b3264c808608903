"""Every shipped rule has a description, a score, a sample that it hits and a near miss."""

import collections
import re

import source_tree

DEFINES = ("header", "body", "rawbody", "full", "uri", "visible", "hidden", "attachment", "defect",
           "mimeheader", "meta")
NEEDS = ("describe", "score", "test ok", "test fail")


def findings():
    for path in source_tree.files("rules", suffixes={".cf"}):
        first, has = {}, collections.defaultdict(set)
        for number, line in enumerate(source_tree.lines(path), 1):
            line = re.sub(r"^\s*lang\s+\S+\s+", "lang ", line)
            words = line.split(None, 3)
            if len(words) < 2:
                continue
            if words[0] in DEFINES:
                first.setdefault(words[1], number)
            has[words[1]].add(f"test {words[2]}" if words[0] == "test" and len(words) > 2 else words[0])
        for name, number in first.items():
            missing = [] if name.startswith("__") else [need for need in NEEDS if need not in has[name]]
            if missing:
                yield path, number, f"{name} lacks {', '.join(missing)}"


source_tree.finish(findings())
