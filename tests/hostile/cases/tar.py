"""Tar: headers that programs read differently, and what stands around members."""

from case import REFUSED, UNDECIDED, attack
from making.stream import gzip, python_gzip
from making.tar import END, GNU, V7, archive, base256, header, member, octal, padded, summed

A, B = member(), member(b"b.txt", b"the other one\n")
EVIL = member(b"evil.sh", b"#!/bin/sh\necho hidden\n")
JUNK = bytes(range(1, 256)) * 17
READ = "ambiguous-type corrupt-stream"


def case(id, differs, data, reasons=READ, **more):
    return attack(f"tar-{id}", differs, data, reasons, **more)


def behind():
    end = "second-archive trailing-data unaccounted-bytes"
    yield case("show-second", "a second tar behind the first (cat a.tar evil.tar)",
               archive(A) + archive(EVIL), "second-archive")
    yield case("show-second-gz", "the same inside one gzip stream",
               python_gzip(archive(A) + archive(EVIL)), "second-archive", file="agent-1.tar.gz")
    yield case("show-junk", "4 KiB of junk behind a plain tar", archive(A) + JUNK[:4096], end)
    yield case("show-junk-in-gz", "4 KiB of junk behind the tar, inside the gzip stream",
               python_gzip(archive(A) + JUNK[:4096]), end)
    yield case("show-junk-behind-gz", "4 KiB of junk behind the gzip stream",
               python_gzip(archive(A)) + JUNK[:4096], "trailing-data")
    yield case("far-junk", "a member behind 64 KiB of zeros",
               archive(A) + b"\0" * 65536 + archive(EVIL), "second-archive")
    yield case("one-zero-block", "a member behind one zero block: some go on, some stop",
               archive(A, b"\0" * 512, EVIL), end + " " + READ)
    yield case("junk-in-end", "bytes in the second zero block", archive(
        A, end=b"\0" * 512 + b"hidden" + b"\0" * 506), end + " " + READ)
    yield case("one-byte-behind", "one byte behind the end", archive(A) + b"x", end)
    yield case("no-end", "no end mark", archive(A, B, end=b""), "truncated")
    yield case("half-end", "one zero block for an end", archive(A, end=b"\0" * 512), "truncated")
    yield case("cut-in-content", "cut inside the last member", archive(A)[:600], "truncated")
    yield case("cut-in-header", "cut inside a header", archive(A, B)[:1024 + 300],
               "truncated " + READ)
    yield case("zeros-only", "100 KB of zeros: an empty tar, or data", b"\0" * 102400,
               "empty-bundle", exits=UNDECIDED)
    yield case("empty", "an end mark alone", END, "empty-bundle", exits=UNDECIDED)
    yield case("zeros-before", "zero blocks before the first header",
               b"\0" * 1024 + archive(A), READ + " unsupported-container trailing-data",
               exits=REFUSED)


def between():
    yield case("padding", "bytes in the padding behind a member's content",
               archive(header(size=20) + padded(b"nothing bad in here\n", b"h"), B),
               "trailing-data unaccounted-bytes")
    yield case("padding-folder", "bytes behind a folder's header that no size counts",
               archive(header(b"d/", type=b"5") + padded(b"hidden"), B), READ)
    yield case("padding-long-name", "bytes in the padding of a long name",
               archive(member(b"././@LongLink", b"n" * 200 + b"\0", type=b"L", magic=GNU)[:-9]
                       + b"hidden!!!", A), "trailing-data unaccounted-bytes " + READ)
    yield case("field-behind-name", "bytes behind the NUL of a name",
               archive(header(b"a.txt\0.sh\0hidden", 0), B), READ + " unaccounted-bytes")
    yield case("field-behind-uname", "bytes behind the NUL of an owner",
               archive(header(b"a.txt", 0, uname=b"root\0hidden"), B),
               READ + " unaccounted-bytes")
    yield case("field-behind-link", "a link's target on a file",
               archive(member(link=b"/etc/passwd"), B), READ + " unaccounted-bytes")
    yield case("field-tail", "bytes in the last twelve of a ustar header",
               archive(header(b"a.txt", 0, tail=b"hidden"), B), READ + " unaccounted-bytes")
    yield case("field-v7-rest", "bytes where v7 has none",
               archive(header(b"a.txt", 0, magic=V7, uname=b"hidden" * 5, gname=b"hidden"), B),
               READ + " unaccounted-bytes")


def numbers():
    size = len(b"nothing bad in here\n")
    for id, differs, field in [
            ("octal-junk", "a size with a letter in it", b"000000000xx\0"),
            ("octal-sign", "a negative size in octal", b"-0000000024\0"),
            ("octal-plus", "a size with a plus sign", b"+0000000024\0"),
            ("octal-hex", "a size in hexadecimal", b"0x14\0"),
            ("octal-middle-blank", "a size with a blank in the middle", b"0000 000024\0"),
            ("octal-middle-nul", "a size with a NUL in the middle", b"0000\0000024\0"),
            ("octal-eight", "a digit 8 in an octal size", b"00000000028\0"),
            ("base256-small", "a small size as base 256: not every program reads that",
             base256(size, 12)),
            ("base256-negative", "a negative size", base256(-512, 12)),
            ("base256-huge", "a size of 2^63", base256(2**63, 12)),
            ("base256-over", "a size of 2^87", b"\x80" + b"\xff" * 11),
            ("base256-c0", "a size marked 0xc0", b"\xc0" + b"\0" * 10 + b"\x14")]:
        yield case(f"size-{id}", differs, archive(member(size=field), B),
                   READ + " size-mismatch truncated")
    yield case("size-octal-max", "a size beyond the file", archive(member(size=8**11 - 1), B),
               "truncated " + READ)
    yield case("size-2-62", "a size of 2^62", archive(member(size=base256(2**62, 12)), B),
               "truncated " + READ + " limit-member-bytes", exits=REFUSED)
    for id, differs, field in [("uid-negative", "an owner below zero", {"uid": base256(-1, 8)}),
                               ("uid-huge", "an owner of 2^40", {"uid": base256(2**40, 8)}),
                               ("mode-junk", "a mode that is no number", {"mode": b"rwxr-xr\0"})]:
        yield case(f"number-{id}", differs, archive(header(b"a.txt", 0, **field), B),
                   READ + " unsafe-mode unsafe-type")
    yield case("checksum-wrong", "a header whose checksum fits nothing",
               archive(A, member(b"b.txt", b"x", checksum=b"000001\0 ")),
               READ + " checksum-mismatch")
    yield case("checksum-blank", "a blank checksum on a header of zeros but for the name",
               archive(A, header(b"b.txt", 0, checksum=b" " * 8)), READ + " checksum-mismatch")


def kinds():
    for type, name in [(b"V", "volume-label"), (b"M", "multi-volume"), (b"D", "gnu-folder"),
                       (b"N", "old-long-name"), (b"A", "solaris-acl"), (b"E", "solaris-attr"),
                       (b"I", "inode"), (b"X", "sun-extended"), (b"Z", "unknown"),
                       (b"\xff", "high-byte"), (b"8", "reserved"), (b" ", "blank")]:
        yield case(f"type-{name}", f"type {type!r}: a file, nothing, or headers",
                   archive(member(type=type), B), READ + " unsupported-feature unsafe-type",
                   exits=REFUSED)
    yield case("type-contiguous-link", "a contiguous file with a link's target",
               archive(member(type=b"7", link=b"/etc"), B), READ + " unaccounted-bytes")
    yield case("type-nul-slash", "an old file whose slash makes it a folder, with content",
               archive(member(b"d/", type=b"\0"), B), READ)
    yield case("type-file-slash", "a file whose name ends as a folder's",
               archive(member(b"d/", b"content", type=b"0"), B), READ)
    yield case("type-file-slash-empty", "the same without content",
               archive(member(b"d/", b"", type=b"0"), B), READ)
    yield case("type-folder-content", "a folder with content",
               archive(member(b"d/", type=b"5"), B), READ)
    yield case("type-link-content", "a symbolic link with content",
               archive(member(b"l", type=b"2", link=b"b.txt"), B), READ)
    yield case("type-hardlink-content", "a hard link with content",
               archive(B, member(b"l", type=b"1", link=b"b.txt")), READ + " unsafe-name")
    yield case("type-device-content", "a device with content",
               archive(member(b"l", type=b"3"), B), READ + " unsafe-type")
    yield case("magic-other", "a header of no known kind",
               archive(A, member(b"b.txt", magic=b"usxxr\x0000")), READ)
    yield case("magic-version", "ustar of a version that is not 00",
               archive(A, member(b"b.txt", magic=b"ustar\x0099")), READ)
    yield case("magic-nul-version", "ustar with a version of NULs",
               archive(A, member(b"b.txt", magic=b"ustar\0\0\0")), READ)
    yield case("prefix-gnu", "a name's first part where GNU has times",
               archive(member(magic=GNU, prefix=b"../../etc"), B), READ + " unsafe-name")
    yield case("prefix-v7", "a name's first part where v7 has nothing",
               archive(member(magic=V7, prefix=b"etc"), B), READ)
    yield case("prefix-nul", "a name's first part with a NUL inside",
               archive(member(prefix=b"etc\0hidden"), B), READ + " unaccounted-bytes")
    yield case("prefix-slash", "a first part that ends with a slash: one slash, or two",
               archive(member(prefix=b"etc/"), B), READ + " unsafe-name")
    yield case("sparse-gnu", "an old GNU sparse member",
               archive(sparse_gnu(), B), "unsupported-feature", exits=REFUSED)


def sparse_gnu():
    block = bytearray(header(b"a.txt", 20, type=b"S", magic=GNU))
    block[386:482] = (octal(0, 12) + octal(20, 12)).ljust(96, b"\0")
    block[483:495] = octal(1 << 30, 12)
    return summed(block) + padded(b"nothing bad in here\n")


def streamed():
    yield case("in-gz-two-members", "the second half of the tar in a second gzip member",
               gzip(archive(A, end=b"")) + gzip(archive(EVIL)), "trailing-data truncated")
    yield case("in-gz-evil-member", "a whole tar in a second gzip member",
               gzip(archive(A)) + gzip(archive(EVIL)), "trailing-data")
    yield case("inside-content", "a tar inside content, which a lost size would open",
               archive(member(b"a.tar", archive(EVIL), size=0), B),
               READ + " second-archive truncated")


def cases():
    for group in (behind, between, numbers, kinds, streamed):
        yield from group()
