"""src/codec/html_entity_names.inc is what its script writes."""

import sys

import source_tree

CODEC = source_tree.TOP / "src" / "codec"
sys.path.insert(0, str(CODEC))


def findings():
    import make_html_entity_names

    path = CODEC / "html_entity_names.inc"
    if path.read_text("utf-8") != make_html_entity_names.table():
        yield path, 1, "differs from what make_html_entity_names.py writes"


source_tree.finish(findings())
