"""Comments cite clauses in one form, so that they can be searched for: RFC 5321 §4.5.3.1.6"""

import re

import source_tree

MENTION = re.compile(r"(?<![\w/.\-])(rfc)([ _-]?)(\d{3,5})(?!\w)(.{0,24})", re.IGNORECASE)
CLAUSE = r"§(\d+(\.\d+)*|[A-Z](\.\d+)*)"
AFTER = re.compile(rf"$|[^\w§ ]| {CLAUSE}(?![\w])| (?![§\d]|(section|sect|sec|clause|chapter)\b)", re.IGNORECASE)


def findings():
    for path in source_tree.files("src", "tests", "rules", suffixes={".h", ".cc", ".md", ".smtp", ".cf"}):
        for number, line in enumerate(source_tree.lines(path), 1):
            if path.suffix in (".h", ".cc"):
                line = line.partition("//")[2]
            for match in MENTION.finditer(line):
                if match[1] != "RFC" or match[2] != " " or not AFTER.match(match[4]):
                    yield path, number, f"cite it as RFC {match[3]} §N.N, not “{match[0].strip()}”"


source_tree.finish(findings())
