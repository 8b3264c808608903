"""Japanese mail: every charset in every place where it occurs, with the text that must be read there.

Python's codecs write them, so they are not read by what wrote them. `cases()` yields (name, place, text, message bytes).
"""

import base64
import quopri

PLAIN = "会議のお知らせ"
HALF_WIDTH = "会議のﾃｽﾄ"
EXTENDED = "髙橋①㈱の会議"  # NEC's row 13 and IBM's kanji, in Windows-31J alone
OLD_KANJI = "丂の会議"  # JIS X 0212


def shifted(text):
    """Half-width kana between SO and SI, as CP50222 has them."""
    out = b""
    for character in text:
        if "｡" <= character <= "ﾟ":
            out += b"\x0e" + bytes([ord(character) - 0xFF61 + 0x21]) + b"\x0f"
        else:
            out += character.encode("iso2022_jp")
    return out


def windows_jis(text):
    """ISO-2022-JP with the two-byte characters of Windows-31J, as CP50221 has them."""
    out = b""
    for character in text:
        code = character.encode("cp932")
        if len(code) == 1:
            out += code if code < b"\x80" else b"\x1b(I" + bytes([code[0] & 0x7F]) + b"\x1b(B"
            continue
        lead, trail = code
        if lead >= 0xFA:  # IBM's kanji travel as NEC's selection of them, in the rows 89 to 92
            index = (lead - 0xFA) * 188 + trail - (0x40 if trail < 0x7F else 0x41) - 28
            row, cell = divmod(index, 94)
            out += b"\x1b$B" + bytes([0x79 + row, 0x21 + cell]) + b"\x1b(B"
            continue
        row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2
        cell = trail - (0x40 if trail < 0x7F else 0x41)
        row, cell = (row, cell) if cell < 94 else (row + 1, cell - 94)
        out += b"\x1b$B" + bytes([0x21 + row, 0x21 + cell]) + b"\x1b(B"
    return out


def codec(name):
    return lambda text: text.encode(name)


# label, text, encoder
CHARSETS = [
    ("utf-8", EXTENDED, codec("utf-8")),
    ("iso-2022-jp", PLAIN, codec("iso2022_jp")),
    ("ISO-2022-JP-1", OLD_KANJI, codec("iso2022_jp_1")),
    ("iso-2022-jp-2", OLD_KANJI, codec("iso2022_jp_2")),
    ("iso-2022-jp-3", PLAIN, codec("iso2022_jp_3")),
    ("iso-2022-jp-2004", PLAIN, codec("iso2022_jp_2004")),
    ("iso-2022-jp-ms", EXTENDED, windows_jis),
    ("cp50220", PLAIN, windows_jis),
    ("cp50221", HALF_WIDTH, codec("iso2022_jp_ext")),
    ("cp50222", HALF_WIDTH, shifted),
    ("Shift_JIS", HALF_WIDTH, codec("shift_jis")),
    ("x-sjis", PLAIN, codec("shift_jis")),
    ("windows-31j", EXTENDED, codec("cp932")),
    ("cp932", EXTENDED, codec("cp932")),
    ("euc-jp", PLAIN, codec("euc_jp")),
    ("eucJP-ms", OLD_KANJI, codec("euc_jp")),
    ("x-euc-jp", HALF_WIDTH, codec("euc_jp")),
    ("utf-7", PLAIN, codec("utf-7")),
    ("utf-16", PLAIN, codec("utf-16")),
    ("utf-16be", EXTENDED, codec("utf-16-be")),
    ("utf-16le", EXTENDED, codec("utf-16-le")),
    ("utf-32", PLAIN, codec("utf-32")),
    ("utf-32be", EXTENDED, codec("utf-32-be")),
    ("gb18030", PLAIN, codec("gb18030")),
    ("gb2312", "会えばのテスト", codec("gb2312")),
    ("euc-kr", "のテスト", codec("euc_kr")),
    ("big5", "會議通知", codec("big5")),
    ("cp950", "會議通知", codec("cp950")),
    ("koi8-r", "Тест", codec("koi8_r")),  # JIS has Cyrillic too
    ("windows-1251", "Тест", codec("cp1251")),
    ("unknown-8bit", PLAIN, codec("utf-8")),
    ("us-ascii", PLAIN, codec("utf-8")),
]
TEXTS = sorted({text for _, text, _ in CHARSETS})
# Labels that are wrong, in headers: what the bytes break, or what speaks for itself.
WRONG = [("iso-2022-jp", PLAIN, codec("shift_jis")), ("utf-8", PLAIN, codec("shift_jis")),
         ("utf-8", PLAIN, codec("euc_jp")), ("iso-2022-jp", PLAIN, codec("utf-8")),
         ("x-user-defined", PLAIN, codec("cp932")), ("x-nonsense", PLAIN, codec("euc_jp"))]
RAW = {"iso-2022-jp", "Shift_JIS", "utf-8", "euc-jp"}


def word(label, encoding, encoded):
    if encoding == "B":
        return b"=?%s?B?%s?=" % (label.encode(), base64.b64encode(encoded))
    return b"=?%s?Q?%s?=" % (label.encode(), b"".join(b"=%02X" % byte for byte in encoded))


def percent(encoded):
    return b"".join(b"%%%02X" % byte for byte in encoded)


def message(subject=b"x", sender=b"x@example.jp", content=b"text/plain", more=b"", body=b"x"):
    return (b"From: %s\r\nTo: y@example.jp\r\nSubject: %s\r\nMIME-Version: 1.0\r\nContent-Type: %s\r\n%s\r\n%s\r\n"
            % (sender, subject, content, more, body))


def attached(content=b"application/pdf", disposition=b"attachment"):
    part = b"--b\r\nContent-Type: %s\r\nContent-Disposition: %s\r\n\r\nx\r\n--b--" % (content, disposition)
    return message(content=b"multipart/mixed; boundary=b", body=part)


def in_headers(label, text, encoded):
    for encoding in "BQ":
        yield "subject", text, encoding, message(subject=word(label, encoding, encoded))
        yield "from", text, encoding, message(sender=word(label, encoding, encoded) + b" <x@example.jp>")
    half = len(encoded) // 2  # in the middle of a character, as many mailers do
    two = word(label, "B", encoded[:half]) + b"\r\n " + word(label, "B", encoded[half:])
    yield "subject", text, "split", message(subject=two)
    name, quoted = text + ".pdf", word(label, "B", encoded)
    yield "file", name, "name-2047", attached(content=b'application/pdf; name="%s.pdf"' % quoted)
    yield "file", name, "filename-2047", attached(disposition=b'attachment; filename="%s.pdf"' % quoted)


def by_rfc2231(label, text, encoded):
    name, start = text + ".pdf", label.encode() + b"''"
    dotted = percent(encoded + (b".pdf" if not label.startswith(("utf-16", "utf-32")) else b""))
    if label.startswith(("utf-16", "utf-32")):
        name = text
    yield "file", name, "2231", attached(disposition=b"attachment; filename*=%s%s" % (start, dotted))
    cut = len(dotted) // 6 * 3
    parts = b"attachment;\r\n filename*0*=%s%s;\r\n filename*1*=%s" % (start, dotted[:cut], dotted[cut:])
    yield "file", name, "2231-continued", attached(disposition=parts)


def in_bodies(label, text, encoded, encode):
    kind, html = b"text/plain; charset=" + label.encode(), b"text/html; charset=" + label.encode()
    page = encode("<html><body><p>" + text + "</p></body></html>")
    for coding, made in ((b"base64", base64.encodebytes), (b"quoted-printable", quopri.encodestring)):
        more = b"Content-Transfer-Encoding: %s\r\n" % coding
        name = coding.decode()
        yield "body", text, name, message(content=kind, more=more, body=made(encoded))
        yield "body", text, "html-" + name, message(content=html, more=more, body=made(page))
    if b"\0" not in encoded and b"\r" not in encoded and b"\n" not in encoded:
        more = b"Content-Transfer-Encoding: 8bit\r\n"
        yield "body", text, "8bit", message(content=kind, more=more, body=encoded)


def raw(label, text, encoded):
    yield "subject", text, "raw", message(subject=encoded)
    yield "from", text, "raw", message(sender=b'"%s" <x@example.jp>' % encoded)
    yield "file", text + ".pdf", "raw", attached(disposition=b'attachment; filename="%s.pdf"' % encoded)


def cases():
    for label, text, encode in CHARSETS:
        encoded = encode(text)
        found = [*in_headers(label, text, encoded), *by_rfc2231(label, text, encoded),
                 *in_bodies(label, text, encoded, encode)]
        if label in RAW:
            found += raw(label, text, encoded)
        for place, read, form, mail in found:
            yield f"{label}-{place}-{form}", place, read, mail
    for number, (label, text, encode) in enumerate(WRONG):
        for place, read, form, mail in in_headers(label, text, encode(text)):
            yield f"wrong-{label}-{number}-{place}-{form}", place, read, mail
    entities = "".join(f"&#{ord(c)};" for c in PLAIN)
    yield "entities-body", "body", PLAIN, message(content=b"text/html", body=b"<p>%s</p>" % entities.encode())
