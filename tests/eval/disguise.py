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
    return lambda name, data: {
        f"{key:03}.bin": bytes(change(byte, key) for byte in data) for key in range(1, 256)}


def in_base64(name, data):
    return {"install.sh": b"#!/bin/sh\nbase64 -d >/tmp/x <<'EOF'\n" + base64.encodebytes(data) +
            b"EOF\n"}


def in_utf16(name, data):
    if not is_program(data):
        try:
            return {name: b"\xff\xfe" + data.decode("ascii").encode("utf-16-le")}
        except UnicodeDecodeError:
            return {}
    widen = lambda m: m.group().decode("ascii").encode("utf-16-le")
    return {name: data[:128] + re.sub(rb"[\x20-\x7e]{5,}", widen, data[128:])}


def in_7z(name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, Path(name).name)
        path.write_bytes(data)
        subprocess.run(["7zz", "a", "-bso0", "-mx1", "-t7z", f"{folder}/a.7z", path], check=True,
                       timeout=30, stdin=subprocess.DEVNULL)
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
    "trailing data": after_trailing,
}
