"""Writes html_entity_names.inc from Python's own copy of the WHATWG table: NAME[!]=HEX[+HEX], sorted; ! needs no semicolon.

python3 src/codec/make_html_entity_names.py > src/codec/html_entity_names.inc
"""

import html.entities
import textwrap

HEAD = """// Written by make_html_entity_names.py: every named character reference of HTML, sorted by name.
// NAME=HEX[+HEX]; "!" behind a name: it may stand without a semicolon.
R"( """


def table():
    names = html.entities.html5
    entries = []
    for name in sorted(name[:-1] for name in names if name.endswith(";")):
        value = "+".join(f"{ord(c):x}" for c in names[name + ";"])
        entries.append(f"{name}{'!' if name in names else ''}={value}")
    return HEAD + "\n".join(textwrap.wrap(" ".join(entries), 110, break_on_hyphens=False)) + ' )"\n'


if __name__ == "__main__":
    print(table(), end="")
