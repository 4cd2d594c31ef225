"""Tar, block by block (POSIX.1-2017 pax, ustar, GNU, v7): every field may lie."""

USTAR, GNU, V7 = b"ustar\x0000", b"ustar  \0", b"\0" * 8
END = b"\0" * 1024


def octal(value, width):
    return b"%0*o\0" % (width - 1, value)


def base256(value, width):
    return bytes([0x80 if value >= 0 else 0xff]) + (value % 256 ** (width - 1)).to_bytes(
        width - 1, "big")


def header(name=b"a.txt", size=0, type=b"0", link=b"", magic=USTAR, prefix=b"", mode=0o644,
           uid=0, gid=0, mtime=1700000000, uname=b"root", gname=b"root", device=None, tail=b"",
           checksum=None):
    """A number, or the bytes that stand in its field."""
    def number(value, width):
        if isinstance(value, bytes):
            return value.ljust(width, b"\0")
        return octal(value, width) if value < 8 ** (width - 1) else base256(value, width)

    block = bytearray().join([
        name[:100].ljust(100, b"\0"), number(mode, 8), number(uid, 8), number(gid, 8),
        number(size, 12), number(mtime, 12), b" " * 8, type, link[:100].ljust(100, b"\0"), magic,
        uname.ljust(32, b"\0"), gname.ljust(32, b"\0"),
        (octal(0, 8) * 2 if device is None else device).ljust(16, b"\0"), prefix.ljust(155, b"\0"),
        tail.ljust(12, b"\0")])
    return summed(block, checksum)


def summed(block, checksum=None):
    assert len(block) == 512
    block = bytearray(block)
    block[148:156] = b" " * 8
    block[148:156] = checksum or b"%06o\0 " % sum(block)
    return bytes(block)


def padded(content, fill=b"\0"):
    return content + fill * (-len(content) % 512)


def member(name=b"a.txt", content=b"nothing bad in here\n", **more):
    return header(name, more.pop("size", len(content)), **more) + padded(content)


def record(key, value):
    rest = len(key) + len(value) + 3
    length = rest + 1
    while length != rest + len(str(length)):
        length += 1
    return b"%d %s=%s\n" % (length, key, value)


def pax(*pairs, type=b"x", body=None, **more):
    body = b"".join(record(key, value) for key, value in pairs) if body is None else body
    return member(b"PaxHeaders/a", body, type=type, **more)


def gnu_long(text, type=b"L"):
    return member(b"././@LongLink", text + b"\0", type=type, magic=GNU)


def archive(*pieces, end=END):
    return b"".join(pieces) + end
