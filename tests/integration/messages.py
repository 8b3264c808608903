"""Messages to send, as CRLF bytes. Nothing here looks like a virus to a scanner that reads this file."""

import base64
import email.message
import email.policy
import io
import quopri
import zipfile

_HEAD = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-"
EICAR = _HEAD + b"ANTIVIRUS-TEST-FILE!$H+H*"
EICAR_ONE_LETTER_OFF = _HEAD + b"ANTIVIRUS-TEXT-FILE!$H+H*"
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*" + b"GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

FIELDS = (b"From: Some One <sender@example.com>\r\nTo: <alice@example.test>\r\nSubject: a test\r\n"
          b"Date: Fri, 7 Jun 2024 12:00:00 +0000\r\nMessage-ID: <%s@example.com>\r\n")


def text(body=b"Hello.\r\n", name="text", fields=b""):
    """A message whose body is exactly these bytes."""
    return FIELDS % name.encode() + fields + b"\r\n" + body


def numbered(number, recipient_text=""):
    return text(f"Message {number} {recipient_text}\r\n".encode(), f"number-{number}")


def _with_part(part_fields, body, name):
    fields = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=_outer"\r\n'
    parts = (b"--=_outer\r\nContent-Type: text/plain\r\n\r\nSee the attachment.\r\n"
             b"--=_outer\r\n" + part_fields + b"\r\n\r\n" + body + b"\r\n--=_outer--\r\n")
    return text(parts, name, fields)


def _lines(encoded):
    return b"\r\n".join(encoded[i:i + 76] for i in range(0, len(encoded), 76))


def _zipped(payload):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("test.dat", payload)
    return packed.getvalue()


def plain(payload):
    return text(payload + b"\r\n", "plain")


def in_base64(payload):
    fields = b'Content-Type: application/octet-stream; name="test.dat"\r\nContent-Transfer-Encoding: base64'
    return _with_part(fields, _lines(base64.b64encode(payload)), "base64")


def in_quoted_printable(payload):
    fields = b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: quoted-printable"
    encoded = b"".join(b"=%02X" % byte for byte in payload)
    soft = b"=\r\n".join(encoded[i:i + 72] for i in range(0, len(encoded), 72))
    assert quopri.decodestring(soft) == payload
    return _with_part(fields, soft, "quoted-printable")


def in_zip(payload):
    fields = b'Content-Type: application/zip; name="test.zip"\r\nContent-Transfer-Encoding: base64'
    return _with_part(fields, _lines(base64.b64encode(_zipped(payload))), "zip")


def in_nested_multipart(payload):
    inner = (b"--=_inner\r\nContent-Type: text/plain\r\n\r\nnothing here\r\n--=_inner\r\n"
             b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             _lines(base64.b64encode(payload)) + b"\r\n--=_inner--\r\n")
    return _with_part(b'Content-Type: multipart/mixed; boundary="=_inner"', inner, "nested")


def in_message(payload):
    return _with_part(b"Content-Type: message/rfc822", in_base64(payload).rstrip(b"\r\n"), "message")


def _page(html, name):
    return _with_part(b"Content-Type: text/html; charset=utf-8", b"<html><body>%s</body></html>" % html, name)


def _data_uri(content_type, payload):
    return b"data:" + content_type + b";base64," + base64.b64encode(payload)


def in_data_uri(payload):
    return _page(b'<a href="%s">open</a>' % _data_uri(b"application/octet-stream", payload), "data-uri")


def in_percent_data_uri(payload):
    return _page(b'<img src="data:,%s">' % b"".join(b"%%%02x" % byte for byte in payload), "percent-data-uri")


def in_style(payload):
    return _page(b"<style>p{background:url('%s')}</style>" % _data_uri(b"image/png", payload), "style")


def in_page_in_data_uri(payload):
    inner = b'<iframe src="%s"></iframe>' % _data_uri(b"application/octet-stream", payload)
    return _page(b'<iframe src="%s"></iframe>' % _data_uri(b"text/html", inner), "page-in-data-uri")


WRAPPINGS = [plain, in_base64, in_quoted_printable, in_zip, in_nested_multipart, in_message, in_data_uri,
             in_percent_data_uri, in_style, in_page_in_data_uri]


def zip_with_password_flag():
    """An encrypted archive as far as anybody can tell without its password."""
    packed = bytearray(_zipped(b"secret " * 20))
    packed[6] |= 1  # general purpose bit 0 of the local header
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    fields = b'Content-Type: application/zip; name="secret.zip"\r\nContent-Transfer-Encoding: base64'
    return _with_part(fields, _lines(base64.b64encode(bytes(packed))), "encrypted")


def zip_of_unknown_method():
    """Compressed with zstd, by its header: nothing here opens that."""
    packed = bytearray(_zipped(b"text " * 20))
    packed[8] = 93  # APPNOTE.TXT 4.4.5
    packed[packed.index(b"PK\x01\x02") + 10] = 93
    fields = b'Content-Type: application/zip; name="new.zip"\r\nContent-Transfer-Encoding: base64'
    return _with_part(fields, _lines(base64.b64encode(bytes(packed))), "unknown method")


def body_of(message):
    return message.partition(b"\r\n\r\n")[2]


def with_attachment(size, name="large"):
    """A message of about `size` bytes that no scanner has seen before and none objects to."""
    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    return _with_part(b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64",
                      line * (size // len(line)), name)


def letter(subject, body):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "sender@example.com", "alice@example.test", subject
    message.set_content(body)
    return message.as_bytes(policy=email.policy.SMTP)
