"""Each fixture of japanese_mail.py is read as it was written: by rules on subject, sender and body, and in file names."""

import json
import unittest

import japanese_mail
import testbed

CASES_MIN = 300
TARGETS = {"subject": "header {} Subject =~", "from": "header {} From:name =~", "body": "body {}"}


def rule_name(place, text):
    return f"JAPANESE_{place.upper()}_{japanese_mail.TEXTS.index(text)}"


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


class JapaneseMail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = testbed.folder("japanese")
        cls.cases = list(japanese_mail.cases())
        (cls.top / "mail").mkdir(exist_ok=True)
        for name, _, _, message in cls.cases:
            (cls.top / "mail" / f"{name}.eml").write_bytes(message)
        rules = [f"{line.format(rule_name(place, text))} /{text}/" for place, line in TARGETS.items()
                 for text in japanese_mail.TEXTS]
        (cls.top / "japanese.cf").write_text("\n".join(rules) + "\n", "utf-8")

    def test_there_are_enough(self):
        self.assertGreaterEqual(len({name for name, *_ in self.cases}), CASES_MIN)

    def test_text_is_read(self):
        done = testbed.run([testbed.BINARY, "scan", "--no-av", "--rules", self.top / "japanese.cf", "--format", "json",
                            self.top / "mail"])
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        hits = {line["path"].rpartition("/")[2]: {hit["rule"] for hit in line["hits"]} for line in lines}
        self.assertEqual(len(self.cases), len(hits), done.stderr.decode())
        for name, place, text, _ in self.cases:
            if place in TARGETS:
                with self.subTest(name):
                    self.assertIn(rule_name(place, text), hits[f"{name}.eml"])

    def test_file_names_are_read(self):
        for name, place, text, _ in self.cases:
            if place != "file":
                continue
            with self.subTest(name):
                done = testbed.run([testbed.BINARY, "mime", self.top / "mail" / f"{name}.eml"])
                read = {one for line in done.stdout.decode().splitlines() for one in strings(json.loads(line))}
                self.assertIn(text, read)


if __name__ == "__main__":
    testbed.main()
