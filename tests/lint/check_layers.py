"""A folder of src includes itself and folders on lines above it, never its own line or below (README of src)."""

import re

import source_tree

LINES = [
    ["base"],
    ["codec", "config", "net", "worker"],
    ["mail", "dns", "uri"],
    ["smtp", "sender", "rules", "antivirus", "attachment", "route"],
    ["inspect"],
    ["gateway", "scan", "lab"],
    [""],  # main.cc and what stands beside it
]
LAYER = {folder: number for number, line in enumerate(LINES) for folder in line}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def folder_of(relative):
    return relative.split("/")[0] if "/" in relative else ""


def findings():
    src = source_tree.TOP / "src"
    for path in source_tree.sources("src"):
        own = folder_of(str(path.relative_to(src)))
        if own not in LAYER:
            yield path, 1, f"folder {own} has no layer in tests/lint/layers.py"
            continue
        for number, line in enumerate(source_tree.lines(path), 1):
            if match := INCLUDE.match(line):
                other = folder_of(match[1])
                if not (src / match[1]).is_file():
                    yield path, number, f"{match[1]}: name it from src on"
                elif other != own and LAYER.get(other, 99) >= LAYER[own]:
                    yield path, number, f"{own or 'main'} (L{LAYER[own]}) must not include {match[1]}"


source_tree.finish(findings())
