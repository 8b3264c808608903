"""All sources are as clang-format leaves them (./dev format)."""

import re
import subprocess
import sys

import source_tree

found = subprocess.run(
    ["clang-format-14", "--dry-run", "--Werror", *map(str, source_tree.sources())],
    capture_output=True, text=True, check=False, cwd=source_tree.TOP)
files = sorted(set(re.findall(r"^(.+?):\d+:\d+: error", found.stderr, re.MULTILINE)))
for file in files:
    print(f"{file}: not as clang-format leaves it")
if found.returncode != 0 and not files:
    print(found.stderr)
sys.exit(found.returncode)
