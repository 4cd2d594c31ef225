"""ar, deb, cpio and rpm, byte by byte."""

from struct import pack

AR = b"!<arch>\n"


def ar_member(name, content, size=None, mode=b"100644", end=b"`\n", padding=b"\n", mtime=b"0"):
    size = len(content) if size is None else size
    size = size if isinstance(size, bytes) else b"%d" % size
    head = name.ljust(16) + mtime.ljust(12) + b"0".ljust(6) * 2 + mode.ljust(8) + \
        size.ljust(10) + end
    return head + content + (padding if len(content) % 2 else b"")


def ar(*members):
    return AR + b"".join(members)


def deb(control, data, version=b"2.0\n", names=(b"control.tar", b"data.tar"), between=b"",
        behind=b"", front=b""):
    return AR + front + ar_member(b"debian-binary", version) + ar_member(names[0], control) + \
        between + ar_member(names[1], data) + behind


def cpio_newc(name=b"a.txt", content=b"nothing bad in here\n", mode=0o100644, ino=1, links=1,
              magic=b"070701", check=0, size=None, name_size=None, device=(0, 0), padding=b"\0",
              nul=b"\0"):
    size = len(content) if size is None else size
    name_size = len(name) + 1 if name_size is None else name_size
    values = (ino, mode, 0, 0, links, 1700000000, size, 0, 0, *device, name_size, check)
    head = magic + b"".join(b"%08X" % value for value in values) + name + nul
    return head + padding * (-len(head) % 4) + content + padding * (-len(content) % 4)


def cpio_odc(name=b"a.txt", content=b"nothing bad in here\n", mode=0o100644, size=None):
    size = len(content) if size is None else size
    return b"070707" + b"%06o" * 7 % (1, 1, mode, 0, 0, 1, 0) + b"%011o" % 1700000000 + \
        b"%06o%011o" % (len(name) + 1, size) + name + b"\0" + content


TRAILER = cpio_newc(b"TRAILER!!!", b"", mode=0, ino=0)
CRC_TRAILER = cpio_newc(b"TRAILER!!!", b"", mode=0, ino=0, magic=b"070702")


def cpio(*members, end=TRAILER):
    body = b"".join(members) + end
    return body + b"\0" * (-len(body) % 512)


# --- rpm (the version 3 format of rpm 4) --------------------------------------

def rpm_header(tags, extra_store=b"", count=None, size=None):
    """tags: (tag, type, count, bytes). Strings are type 6, binary 7, int32 4, i18n 9."""
    index, store = b"", b""
    for tag, kind, number, value in tags:
        if kind == 4:
            store += b"\0" * (-len(store) % 4)
        index += pack(">IIII", tag, kind, len(store), number)
        store += value
    store += extra_store
    return b"\x8e\xad\xe8\x01\0\0\0\0" + pack(
        ">II", len(tags) if count is None else count,
        len(store) if size is None else size) + index + store


def rpm_lead(name=b"agent-1-1", kind=0, major=3):
    return b"\xed\xab\xee\xdb" + bytes([major, 0]) + pack(">HH", kind, 1) + \
        name.ljust(66, b"\0") + pack(">HH", 1, 5) + b"\0" * 16


def rpm(payload, compressor=b"gzip", form=b"cpio", tags=(), signature=None, lead=None,
        gap=None):
    header = rpm_header([(1000, 6, 1, b"agent\0"), (1001, 6, 1, b"1\0"), (1002, 6, 1, b"1\0"),
                         (1124, 6, 1, form + b"\0"), (1125, 6, 1, compressor + b"\0"),
                         (1126, 6, 1, b"9\0"), *tags])
    if signature is None:
        signature = rpm_header([(1000, 4, 1, pack(">I", len(header) + len(payload)))])
    lead = rpm_lead() if lead is None else lead
    gap = b"\0" * (-len(signature) % 8) if gap is None else gap
    return lead + signature + gap + header + payload
