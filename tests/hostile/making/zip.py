"""Zip, byte by byte (APPNOTE 6.3.10): every field of every record may lie."""

import bz2
import lzma
import zlib
from dataclasses import dataclass, field
from struct import pack

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
DESCRIPTOR, END64, LOCATOR64 = b"PK\7\x08", b"PK\6\6", b"PK\6\7"
UNIX, FILE, FOLDER, LINK = 3 << 8 | 20, 0o100644 << 16, 0o40755 << 16 | 0x10, 0o120777 << 16
TIME = 0x5821 << 16 | 0x6000


def packed(content, method):
    if method == 8:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(content) + deflate.flush()
    if method == 12:
        return bz2.compress(content)
    if method == 14:
        chain = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}]
        return b"\x09\x04\x05\0\x5d\0\0\1\0" + lzma.compress(content, lzma.FORMAT_RAW,
                                                             filters=chain)
    if method == 95:
        return lzma.compress(content)
    return content


@dataclass
class Member:
    """A member told once; `local` and `central` say what each header has instead."""
    name: bytes = b"a.txt"
    content: bytes = b"nothing bad in here\n"
    method: int = 0
    flags: int = 0
    made_by: int = UNIX
    attributes: int = FILE
    extra: bytes = b""
    local: dict = field(default_factory=dict)
    central: dict = field(default_factory=dict)
    data: bytes = None  # instead of the packed content
    descriptor: bytes = b""  # what stands behind the data
    before: bytes = b""  # what stands before the local header

    def body(self):
        return packed(self.content, self.method) if self.data is None else self.data

    def fields(self, changed):
        told = dict(name=self.name, method=self.method, flags=self.flags, extra=self.extra,
                    made_by=self.made_by, attributes=self.attributes, need=20, comment=b"",
                    crc=zlib.crc32(self.content), packed=len(self.body()),
                    size=len(self.content), disk=0, internal=0, time=TIME, at=None, quoted=0)
        if told["flags"] & 8 and changed is self.local:
            told.update(crc=0, packed=0, size=0)
        told.update(changed)
        return told


def local_header(member):
    f = member.fields(member.local)
    return LOCAL + pack("<HHHIIIIHH", f["need"], f["flags"], f["method"], f["time"], f["crc"],
                        f["packed"], f["size"], len(f["name"]),
                        len(f["extra"]) + f["quoted"]) + f["name"] + f["extra"]


def central_header(member, at):
    f = member.fields(member.central)
    return CENTRAL + pack("<HHHHIIIIHHHHHII", f["made_by"], f["need"], f["flags"], f["method"],
                          f["time"], f["crc"], f["packed"], f["size"], len(f["name"]),
                          len(f["extra"]), len(f["comment"]), f["disk"], f["internal"],
                          f["attributes"], at if f["at"] is None else f["at"]) + \
        f["name"] + f["extra"] + f["comment"]


def end_record(count, size, at, comment=b"", **changed):
    f = dict(disk=0, start_disk=0, here=count, length=len(comment), count=count, size=size,
             at=at)
    f.update(changed)
    return END + pack("<HHHHIIH", f["disk"], f["start_disk"], f["here"] & 0xffff,
                      f["count"] & 0xffff, f["size"], f["at"], f["length"]) + comment


def end64(count, size, at, place, extensible=b"", changed=None):
    """The zip64 end record, which stands at `place`, and its locator."""
    f = dict(here=count, count=count, size=size, at=at, disk=0, start_disk=0,
             length=44 + len(extensible), place=place, locator_disk=0, disks=1)
    f.update(changed or {})
    return END64 + pack("<QHHIIQQQQ", f["length"], 45, 45, f["disk"], f["start_disk"],
                        f["here"], f["count"], f["size"], f["at"]) + extensible + \
        LOCATOR64 + pack("<IQI", f["locator_disk"], f["place"], f["disks"])


def described(member, wide=False, signature=DESCRIPTOR, **changed):
    """The member with its sizes behind it."""
    f = dict(crc=zlib.crc32(member.content), packed=len(member.body()),
             size=len(member.content))
    f.update(changed)
    member.flags |= 8
    member.descriptor = signature + pack("<IQQ" if wide else "<III", f["crc"], f["packed"],
                                         f["size"])
    return member


def wide_extra(*values):
    return extra(1, b"".join(pack("<Q", value) for value in values))


def extra(id, data):
    return pack("<HH", id, len(data)) + data


def unicode_extra(header_name, name, version=1, id=0x7075, crc=None):
    crc = zlib.crc32(header_name) if crc is None else crc
    return extra(id, pack("<BI", version, crc) + name)


@dataclass
class Layout:
    """Where the pieces came to stand."""
    local: bytes
    central: bytes
    count: int

    def whole(self, comment=b"", **end):
        told = dict(count=self.count, here=self.count, size=len(self.central),
                    at=len(self.local))
        told.update(end)
        return self.local + self.central + end_record(comment=comment, **told)


def layout(members, order=None, shift=0):
    """The local part and the directory; `order` permutes the directory."""
    local, central = bytearray(), []
    for member in members:
        local += member.before
        central.append(central_header(member, len(local) + shift))
        local += local_header(member) + member.body() + member.descriptor
    if order is not None:
        central = [central[i] for i in order]
    return Layout(bytes(local), b"".join(central), len(central))


def archive(*members, comment=b"", order=None, **end):
    return layout(members, order).whole(comment, **end)


def archive64(*members, extensible=b"", between=b"", narrow=None, **changed):
    """With a zip64 end record; `narrow` changes the old one, which says: look there."""
    made = layout(members)
    old = dict(here=0xffff, count=0xffff, size=0xffffffff, at=0xffffffff)
    old.update(narrow or {})
    place = len(made.local) + len(made.central)
    return made.local + made.central + \
        end64(made.count, len(made.central), len(made.local), place, extensible,
              changed) + \
        between + end_record(**old)
