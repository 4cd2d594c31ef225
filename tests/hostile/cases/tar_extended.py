"""Tar: pax and GNU headers, which one program applies and another does not."""

from case import REFUSED, attack
from making.tar import GNU, archive, gnu_long, header, member, padded, pax, record

A, B = member(), member(b"b.txt", b"the other one\n")
EVIL = member(b"evil.sh", b"#!/bin/sh\necho hidden\n")
LONG = b"n" * 150
READ = "ambiguous-type corrupt-stream"


def case(id, differs, data, reasons=READ, **more):
    return attack(f"pax-{id}", differs, data, reasons, **more)


def sizes():
    inner = archive(EVIL)
    yield case("size-over-zero", "TARmageddon: size 0 by ustar, an inner tar by pax",
               archive(pax((b"size", b"%d" % len(inner))), header(b"a.tar", 0) + padded(inner), B),
               READ + " size-mismatch")
    yield case("size-zero-over", "content by ustar, none by pax",
               archive(pax((b"size", b"0")), member(b"a.tar", inner), B),
               READ + " size-mismatch second-archive")
    yield case("size-more", "content that pax makes larger, over the next header",
               archive(pax((b"size", b"1024")), A, B), READ + " size-mismatch")
    yield case("size-less", "content that pax makes smaller",
               archive(pax((b"size", b"3")), A, B), READ + " size-mismatch")
    for id, value in [("negative", b"-5"), ("hex", b"0x14"), ("blank", b" 20"), ("float", b"20.0"),
                      ("huge", b"9" * 30), ("plus", b"+20"), ("empty", b"")]:
        yield case(f"size-{id}", "a pax size that is no plain number",
                   archive(pax((b"size", value)), A, B))
    yield case("size-2-62", "a pax size of 2^62", archive(pax((b"size", b"%d" % 2**62)),
                                                          header(b"a.txt", 0), B),
               READ + " truncated limit-member-bytes size-mismatch", exits=REFUSED)
    yield case("size-on-long-name", "a pax size that could mean the long name's header",
               archive(pax((b"size", b"512")), gnu_long(LONG), A, B))
    yield case("size-on-folder", "a pax size on a folder",
               archive(pax((b"size", b"512")), header(b"d/", type=b"5"), A, B))
    yield case("size-global", "a pax size for all members that follow",
               archive(pax((b"size", b"20"), type=b"g"), A, B))


def records():
    for id, differs, body in [
            ("unterminated", "a record without its line feed", b"15 path=evil.sh"),
            ("length-short", "a record shorter than it is", b"9 path=evil.sh\n"),
            ("length-long", "a record longer than the header", b"99 path=evil.sh\n"),
            ("length-zero", "a record of length 0", b"0 path=evil.sh\n"),
            ("length-junk", "a record whose length is no number", b"1x path=evil.sh\n"),
            ("length-none", "a record without a length", b"path=evil.sh\n"),
            ("length-leading-blank", "a blank before the length", b" 17 path=evil.sh\n"),
            ("length-huge", "a length of 2^64 and a bit", b"18446744073709551634 path=evil.sh\n"),
            ("no-equals", "a record without a value", b"11 evil.sh\n"),
            ("no-key", "a record without a key", b"12 =evil.sh\n"),
            ("nul-behind", "NUL bytes behind the last record", record(b"path", b"evil.sh") +
             b"\0" * 20),
            ("junk-behind", "bytes behind the last record", record(b"path", b"evil.sh") +
             b"hidden")]:
        yield case(f"record-{id}", differs, archive(pax(body=body), A, B))
    yield case("record-empty", "a pax header without records", archive(pax(body=b""), A, B))
    yield case("record-long", "a pax header of 2 MiB",
               archive(pax((b"comment", b"x" * (2 << 20))), A, B),
               READ + " unsupported-feature limit-name-bytes", exits=REFUSED)


def names():
    yield case("path-twice", "two paths: the first counts, or the last",
               archive(pax((b"path", b"evil.sh"), (b"path", b"good.txt")), A, B))
    yield case("path-empty", "an empty path: none, or the header's",
               archive(pax((b"path", b"")), A, B), READ + " unsafe-name")
    yield case("path-nul", "a path with a NUL inside (pax-nul-path.tar)",
               archive(pax((b"path", b"a.txt\0.sh")), A, B), READ + " unsafe-name")
    yield case("path-up", "a path that leads out", archive(pax((b"path", b"../evil")), A, B),
               "unsafe-name")
    yield case("path-invalid", "a path that is not the UTF-8 pax demands",
               archive(pax((b"path", b"\xff\xfe.sh")), A, B), "unsafe-name " + READ)
    yield case("path-slash", "a path that makes a file a folder",
               archive(pax((b"path", b"d/")), A, B))
    yield case("path-global", "a path for all members that follow",
               archive(pax((b"path", b"evil.sh"), type=b"g"), A, B))
    yield case("path-and-long-name", "a pax path and a GNU long name",
               archive(pax((b"path", b"evil.sh")), gnu_long(LONG), A, B))
    yield case("long-name-and-path", "the same the other way round",
               archive(gnu_long(LONG), pax((b"path", b"evil.sh")), A, B))
    yield case("linkpath-and-long-link", "a pax target and a GNU long one",
               archive(pax((b"linkpath", b"b.txt")), gnu_long(LONG, b"K"),
                       header(b"l", type=b"2", link=b"c"), B))
    yield case("linkpath-empty", "an empty link target",
               archive(pax((b"linkpath", b"")), header(b"l", type=b"2", link=b"b.txt"), B),
               READ + " unsafe-name")
    yield case("linkpath-on-file", "a link's target on a file",
               archive(pax((b"linkpath", b"/etc/passwd")), A, B), READ + " unaccounted-bytes")
    yield case("charset", "a name in a character set of its own",
               archive(pax((b"hdrcharset", b"EBCDIC"), (b"path", b"evil.sh")), A, B))
    yield case("long-name-twice", "two GNU long names",
               archive(gnu_long(LONG), gnu_long(b"m" * 150), A, B))
    yield case("long-name-nul", "a GNU long name with a NUL inside",
               archive(gnu_long(b"a.txt\0.sh"), A, B), READ + " unsafe-name")
    yield case("long-name-empty", "an empty GNU long name",
               archive(member(b"././@LongLink", b"", type=b"L", magic=GNU), A, B))
    yield case("long-name-up", "a GNU long name that leads out",
               archive(gnu_long(b"../" * 40 + b"etc/passwd"), A, B), "unsafe-name")
    yield case("long-link-on-file", "a GNU long target on a file",
               archive(gnu_long(b"/etc/passwd", b"K"), A, B), READ + " unaccounted-bytes")


def carriers():
    yield case("orphan", "a pax header with no member behind it",
               archive(A, pax((b"path", b"evil.sh"))))
    yield case("orphan-long-name", "a GNU long name with no member behind it",
               archive(A, gnu_long(LONG)))
    yield case("twice", "two pax headers for one member",
               archive(pax((b"path", b"evil.sh")), pax((b"mtime", b"1")), A, B))
    yield case("global-between", "a global header between a pax header and its member",
               archive(pax((b"path", b"evil.sh")), pax((b"comment", b"x"), type=b"g"), A, B))
    yield case("on-pax", "a long name whose member would be a pax header",
               archive(gnu_long(LONG), pax((b"path", b"evil.sh")), A, B))
    yield case("no-end", "a tar that ends with a pax header", archive(
        A, pax((b"path", b"evil.sh")), end=b""), READ + " truncated")
    for id, pairs in [
            ("1.0", [(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
                     (b"GNU.sparse.name", b"evil.sh"), (b"GNU.sparse.realsize", b"%d" % 2**62)]),
            ("0.1", [(b"GNU.sparse.size", b"1000000"), (b"GNU.sparse.numblocks", b"1"),
                     (b"GNU.sparse.map", b"0,20")]),
            ("0.0", [(b"GNU.sparse.size", b"1000000"), (b"GNU.sparse.numblocks", b"1"),
                     (b"GNU.sparse.offset", b"0"), (b"GNU.sparse.numbytes", b"20")]),
            ("orphan", [(b"GNU.sparse.name", b"evil.sh")]),
            ("solaris", [(b"SUN.holesdata", b"0 20")]),
            ("star", [(b"SCHILY.realsize", b"%d" % 2**62)])]:
        yield case(f"sparse-{id}", "a sparse member: holes, a name or a size of its own",
                   archive(pax(*pairs), A, B), READ + " unsupported-feature size-mismatch",
                   exits=REFUSED)
    yield case("sparse-empty-map", "GNU 1.0 with an empty map: 2^62 bytes, and none delivered",
               archive(pax((b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
                           (b"GNU.sparse.name", b"a"), (b"GNU.sparse.realsize",
                                                        b"%d" % 2**62)),
                       member(b"GNUSparseFile.0/a", padded(b"0\n")), B),
               READ + " unsupported-feature size-mismatch", exits=REFUSED)
    yield case("filetype", "a file type in a SCHILY record",
               archive(pax((b"SCHILY.filetype", b"link")), A, B))
    yield case("gnu-volume", "a GNU multi-volume record",
               archive(pax((b"GNU.volume.filename", b"evil.sh")), A, B),
               READ + " unsupported-feature", exits=REFUSED)


def cases():
    for group in (sizes, records, names, carriers):
        yield from group()
