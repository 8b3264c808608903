"""Published MIME suites against `sekisho mime`: each function yields (case, expected, actual) of one suite.

One more suite is one more function with @suite("its folder in the corpus"). Both sides are plain values; a case has
passed when they are equal. What is compared is what the suite says, and no more.
"""

import base64
import csv
import gzip
import hashlib
import json
import re
import subprocess
import tempfile
import xml.etree.ElementTree

import testbed

SUITES = {}


def suite(name):
    def register(function):
        SUITES[name] = function
        return function
    return register


def lines_of(message, *options):
    """What `sekisho mime` prints of a file or of bytes."""
    if isinstance(message, bytes):
        with tempfile.NamedTemporaryFile() as file:
            file.write(message)
            file.flush()
            return lines_of(file.name, *options)
    done = subprocess.run([testbed.BINARY, "mime", *options, message], capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def position(part):
    return [int(number) for number in re.findall(r"\d+", part["path"])]


def parts_of(message, *options):
    """The parts of the first reading, in the order in which they begin."""
    return sorted((line for line in lines_of(message, *options) if line.get("reading") == 0), key=position)


def leaves_of(message):
    return [part for part in parts_of(message) if part["bytes"] is not None]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@suite("mime-is-broken")
def mime_is_broken(folder):
    """The archive that all cases hide is the one of the plain case, read by Python's email (the md5 column of
    the list is not that of the attachment); a name is found when one candidate is file.zip."""
    with open(folder / "expected-dev.tsv", encoding="latin-1", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    plain = next(row for row in rows if row["test_id"].endswith("basic-base64-basic"))
    archive = sha256(python_attachment(folder / "files" / plain["file"]))
    for row in rows:
        parts = lines_of(folder / "files" / row["file"])
        if row["file"].startswith("hide-content"):
            yield row["test_id"], True, any(part["sha256"] == archive for part in parts)
        else:
            wanted = "file.png" if row["test_id"] == "fname-cdisp.png" else ".zip"
            names = [name for part in parts for name in (part["name"], part["other_name"], *part["further_names"])]
            yield row["test_id"], True, any(name.endswith(wanted) for name in names)


def python_attachment(path):
    import email
    message = email.message_from_bytes(path.read_bytes())
    return next(part.get_payload(decode=True) for part in message.walk() if part.get_filename() == "eicar.zip")


@suite("mime4j")
def mime4j(folder):
    """The decoded body of each part, in order."""
    for tree in sorted(folder.glob("files/*msgs/*_decoded.xml")):
        message = tree.with_name(tree.name.replace("_decoded.xml", ".msg"))
        if not message.exists():
            continue
        names = re.findall(r'-body name="([^"]+)"', tree.read_text("latin-1"))
        bodies = [tree.with_name(name) for name in names]
        if not all(body.exists() for body in bodies):
            continue
        expected = [sha256(body.read_bytes()) for body in bodies]
        actual = [part["sha256"] for part in leaves_of(message)]
        if actual != expected:  # text in quoted-printable is written with CRLF
            with_crlf = with_lf(message.read_bytes()).replace(b"\n", b"\r\n")
            again = [part["sha256"] for part in leaves_of(with_crlf)]
            actual = [digest if digest in expected else other for digest, other in zip(actual, again)]
        yield message.stem, expected, actual


@suite("mimetools")
def mimetools(folder):
    """Type, file name and size of each part that the .ref names; with ExtractUuencode, of the files found."""
    for reference in sorted(folder.glob("files/testmsgs/*.ref")):
        text = reference.read_text("latin-1")
        message = reference.parent / re.search(r'"Message" => "testmsgs/([^"]+)"', text)[1]
        if not message.exists() or '"ExtractNested" => 1' not in text:
            continue
        parts = {}
        for name, body in re.findall(r'"(Msg|Part_[\d_]+)" => \{(.*?)\n  \}', text, re.S):
            fields = dict(re.findall(r'"(\w+)" => "?((?:[^"\n\\]|\\.)*?)"?,?\n', body + "\n"))
            parts["1" if name == "Msg" else "1." + name[len("Part_"):].replace("_", ".")] = fields
        if "ExtractUuencode" in text:
            expected = sorted((part["Filename"], int(part["Size"])) for part in parts.values() if "Filename" in part)
            yield reference.stem, expected, sorted(
                (line["name"], line["bytes"]) for line in lines_of(message) if "/" in line["path"])
            continue
        printed = {part["path"]: part for part in parts_of(message)}
        yield (reference.stem, [mimetools_row(path, fields, fields) for path, fields in sorted(parts.items())],
               [mimetools_row(path, fields, mimetools_fields(printed.get(path))) for path, fields in sorted(parts.items())])


def mimetools_fields(part):
    if part is None:
        return {}
    return {"Type": part["type"], "Filename": part["name"], "Size": str(part["bytes"])}


def mimetools_row(path, wanted, fields):
    return path, *(fields.get(key) for key in ("Type", "Filename", "Size") if key in wanted)


@suite("stalwart-mail-parser")
def stalwart(folder):
    """Where the header, the body and the end of each part stand, and the type it names."""
    for expected_file in sorted(folder.glob("files/eml/*/*.json")):
        if expected_file.name.endswith(".crlf.json"):
            message = expected_file.with_name(expected_file.name.replace(".crlf.json", ".eml"))
            content = with_lf(message.read_bytes()).replace(b"\n", b"\r\n") if message.exists() else b""
        else:
            message = expected_file.with_suffix(".eml")
            content = with_lf(message.read_bytes()) if message.exists() else b""
        if not content:
            continue
        parsed = json.loads(expected_file.read_text())
        expected = [stalwart_row(part) for part in parsed["parts"]]
        parts = parts_of(content)
        own = [part for part in parts if not inside_message(part, parts)]
        actual = [(part["header"], part["body"], part["end"], part["type"]) for part in own]
        actual = [row[:3] + (row[3] if want[3] else None,) for row, want in zip(actual, expected)] + actual[len(expected):]
        yield f"{expected_file.parent.name}/{expected_file.stem}", expected, actual


def with_lf(content):
    return content.replace(b"\r\n", b"\n")


def stalwart_row(part):
    named = None
    for header in part["headers"]:
        if header["name"] == "content_type" and "ContentType" in header["value"]:
            value = header["value"]["ContentType"]
            named = f"{value['c_type']}/{value.get('c_subtype') or ''}".lower()
            break
    return part["offset_header"], part["offset_body"], part["offset_end"], named


def inside_message(part, parts):
    """A part of a message inside the message: the suite gives these a list of their own."""
    boxes = [box["path"] for box in parts if box["type"] in ("message/rfc822", "message/global") and box["bytes"] is None]
    return any(part["path"].startswith(box + ".") for box in boxes)


@suite("mailcore2")
def mailcore2(folder):
    """Type and file name of each leaf, in order."""
    for output in sorted(path for path in (folder / "files/parser/output").rglob("*") if path.is_file()):
        message = folder / "files/parser/input" / output.relative_to(folder / "files/parser/output")
        if not message.exists():
            continue
        expected = list(mailcore2_leaves(json.loads(output.read_text())["mainPart"]))
        actual = [[part["type"], part["name"]] for part in leaves_of(message)]
        yield str(message.relative_to(folder / "files/parser/input")), expected, actual


def mailcore2_leaves(part):
    if "parts" in part:
        for child in part["parts"]["items"]:
            yield from mailcore2_leaves(child)
    elif "mainPart" in part:
        yield from mailcore2_leaves(part["mainPart"])
    else:
        yield [part.get("mimeType", "").lower(), part.get("filename", "")]


@suite("mimekit")
def mimekit(folder):
    """Offsets of the messages of an mbox and of all their parts, with LF and with CRLF; the names and, where the
    suite has them, the bytes of the files in a TNEF; the first half of a picture in yEnc."""
    yield from mimekit_tnef(folder / "files/tnef")
    picture = (folder / "files/yenc/joystick.jpg").read_bytes()
    yield "yenc/00000020", ("joystick.jpg", sha256(picture[:11250])), file_in_text(folder / "files/yenc/00000020.ntx")
    for offsets in sorted(folder.glob("files/mbox/*-offsets.json")):
        name, form = re.match(r"(.*)\.(dos|unix)-offsets", offsets.name).groups()
        box = folder / "files/mbox" / f"{name}.mbox.txt"
        if not box.exists():
            continue
        content = with_lf(box.read_bytes())
        content = content.replace(b"\n", b"\r\n") if form == "dos" else content
        messages = messages_of(content)
        for number, wanted in enumerate(json.loads(offsets.read_text())):
            expected = [(wanted["mboxMarkerOffset"], None, None), *mimekit_rows(wanted["body"])]
            message, parts = messages[number] if number < len(messages) else (None, [])
            actual = [(message and message["offset"], None, None)]
            for part in parts:
                if part["path"] == "1":  # the suite leaves the last line end to the mbox
                    part = {**part, "end": wanted["endOffset"]}
                actual.append((part["header"], part["body"], part["end"]))
            yield f"{name}.{form}.{number}", expected, actual


def mimekit_tnef(folder):
    for listed in sorted(folder.glob("*.list")):
        container = listed.with_suffix(".tnef")
        if not container.exists():
            continue
        message = b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(container.read_bytes())
        files = [line for line in lines_of(message) if "/" in line["path"]]
        names = (listed.read_text().split("\n"), [file["name"] for file in files])
        # The suite lists the message's own text for some and not for others.
        yield f"tnef/{listed.stem}", *(sorted(name for name in side if name and not name.startswith("body."))
                                       for side in names)
        for content in sorted(listed.with_suffix("").glob("*")):
            name = content.name.replace("message.", "body.")
            plain = content.read_bytes()  # texts have lost their CRs in the suite
            wanted = {sha256(plain), sha256(with_lf(plain).replace(b"\n", b"\r\n"))}
            found = next((file["sha256"] for file in files if file["name"] == name), None)
            yield f"tnef/{listed.stem}/{name}", True, found in wanted


def file_in_text(message):
    return next(((line["name"], line["sha256"]) for line in lines_of(message) if "/" in line["path"]), None)


def mimekit_rows(part):
    yield part["beginOffset"], part["headersEndOffset"], part["endOffset"]
    for child in part.get("children", []):
        yield from mimekit_rows(child)


def messages_of(box):
    """[(message line, parts)] of an mbox."""
    messages = []
    for line in lines_of(box, "--mbox"):
        if "message" in line:
            messages.append((line, []))
        elif line["reading"] == 0:
            messages[-1][1].append(line)
    return [(message, sorted(parts, key=position)) for message, parts in messages]


def outer_messages(box):
    """Without those that are given once more because they may begin inside another; the suite has no such thing."""
    end = 0
    for line in lines_of(box, "--mbox"):
        if "message" in line and line["offset"] >= end:
            end = line["offset"] + line["bytes"]
            yield line


@suite("mbox-messageparser")
def mbox_messageparser(folder):
    """Offsets and lengths of the messages of an mbox."""
    for expected_file in sorted(folder.glob("files/results/*.stdout")):
        kind, name = re.match(r"(length|offset)?_?(.*)\.stdout", expected_file.name).groups()
        box = next(iter(folder.glob(f"files/mailboxes/{name}.*")), None)
        if kind is None or box is None:
            continue
        content = gzip.decompress(box.read_bytes()) if box.suffix == ".gz" else box.read_bytes()
        key = "offset" if kind == "offset" else "bytes"
        yield (expected_file.stem, [int(number) for number in expected_file.read_text().split()],
               [line[key] for line in outer_messages(content)])


@suite("kmime")
def kmime(folder):
    """One message in yEnc and the file that stands in it. There is no more to compare: the suite's codec vectors and
    mail trees (codec_*.expected, mails/) are not in the shared half of the corpus, and what is there beside this pair
    are messages and fuzzer finds without an expected result; real_mail_test walks them as any other mail."""
    content = (folder / "files/yenc-single-part.txt").read_bytes()
    yield "yenc-single-part", sha256(content), file_in_text(folder / "files/yenc-single-part.yenc")[1]


@suite("jakarta-mail")
def jakarta_mail(folder):
    """Address lists: of what the suite's lenient reading gives, what RFC 5322 calls an address; and uuencoded data
    that decodes."""
    text = (folder / "files/addrlist").read_text("latin-1")
    field = r"^(To|Cc|From): ?((?:.*\n)(?:[ \t].*\n)*)Expect: (\d+)\n((?:\t.*\n)*)"
    for number, (_, value, count, wanted) in enumerate(re.findall(field, text[text.index("From start"):], re.M)):
        listed = [line[1:].strip() for line in wanted.splitlines()]
        if len(listed) != int(count):
            continue
        expected = [plain_address(address) for address in listed if ADDRESS.fullmatch(address)]
        part = parts_of(b"To: " + value.encode("latin-1") + b"\n")[0]
        actual = [plain_address(address) for address in part["addresses"].get("to", [])
                  if ADDRESS.fullmatch(address)]
        yield f"addrlist/{number}", expected, actual
    data = (folder / "files/util/uudata").read_text("latin-1")
    for name, encoded, wanted in re.findall(r"TEST ([^\n]*)\nDATA\n(.*?)EXPECT\n(.*?)END\n", data, re.S):
        if wanted.startswith("EXCEPTION"):
            continue
        message = b"Content-Transfer-Encoding: uuencode\n\n" + encoded.encode("latin-1")
        yield f"uudata/{name}", sha256(wanted.encode("latin-1")), leaves_of(message)[0]["sha256"]


ADDRESS = re.compile(r"[^\s\"@:;<>()\[\],\x00-\x20]+@[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")


def plain_address(address):
    local, _, domain = address.strip("<>").rpartition("@")
    return f"{local}@{domain.lower()}"
