"""Disguises: the ways in which a sample is hidden, each a function from its name and bytes to
the files a bundle carries instead. Samples are inert, and nothing here is ever run."""

import base64
import gzip
import io
import lzma
import re
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

NAMES = re.compile(
    rb"xmrig|xmr-stak|cpuminer|minerd|ethminer|nbminer|lolminer|phoenixminer|teamredminer|"
    rb"srbminer|gminer|t-rex|nanominer|diamorphine|reptile|adore|processhider|winring0",
    re.IGNORECASE)


def is_program(data):
    return data[:4] == b"\x7fELF" or data[:2] == b"MZ" or data[:4] in (
        b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce")


def is_model(data):
    """Read by one program in one form: under a key or as other text it is no model."""
    return data[:2] == b"\x80\x04" or data[:4] == b"cos\n" or b"\x08location\x12" in data[:20]


def has_tables(data):
    """A loader reads them as they are, so that their names cannot be spelled otherwise."""
    if data[:4] == b"\x7fELF":
        return any(data[32:40]) or any(data[40:48])
    return data[:2] == b"MZ" and data[60:64] == b"\x40\0\0\0"


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def cpio(name, data):
    def entry(path, content, mode):
        fields = [1, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path) + 1, 0]
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + path + b"\0"
        pad = lambda part: part + b"\0" * (-len(part) % 4)
        return pad(head) + pad(content)
    return entry(name.encode(), data, 0o100755) + entry(b"TRAILER!!!", b"", 0)


def ar(files):
    out = b"!<arch>\n"
    for name, data in files:
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(data))
        out += data + b"\n" * (len(data) % 2)
    return out


CONTROL = (b"Package: agent\nVersion: 2.0\nArchitecture: amd64\nMaintainer: tests "
           b"<tests@vendor.example>\nDescription: a package of the tests\n")


def deb(name, data):
    inside = {"./control": CONTROL}
    if not is_program(data) and data[:2] == b"#!":
        inside["./postinst"] = data
    return ar([(b"debian-binary", b"2.0\n"), (b"control.tar.gz", gzip.compress(tar(inside), mtime=0)),
               (b"data.tar.gz", gzip.compress(tar({"./" + name: data}), mtime=0))])


def plain(name, data):
    return {name: data}


def renamed(name, data):
    """A program's own names are replaced by others as long."""
    return {name: NAMES.sub(lambda m: b"q" * len(m.group()), data)} if is_program(data) else {}


def keyed(change):
    return lambda name, data: {} if is_model(data) else {
        f"{key:03}.bin": bytes(change(byte, key) for byte in data) for key in range(1, 256)}


def in_base64(name, data):
    return {"install.sh": b"#!/bin/sh\nbase64 -d >/tmp/x <<'EOF'\n" + base64.encodebytes(data) +
            b"EOF\n"}


def in_utf16(name, data):
    if is_model(data) or has_tables(data):
        return {}
    if not is_program(data):
        try:
            return {name: b"\xff\xfe" + data.decode("ascii").encode("utf-16-le")}
        except UnicodeDecodeError:
            return {}
    widen = lambda m: m.group().decode("ascii").encode("utf-16-le")
    return {name: data[:128] + re.sub(rb"[\x20-\x7e]{5,}", widen, data[128:])}


def in_7z(name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        subprocess.run(["7zz", "a", "-bso0", "-mx1", "-t7z", "a.7z", name], check=True,
                       cwd=folder, timeout=30, stdin=subprocess.DEVNULL)
        return {"a.7z": Path(folder, "a.7z").read_bytes()}


def nested(name, data):
    inner = gzip.compress(tar({name: data}), mtime=0)
    return {"a.cpio": cpio("b.tar.xz", lzma.compress(tar({"c.zip": zipped("d.tar.gz", inner)}),
                                                     preset=0))}


PE_HEAD = (b"MZ" + b"\0" * 58 + b"\x40\0\0\0" + b"PE\0\0\x64\x86\x01\0" + b"\0" * 12 +
           b"\xf0\0\x22\0" + b"\x0b\x02" + b"\0" * 238 +
           b".text\0\0\0" + b"\0\x02\0\0\0\x10\0\0\0\x02\0\0\0\x02\0\0" + b"\0" * 16)


def as_overlay(name, data):
    return {"setup.exe": PE_HEAD.ljust(0x400, b"\0") + data}


def le(*numbers):
    return b"".join(number.to_bytes(4, "little") for number in numbers)


def packed_by_upx(name, data):
    """As UPX packs with LZMA, less the loader: nothing here could run."""
    # UPX packs programs, no modules and no objects, and nothing twice.
    if b"UPX!" in data or data[:2] != b"MZ" and (data[:4] != b"\x7fELF" or data[16] == 1):
        return {}
    raw = [{"id": lzma.FILTER_LZMA1, "preset": 6, "lc": 3, "lp": 0, "pb": 2}]
    block = b"\x02\x03" + lzma.compress(data, format=lzma.FORMAT_RAW, filters=raw)
    if data[:2] == b"MZ":
        sections = b"".join(
            part.ljust(8, b"\0") + le(0x8000, at, size, 0x400) + b"\0" * 12 + le(0xe0000020)
            for part, at, size in ((b"UPX0", 0x1000, 0), (b"UPX1", 0x9000, 0x8000)))
        head = bytearray(PE_HEAD[:0x148] + sections)
        head[0x46] = 2
        mark = b"UPX!\x0d\x24\x0e\x09" + le(0, 0, len(data), len(block), len(data)) + b"\0" * 4
        return {name: (bytes(head).ljust(0x3e0, b"\0") + mark) + block}
    wide = data[4] == 2
    size = 64 + 2 * 56 if wide else 52 + 2 * 32
    head = bytearray(data[:64 if wide else 52].ljust(size, b"\0"))
    for at in range(16 + 8, len(head)):
        head[at] = 0
    head[0x20 if wide else 0x1c] = 64 if wide else 52
    head[0x36 if wide else 0x2a] = 56 if wide else 32
    head[0x38 if wide else 0x2c] = 2
    return {name: bytes(head) + le(0) + b"UPX!" + bytes(16) + le(len(data), len(block)) +
            b"\x0e\0\0\0" + block + le(0) + b"UPX!" + le(0)}


def after_trailing(name, data):
    return {"update.gz": gzip.compress(b"an update\n", mtime=0) + data}


DISGUISES = {
    "none": plain,
    "stripped names": renamed,
    "XOR, every key": keyed(lambda byte, key: byte ^ key),
    "ADD, every key": keyed(lambda byte, key: (byte + key) & 255),
    "base64": in_base64,
    "UTF-16": in_utf16,
    "zip": lambda name, data: {"a.zip": zipped(name, data)},
    "7z": in_7z,
    "deb": lambda name, data: {"a.deb": deb(name, data)},
    "cpio": lambda name, data: {"a.cpio": cpio(name, data)},
    "nested four deep": nested,
    "overlay": as_overlay,
    "UPX": packed_by_upx,
    "trailing data": after_trailing,
}
