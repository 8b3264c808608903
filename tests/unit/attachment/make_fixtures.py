"""Makes the files in fixtures/, which are the seeds of the fuzz target too. Needs the Debian packages zip, p7zip-full and qpdf; the tests need none of them.

RAR has no free packer: those files are headers written by hand, as are the compound files (OLE).
"""

import os
import pathlib
import struct
import subprocess
import tempfile
import zipfile
import zlib

OUT = pathlib.Path(__file__).parent / "fixtures"
SEEDS = pathlib.Path(__file__).parents[2] / "fuzz" / "corpus" / "attachment_fuzz"
PASSWORD = "sekisho"
CP932 = "見積書.xls".encode("cp932")
TIME = (2024, 4, 1, 9, 0, 0)


def run(folder, *command, **environment):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment})


def plain_zip(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as z:
        for name, content in members.items():
            z.writestr(zipfile.ZipInfo(name, TIME), content)


def make_zips(folder):
    (folder / "readme.txt").write_text("hello\n" * 10)
    (folder / "setup.exe").write_bytes(b"MZ" + bytes(100))
    pathlib.Path(os.fsdecode(bytes(folder) + b"/" + CP932)).write_bytes(b"cells " * 20)
    bytes_of_name = os.fsdecode(CP932)
    run(folder, "zip", "-qX", "-P", PASSWORD, OUT / "zipcrypto_cp932.zip", bytes_of_name, LC_ALL="C")
    run(folder, "zip", "-qX", OUT / "plain_cp932.zip", bytes_of_name, LC_ALL="C")
    (folder / "資料.txt").write_text("hello")
    run(folder, "7z", "a", "-tzip", "-mem=AES256", f"-p{PASSWORD}", OUT / "aes_utf8.zip", "資料.txt", "setup.exe",
        LC_ALL="C.UTF-8")
    streamed = subprocess.run(["zip", "-qX", "-", "setup.exe"], cwd=folder, check=True, capture_output=True)
    (OUT / "streamed.zip").write_bytes(streamed.stdout)  # sizes behind the data
    (OUT / "streamed_no_directory.zip").write_bytes(streamed.stdout[: streamed.stdout.index(b"PK\x01\x02")])
    plain_zip(OUT / "executable.zip", {"readme.txt": "x", "請求書.pdf        .exe": "MZ"})
    plain_zip(OUT / "docm.zip", {"[Content_Types].xml": "<x/>", "word/vbaProject.bin": "x", "word/document.xml": "x"})
    plain_zip(OUT / "script_alone.zip", {"invoice.js": "x", "readme.txt": "x"})
    plain_zip(OUT / "web_site.zip", {"site/main.js": "x", **{f"site/{n}.html": "x" for n in range(10)}})
    inner = folder / "inner.zip"
    plain_zip(inner, {"run.scr": "MZ"})
    plain_zip(OUT / "nested_stored.zip", {"inner.zip": inner.read_bytes()}, compression=zipfile.ZIP_STORED)
    whole = (OUT / "zipcrypto_cp932.zip").read_bytes()
    (OUT / "no_directory.zip").write_bytes(whole[: whole.index(b"PK\x01\x02")])
    (OUT / "behind_bytes.zip").write_bytes(b"#!/bin/sh\n" + (OUT / "executable.zip").read_bytes())
    (OUT / "hidden_member.zip").write_bytes(hidden_member())
    (OUT / "unicode_field.zip").write_bytes(unicode_field())
    (OUT / "zip64.zip").write_bytes(zip64())
    (OUT / "two_ends.zip").write_bytes(two_ends())


def local(name, data=b"x", flags=0, extra=b""):
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, flags, 0, 0, 0x5881, zlib.crc32(data), len(data), len(data),
                       len(name), len(extra))
    return head + name + extra + data


def central(name, at, data=b"x", flags=0, extra=b"", sizes=None):
    size = len(data) if sizes is None else sizes
    where = at if sizes is None else 0xFFFFFFFF
    head = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, flags, 0, 0, 0x5881, zlib.crc32(data), size, size,
                       len(name), len(extra), 0, 0, 0, 0, where)
    return head + name + extra


def end(count, size, at):
    return struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, at, 0)


def hidden_member():
    """The directory lists a text; in front of it stands a program that only readers of streams see."""
    first, second = local(b"hidden.exe"), local(b"readme.txt")
    directory = central(b"readme.txt", len(first))
    return first + second + directory + end(1, len(directory), len(first + second))


def two_ends():
    """Two directories of one member: the comment of the first end record holds the second, with another name."""
    body = local(b"a.txt")
    first, second = central(b"a.txt", 0), central(b"a.exe", 0)
    at = len(body) + len(first) + 22
    comment = second + end(1, len(second), at)
    return body + first + end(1, len(first), len(body))[:-2] + struct.pack("<H", len(comment)) + comment


def unicode_field():
    name = b"_______.txt"
    field = b"\1" + struct.pack("<I", zlib.crc32(name)) + "請求書.txt".encode()
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    body = local(name)
    directory = central(name, 0, extra=extra)
    return body + directory + end(1, len(directory), len(body))


def zip64():
    name = b"large.exe"
    body = local(name, flags=1)
    extra = struct.pack("<HHQQQ", 1, 24, 1, 1, 0)
    directory = central(name, 0, flags=1, extra=extra, sizes=0xFFFFFFFF)
    at = len(body)
    end64 = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), at)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at + len(directory), 1)
    last = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + directory + end64 + locator + last


def make_7z(folder):
    names = [f"file-{n:02}.txt" for n in range(30)] + ["見積.exe"]  # many: 7z then packs the directory
    for name in names:
        (folder / name).write_text(name * 5)
    packed = dict(LC_ALL="C.UTF-8")
    run(folder, "7z", "a", OUT / "plain.7z", *names, **packed)
    run(folder, "7z", "a", f"-p{PASSWORD}", OUT / "aes_data.7z", *names, **packed)
    run(folder, "7z", "a", f"-p{PASSWORD}", "-mhe=on", OUT / "aes_names.7z", *names, **packed)
    chains = {"deflate": ["Deflate"], "bzip2": ["BZip2"], "delta": ["Delta:4", "LZMA"], "arm64": ["ARM64", "LZMA2"],
              "two_packers": ["PPMd", "LZMA"], "filter_alone": ["BCJ"], "bcj": ["BCJ", "LZMA2"]}
    for name, chain in chains.items():
        methods = [f"-m{n}={method}" for n, method in enumerate(chain)]
        run(folder, "7z", "a", *methods, OUT / f"{name}.7z", "readme.txt", **packed)
    run(folder, "7z", "a", "-mf=BCJ2", OUT / "bcj2.7z", "setup.exe", **packed)
    run(folder, "7z", "a", "-mhc=off", OUT / "directory_not_packed.7z", "readme.txt", "見積.exe", **packed)


def vint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def rar5_header(kind, flags, fields, extra=b"", data=b""):
    body = vint(kind) + vint(flags | (1 if extra else 0) | (2 if data else 0))
    body += (vint(len(extra)) if extra else b"") + (vint(len(data)) if data else b"") + fields + extra
    body = vint(len(body)) + body
    return struct.pack("<I", zlib.crc32(body)) + body + data


def rar5(name, encrypted=False):
    record = vint(1) + vint(0) + vint(0) + b"\x0f" + bytes(32)
    extra = vint(len(record)) + record if encrypted else b""
    fields = vint(4) + vint(1) + vint(32) + bytes(4) + vint(0) + vint(0) + vint(len(name)) + name
    return b"Rar!\x1a\x07\1\0" + rar5_header(1, 0, vint(0)) + rar5_header(2, 0, fields, extra, b"x") + rar5_header(5, 0, vint(0))


def rar4_header(kind, flags, fields):
    body = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body


def rar4(name, main_flags=0, file_flags=0):
    fields = struct.pack("<IIBIIBBHI", 1, 1, 2, 0, 0x58810000, 29, 0x30, len(name), 32) + name
    return (b"Rar!\x1a\x07\0" + rar4_header(0x73, main_flags, bytes(6)) + rar4_header(0x74, 0x8000 | file_flags, fields)
            + b"x" + rar4_header(0x7B, 0, b""))


def make_rars():
    (OUT / "plain5.rar").write_bytes(rar5("見積.exe".encode()))
    (OUT / "aes_data5.rar").write_bytes(rar5(b"a.txt", encrypted=True))
    (OUT / "aes_names5.rar").write_bytes(b"Rar!\x1a\x07\1\0" + rar5_header(4, 0, vint(0) + vint(0) + b"\x0f" + bytes(16)))
    (OUT / "plain4.rar").write_bytes(rar4(CP932))
    # "a.txt" for old readers; for all others: upper half 0, plain bytes "a.scr", four kinds in a byte.
    other = b"a.txt\0" + b"\x00\x00a.sc\x00r"
    (OUT / "two_names4.rar").write_bytes(rar4(other, file_flags=0x200))
    (OUT / "aes_data4.rar").write_bytes(rar4(b"folder\\a.exe", file_flags=4))
    (OUT / "aes_names4.rar").write_bytes(b"Rar!\x1a\x07\0" + rar4_header(0x73, 0x80, bytes(6)) + bytes(40))


def compound(streams, storages=(), class_id=bytes(16)):
    """A compound file of 512-byte sectors. Streams below 4096 bytes stand in the root's stream ([MS-CFB] 2.2)."""
    sector, small_sector, last = 512, 64, 0xFFFFFFFE
    fat, sectors, small, small_fat, entries = [], [], b"", [], []

    def put(data):
        start = len(sectors)
        count = max(1, -(-len(data) // sector))
        for i in range(count):
            sectors.append(data[i * sector:(i + 1) * sector].ljust(sector, b"\0"))
            fat.append(start + i + 1 if i + 1 < count else last)
        return start

    def entry(name, kind, start, size, clsid=bytes(16)):
        raw = name.encode("utf-16le") + b"\0\0"
        return (raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF) + clsid
                + bytes(20) + struct.pack("<IQ", start, size))

    for name, data in streams.items():
        if len(data) >= 4096:
            entries.append(entry(name, 2, put(data), len(data)))
            continue
        start, count = len(small_fat), max(1, -(-len(data) // small_sector))
        small += data.ljust(count * small_sector, b"\0")
        small_fat += [start + i + 1 if i + 1 < count else last for i in range(count)]
        entries.append(entry(name, 2, start, len(data)))
    entries += [entry(name, 1, 0, 0) for name in storages]
    root = put(small) if small else last
    small_table = put(b"".join(struct.pack("<I", n) for n in small_fat).ljust(sector, b"\xff")) if small else last
    directory = put(entry("Root Entry", 5, root, len(small), class_id) + b"".join(entries))
    table = len(sectors)
    fat.append(0xFFFFFFFD)
    assert len(fat) <= 128
    sectors.append(b"".join(struct.pack("<I", n) for n in fat).ljust(sector, b"\xff"))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, small_table, 1 if small else 0, last, 0)
    head += struct.pack("<I", table) + b"\xff" * (108 * 4)
    return head + b"".join(sectors)


def biff(*records):
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def fib(flags):
    return (struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0x411, 0, flags)).ljust(4096, b"\0")


def make_compounds():
    bof = (0x0809, bytes.fromhex("0006050000000000") + bytes(8))
    sheet = lambda kind: (0x0085, struct.pack("<IBB", 0, 0, kind) + b"\5\0Sheet")
    files = {
        "encrypted_ooxml.cfb": compound({"EncryptionInfo": b"x" * 100, "EncryptedPackage": b"x" * 5000}),
        "plain_word.cfb": compound({"WordDocument": fib(0)}),
        "encrypted_word.cfb": compound({"WordDocument": fib(0x0100)}),
        "macro_word.cfb": compound({"WordDocument": fib(0), "_VBA_PROJECT": b"x"}, ["Macros", "VBA"]),
        "plain_excel.cfb": compound({"Workbook": biff(bof, sheet(0), (0x0A, b"")) + bytes(4096)}),
        "encrypted_excel.cfb": compound({"Workbook": biff(bof, (0x2F, bytes(6)), sheet(7), (0x0A, b""))}),
        "macro_sheet_excel.cfb": compound({"Workbook": biff(bof, sheet(0), sheet(1), (0x0A, b"")) + bytes(4096)}),
        "encrypted_powerpoint.cfb": compound({"PowerPoint Document": bytes(5000), "Current User":
                                              struct.pack("<HHIII", 0, 0x0FF6, 20, 20, 0xF3D1C4DF) + bytes(12)}),
        "plain_powerpoint.cfb": compound({"PowerPoint Document": bytes(5000), "Current User":
                                          struct.pack("<HHIII", 0, 0x0FF6, 20, 20, 0xE391C05F) + bytes(12)}),
        "installer.cfb": compound({"x": b"x"}, class_id=bytes.fromhex("84100c0000000000c000000000000046")),
    }
    for name, content in files.items():
        (OUT / name).write_bytes(content)


def make_pdfs(folder):
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"]
    pdf, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(pdf)
    pdf += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    pdf += b"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    (OUT / "plain.pdf").write_bytes(pdf)
    encrypt = lambda name, user, bits, *more: run(
        folder, "qpdf", "--allow-weak-crypto", "--encrypt", user, "owner", bits, *more, "--", OUT / "plain.pdf", OUT / name)
    encrypt("user_rc4_40.pdf", PASSWORD, "40")
    encrypt("owner_rc4_40.pdf", "", "40")
    encrypt("user_rc4_128.pdf", PASSWORD, "128", "--use-aes=n")
    encrypt("owner_rc4_128.pdf", "", "128", "--use-aes=n")
    encrypt("user_aes_128.pdf", PASSWORD, "128", "--use-aes=y")
    encrypt("owner_aes_128.pdf", "", "128", "--use-aes=y")
    encrypt("user_aes_256.pdf", PASSWORD, "256")
    encrypt("owner_aes_256.pdf", "", "256")
    encrypt("owner_aes_256_r5.pdf", "", "256", "--force-R5")
    encrypt("user_aes_256_r5.pdf", PASSWORD, "256", "--force-R5")
    run(folder, "qpdf", "--object-streams=generate", OUT / "user_aes_256.pdf", f"--password={PASSWORD}", OUT / "user_xref_stream.pdf")
    escaped = (OUT / "user_rc4_40.pdf").read_bytes().replace(b"/Encrypt ", b"/#45ncryp#74 ")
    (OUT / "user_escaped.pdf").write_bytes(escaped)


def main():
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_zips(folder)
        make_7z(folder)
        make_rars()
        make_compounds()
        make_pdfs(folder)
    SEEDS.mkdir(exist_ok=True)
    for made in OUT.iterdir():
        (SEEDS / made.name).write_bytes(made.read_bytes())


main()
