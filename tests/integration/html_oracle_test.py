"""The text of each HTML part of the corpus, beside what libxml2 reads there.

Words are compared, as often as each stands: all that HtmlText gives (seen or hidden) with all text of libxml2's tree but
titles, scripts and styles; and what the tree hides by the plainest means must be hidden. What differs stands in
html_deviations.txt with its reason, by the hash of the part, since corpus files have no lasting names."""

import collections
import email
import hashlib
import json
import pathlib
import re
import subprocess
import unittest

import testbed
from real_mail_test import corpus

SOURCES = ("spamassassin-public", "zorua-spam", "nazario-phishing", "phishing-pot", "list-s390")
PARTS_MAX = 400  # of each source
BYTES_MAX = 300_000
DEVIATIONS = pathlib.Path(__file__).with_name("html_deviations.txt")


def html_parts(path):
    try:
        message = email.message_from_bytes(path.read_bytes())
        for part in message.walk():
            if part.get_content_type() == "text/html" and (payload := part.get_payload(decode=True)):
                text = payload.decode(part.get_content_charset() or "utf-8", "replace")
                # libxml2 ends at a NUL.
                yield text.replace("\0", "").replace("\r", "").encode("utf-8", "replace")
    except (LookupError, ValueError, AttributeError):
        return  # Python can't read its header


# To libxml2 they are comments, whoever reads them; so both get what is in them.
CONDITIONAL = re.compile(rb"<!--\[if[^>]*>(?!\s*<!-)(.*?)<!\[endif\]-->", re.DOTALL | re.IGNORECASE)


def words(text):
    """Without what the two tell apart by right: white space, and characters that XML has not."""
    return re.findall(r"[^\W_]+", re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]", "", text))


class HtmlOracle(unittest.TestCase):
    def test_words_are_those_of_libxml2(self):
        tool = testbed.build_folder().parent / "tests" / "html_words"
        if not tool.exists():
            testbed.skip("html_words isn't built: libxml2-dev is missing")
        top = corpus()
        folder = testbed.folder("html_oracle")
        parts = {}
        for source in SOURCES:
            found = next(iter(sorted(top.glob(f"**/{source}"))), None)
            files = sorted(path for path in (found / "files").rglob("*") if path.is_file() and path.stat().st_size < BYTES_MAX)
            taken = 0
            for path in files:
                for html in html_parts(path):
                    name = hashlib.sha256(html).hexdigest()[:12]
                    if taken < PARTS_MAX and name not in parts:
                        parts[name] = (source, html)
                        (folder / name).write_bytes(CONDITIONAL.sub(rb"\1", html))
                        taken += 1
        self.assertGreater(len(parts), 500)
        done = subprocess.run([tool], input="".join(f"{folder / name}\n" for name in parts), capture_output=True, text=True,
                              check=True)
        listed = dict(line.split("\t")[:2] for line in DEVIATIONS.read_text().splitlines() if not line.startswith("#"))
        differ = {}
        for line in done.stdout.splitlines():
            ours = json.loads(line)
            name = pathlib.Path(ours["file"]).name
            visible, hidden, tree_visible, tree_hidden = (
                collections.Counter(words(ours[key])) for key in ("visible", "hidden", "tree_visible", "tree_hidden"))
            missing, extra = tree_visible + tree_hidden - visible - hidden, visible + hidden - tree_visible - tree_hidden
            shown = tree_hidden - hidden
            if missing or extra or shown:
                differ[name] = (f"{parts[name][0]}: libxml2 alone {list(missing)[:6]}, ours alone {list(extra)[:6]}, "
                                f"hidden there and not here {list(shown)[:6]}")
        print(f"{len(parts)} parts, {len(differ)} differ")
        for name in sorted(differ.keys() | listed.keys()):
            with self.subTest(name):
                if name in differ:
                    self.assertIn(name, listed, differ[name])
                elif name in parts:
                    self.fail("differs no longer: take it from html_deviations.txt")


if __name__ == "__main__":
    testbed.main()
