"""Zip: two headers for one member that do not say the same (ZipDiff A: a1 to a5)."""

import zlib
from struct import pack

from case import FAILED, REFUSED, UNDECIDED, attack
from making.zip import (FILE, FOLDER, LINK, Member, archive, described, extra, packed,
                        unicode_extra, wide_extra)

TEXT = b"nothing bad in here\n" * 20
OTHER = Member(b"z.txt", b"the other one\n")
SENTINEL = 0xffffffff


def zipped(id, differs, *members, reasons="ambiguous-type", exits=None, **more):
    made = archive(*members, **more)
    given = {} if exits is None else {"exits": exits}
    return attack(f"zip-{id}", differs, made, reasons, **given)


def methods():
    yield zipped("a1-local-stored", "copied by one, inflated by the other",
                 Member(content=TEXT, method=8, local={"method": 0}), OTHER)
    yield zipped("a1-local-deflated", "inflated by one, copied by the other",
                 Member(content=packed(TEXT, 8), local={"method": 8}), OTHER)
    yield zipped("a1-local-unknown", "one does not know the method the other inflates",
                 Member(content=TEXT, method=8, local={"method": 77}), OTHER)
    yield zipped("a1-local-bzip2", "inflated by one, bunzipped by the other",
                 Member(content=TEXT, method=8, local={"method": 12}), OTHER)
    for number, name in [(1, "shrunk"), (6, "imploded"), (9, "deflate64"), (10, "dcl"),
                         (14, "lzma"), (18, "terse"), (19, "lz77"), (20, "zstd-old"),
                         (93, "zstd"), (94, "mp3"), (95, "xz"), (96, "jpeg"), (97, "wavpack"),
                         (98, "ppmd"), (1234, "unknown")]:
        data = packed(TEXT, number) if number in (14, 95) else packed(TEXT, 8)
        yield zipped(f"method-{name}", f"method {number}: whoever has no decoder passes it over",
                     Member(content=TEXT, method=number, data=data), OTHER,
                     reasons="unsupported-feature", exits=UNDECIDED)


def sizes():
    body = packed(TEXT, 8)
    lies = [("crc-local", {"crc": 1}, {}), ("crc-central", {}, {"crc": 1}),
            ("size-local", {"size": 5}, {}), ("size-central", {}, {"size": 5}),
            ("packed-local", {"packed": 5}, {}), ("packed-central", {}, {"packed": 5}),
            ("crc-zero-local", {"crc": 0}, {}), ("size-zero-local", {"size": 0}, {}),
            ("packed-zero-local", {"packed": 0}, {}),
            ("packed-zero-central", {}, {"packed": 0, "size": 0})]
    for name, local, central in lies:
        yield zipped(f"a2-{name}", "the two headers differ in checksum or size",
                     Member(content=TEXT, method=8, local=local, central=central), OTHER,
                     reasons="ambiguous-type corrupt-stream size-mismatch")
    both = [("crc-both", {"crc": 1}), ("crc-both-zero", {"crc": 0}),
            ("size-both-small", {"size": 5}), ("size-both-large", {"size": 5000}),
            ("packed-both-small", {"packed": len(body) - 1}),
            ("packed-both-large", {"packed": len(body) + 1})]
    for name, lie in both:
        yield zipped(f"a2-{name}", "both headers lie about the content in the same way",
                     Member(content=TEXT, method=8, local=lie, central=lie),
                     reasons="checksum-mismatch size-mismatch corrupt-stream ambiguous-type "
                             "truncated")
    for name, lie in [("crc", {"crc": 7}), ("crc-zero", {"crc": 0})]:
        yield zipped(f"a2-stored-{name}", "stored content that fits neither checksum",
                     Member(content=TEXT, local=lie, central=lie), OTHER,
                     reasons="checksum-mismatch")
    yield zipped("a2-stored-two-sizes", "stored, and packed otherwise than its size",
                 Member(content=TEXT, local={"size": 7}, central={"size": 7}), OTHER,
                 reasons="ambiguous-type size-mismatch")
    yield zipped("a2-local-sentinel-alone", "a size said to stand in a zip64 field that is not",
                 Member(content=TEXT, method=8, local={"size": SENTINEL, "packed": SENTINEL}),
                 reasons="ambiguous-type corrupt-stream")
    yield zipped("a2-inside-behind-end", "bytes behind the end of the deflate stream, inside "
                 "the member", Member(content=TEXT, method=8, data=body + b"hidden" * 50), OTHER,
                 reasons="size-mismatch corrupt-stream")
    yield zipped("a2-empty-with-packed-bytes", "size 0, and 300 packed bytes nobody shows",
                 Member(content=b"", method=8, data=packed(b"", 8) + b"hidden" * 50), OTHER,
                 reasons="size-mismatch corrupt-stream ambiguous-type")
    twice = packed(TEXT, 12) + packed(b"hidden\n", 12)
    yield zipped("a2-bzip2-two-streams", "a second bzip2 stream in the member: some read on",
                 Member(content=TEXT, method=12, data=twice), OTHER,
                 reasons="size-mismatch corrupt-stream")
    yield zipped("a2-deflate-cut", "the deflate stream ends early",
                 Member(content=TEXT, method=8, data=body[:-6]), OTHER,
                 reasons="size-mismatch corrupt-stream truncated")
    yield zipped("a2-link-crc", "a link whose target fits no checksum",
                 Member(b"l", b"a.txt", attributes=LINK, local={"crc": 3}, central={"crc": 3}),
                 OTHER, reasons="checksum-mismatch ambiguous-type")


def descriptors():
    def told(name, differs, member, reasons="ambiguous-type corrupt-stream"):
        return zipped(f"a2-descriptor-{name}", differs, member, OTHER, reasons=reasons)

    def deflated(**more):
        return Member(content=TEXT, method=8, **more)

    yield told("stored", "stored, its size behind it: readers from the start guess",
               described(Member(content=TEXT)))
    yield told("missing", "announced and not there", deflated(flags=8))
    yield told("unannounced", "there and not announced",
               Member(content=TEXT, method=8, descriptor=described(deflated()).descriptor))
    yield told("unsigned", "without a signature it can be taken for content",
               described(deflated(), signature=b""))
    yield told("wrong-signature", "another signature", described(deflated(), signature=b"PK\7\7"))
    for lie in ({"crc": 9}, {"size": 9}, {"packed": 9}):
        name = next(iter(lie))
        yield told(f"{name}", f"its {name} is not the directory's", described(deflated(), **lie))
    yield told("wide", "twice as wide as its reader expects",
               described(deflated(), wide=True))
    narrow = described(deflated(local={"extra": wide_extra(0, 0), "size": SENTINEL,
                                       "packed": SENTINEL}))
    yield told("narrow", "half as wide as a zip64 member's reader expects", narrow)
    late = described(deflated())
    late.descriptor = b"\0" * 8 + late.descriptor
    yield told("late", "eight bytes behind the end of the data", late)
    early = described(deflated())
    early.descriptor += b"\0" * 8
    yield told("then-bytes", "eight bytes that belong to nobody behind it", early)
    twice = described(deflated())
    twice.descriptor += twice.descriptor
    yield told("twice", "two of them", twice)
    yield told("local-flag-only", "announced in the local header alone",
               described(deflated(central={"flags": 0})))
    yield told("central-flag-only", "announced in the directory alone",
               described(deflated(local={"flags": 0})))
    inside = Member(content=TEXT, data=TEXT[:7] + b"PK\7\x08" + pack("<III", zlib.crc32(TEXT[:7]),
                                                                   7, 7) + TEXT[23:])
    inside.flags = 8
    inside.content = inside.data
    described(inside)
    yield told("inside-stored", "one in the middle of stored content, which ends it for some",
               inside)
    yield told("local-crc-too", "the local header has a checksum of its own",
               described(deflated(local={"crc": 77})))


def wide():
    size, body = len(TEXT), packed(TEXT, 8)
    both = wide_extra(size, len(body))
    told = {"size": SENTINEL, "packed": SENTINEL}

    def case(name, differs, local=None, central=None, exits=FAILED):
        member = Member(content=TEXT, method=8, local=local or {}, central=central or {})
        return zipped(f"a2-zip64-{name}", differs, member, OTHER,
                      reasons="ambiguous-type corrupt-stream size-mismatch truncated "
                              "unsupported-feature", exits=exits)

    full = {**told, "extra": both}
    yield case("not-asked-central", "a zip64 field where no size asks for one",
               central={"extra": wide_extra(size, len(body))})
    yield case("not-asked-local", "the same in the local header", local={"extra": both})
    yield case("not-asked-lying", "a zip64 field with other sizes that nobody asks for",
               local={"extra": wide_extra(5, 5)}, central={"extra": wide_extra(5, 5)})
    yield case("twice", "two zip64 fields: the first counts, or the last",
               local=full, central={**told, "extra": both + wide_extra(5, 5)})
    yield case("twice-equal", "two equal zip64 fields", local=full,
               central={**told, "extra": both + both})
    yield case("twice-local", "two zip64 fields in the local header",
               local={**told, "extra": wide_extra(5, 5) + both}, central=full)
    yield case("short", "too short for what is asked of it", local=full,
               central={**told, "extra": wide_extra(size)})
    yield case("long", "longer than what is asked of it", local=full,
               central={**told, "extra": wide_extra(size, len(body), 0, 0)})
    yield case("empty", "of no length", local=full, central={**told, "extra": extra(1, b"")})
    yield case("local-lies", "the local zip64 field says another size",
               local={**told, "extra": wide_extra(5, len(body))}, central=full)
    yield case("local-half", "the local zip64 field has one size of two",
               local={"size": SENTINEL, "extra": wide_extra(size)}, central=full)
    yield case("swapped", "packed and unpacked size swapped in one header",
               local={**told, "extra": wide_extra(len(body), size)}, central=full)
    yield case("huge", "a size of 2^64-1 in both headers",
               local={**told, "extra": wide_extra(2**64 - 1, len(body))},
               central={**told, "extra": wide_extra(2**64 - 1, len(body))})
    yield case("huge-packed", "a packed size of 2^63 in both headers",
               local={**told, "extra": wide_extra(size, 2**63)},
               central={**told, "extra": wide_extra(size, 2**63)})
    yield case("offset-only-lies", "the offset stands in a zip64 field and points elsewhere",
               central={"at": SENTINEL, "extra": wide_extra(3)})
    yield case("disk", "a zip64 field with a disk number of its own",
               local=full, central={**full, "disk": 0xffff,
                                    "extra": extra(1, pack("<QQI", size, len(body), 4))},
               exits=REFUSED)


def names():
    def case(id, differs, reasons="ambiguous-type", **more):
        return zipped(f"a3-{id}", differs, Member(content=TEXT, **more), OTHER,
                      reasons=reasons)

    yield case("local-other", "another name in the local header", local={"name": b"b.txt"})
    yield case("local-longer", "the local name goes on", local={"name": b"a.txt.sh"})
    yield case("local-empty", "no name in the local header", local={"name": b""})
    yield case("local-case", "the local name differs in case", local={"name": b"A.TXT"})
    yield case("local-slash", "a folder by its local name", local={"name": b"a.txt/"})
    yield case("local-up", "the local name leads out", local={"name": b"../a"})
    yield case("local-nul", "a NUL cuts the local name", local={"name": b"a.txt\0.sh"})
    yield case("local-separator", "a backslash in the local name alone", name=b"a/b",
               local={"name": b"a\\b"})
    good = unicode_extra(b"a.txt", b"evil.sh")
    yield case("unicode-both", "a Unicode path that is another name", extra=good)
    yield case("unicode-central", "one in the directory alone", central={"extra": good})
    yield case("unicode-local", "one in the local header alone", local={"extra": good})
    yield case("unicode-bad-crc", "its checksum fits another name",
               extra=unicode_extra(b"x", b"evil.sh"))
    yield case("unicode-version", "of version 2", extra=unicode_extra(b"a.txt", b"evil.sh", 2))
    yield case("unicode-twice", "two of them",
               extra=unicode_extra(b"a.txt", b"a.txt") + unicode_extra(b"a.txt", b"evil.sh"))
    yield case("unicode-empty", "with no name in it", extra=unicode_extra(b"a.txt", b""))
    yield case("unicode-short", "cut inside its checksum", extra=extra(0x7075, b"\1\2"))
    yield case("unicode-slash", "a folder by its Unicode path",
               extra=unicode_extra(b"a.txt", b"a.txt/"))
    yield case("unicode-and-flag", "the flag says the plain name is Unicode, and here is another",
               flags=0x800, extra=good)
    yield case("unicode-comment-path", "a Unicode comment that fits no comment",
               reasons="ambiguous-type corrupt-stream",
               central={"extra": unicode_extra(b"another", b"note", id=0x6375)})
    yield case("utf8-flag-local", "the encoding of the name is said in one header only",
               name="\u00e4.txt".encode(), local={"flags": 0x800})
    yield case("utf8-flag-central", "the same the other way round",
               name="\u00e4.txt".encode(), central={"flags": 0x800})
    yield case("utf8-flag-invalid", "said to be UTF-8 and is not", name=b"\xff\xfe.txt",
               flags=0x800, reasons="unsafe-name")
    yield case("no-encoding", "bytes of no known encoding", name=b"\xe4\xf6.txt",
               reasons="unsafe-name ambiguous-type")
    yield case("overlong", "an overlong UTF-8 slash", name=b"a\xc0\xafb", flags=0x800,
               reasons="unsafe-name")
    yield case("surrogate", "half a surrogate pair in UTF-8", name=b"a\xed\xa0\x80", flags=0x800,
               reasons="unsafe-name")


def kinds():
    def case(name, differs, member, reasons="ambiguous-type"):
        return zipped(f"a4-{name}", differs, member, OTHER, reasons=reasons)

    yield case("slash-with-content", "a folder by its name, a file by its size",
               Member(b"d/", TEXT))
    yield case("slash-with-packed-bytes", "a folder with 40 packed bytes that give nothing",
               Member(b"d/", b"", method=8, data=packed(b"", 8) + b"x" * 38),
               reasons="ambiguous-type size-mismatch corrupt-stream")
    yield case("backslash-end", "a folder for DOS, a file elsewhere", Member(b"d\\", b""),
               reasons="unsafe-name ambiguous-type")
    yield case("empty-name", "a member without a name", Member(b"", TEXT),
               reasons="unsafe-name ambiguous-type")
    yield case("slash-only", "a member called '/'", Member(b"/", b"", attributes=FOLDER),
               reasons="unsafe-name")
    yield case("unix-folder-no-slash", "a folder by its mode, a file by its name",
               Member(b"d", b"", attributes=0o40755 << 16))
    yield case("unix-folder-content", "a folder by its mode, with content",
               Member(b"d", TEXT, attributes=0o40755 << 16))
    yield case("dos-folder-no-slash", "a folder by its DOS bit, a file by its name",
               Member(b"d", b"", made_by=20, attributes=0x10))
    yield case("dos-folder-content", "a folder by its DOS bit, with content",
               Member(b"d", TEXT, made_by=20, attributes=0x10))
    yield case("dos-bit-unix-file", "a file by its mode, a folder by its DOS bit",
               Member(b"d", TEXT, attributes=FILE | 0x10))
    yield case("unix-file-slash", "a file by its mode, a folder by its slash",
               Member(b"d/", b"", attributes=FILE))
    yield case("dos-says-link", "a link for who reads the mode, a file for who reads the host",
               Member(b"l", b"/etc/passwd", made_by=20, attributes=LINK))
    yield case("ntfs-says-link", "the same from host NTFS",
               Member(b"l", b"a.txt", made_by=10 << 8 | 20, attributes=LINK))
    yield case("dos-says-device", "a device for who reads the mode alone",
               Member(b"l", b"", made_by=20, attributes=0o20666 << 16),
               reasons="ambiguous-type unsafe-type")
    yield case("link-slash", "a link by its mode, a folder by its name",
               Member(b"l/", b"a.txt", attributes=LINK))
    yield case("link-with-payload", "a link with 5000 bytes of target: a file elsewhere",
               Member(b"l", b"x" * 5000, attributes=LINK))
    yield case("link-with-nul", "a target with a NUL inside: shorter for C programs",
               Member(b"l", b"a.txt\0/../../etc", attributes=LINK),
               reasons="ambiguous-type unsafe-name")
    yield case("mode-unknown", "a mode of a kind that does not exist",
               Member(b"m", TEXT, attributes=0o110644 << 16))
    yield case("mode-unknown-empty", "the same without content",
               Member(b"m", b"", attributes=0o170644 << 16))
    for name, mode in [("fifo", 0o10644), ("socket", 0o140777), ("char", 0o20666),
                       ("block", 0o60660)]:
        yield case(f"{name}", "a device by its mode", Member(b"m", b"", attributes=mode << 16),
                   reasons="unsafe-type ambiguous-type")
    yield case("unix-extra-link", "a PKWARE Unix field with a link's target",
               Member(content=TEXT, extra=extra(0x0d, b"\0" * 12 + b"/etc/passwd")))
    asi = pack("<HIHH", 0o120777, 11, 0, 0) + b"/etc/passwd"
    yield case("asi-extra-link", "an ASi Unix field that makes a link of the file",
               Member(content=TEXT, extra=extra(0x756e, pack("<I", zlib.crc32(asi)) + asi)))
    xl = extra(0x6c78, b"\x05" + pack("<HI", UNIX_HOST, LINK))
    yield case("libarchive-extra-link", "a libarchive field that makes a link of the file",
               Member(content=TEXT, local={"extra": xl}))


UNIX_HOST = 3 << 8 | 20


def encryption():
    def case(name, differs, member, reasons="encrypted-member ambiguous-type", exits=REFUSED):
        return zipped(f"a5-{name}", differs, member, OTHER, reasons=reasons, exits=exits)

    locked = Member(content=TEXT, method=8, data=b"\x17" * 12 + packed(TEXT, 8))
    yield case("both", "encrypted the traditional way",
               Member(content=TEXT, method=8, flags=1, data=locked.data),
               "encrypted-member", UNDECIDED)
    yield case("local-only", "encrypted by its local header alone",
               Member(content=TEXT, method=8, local={"flags": 1}), "ambiguous-type", {1})
    yield case("central-only", "encrypted by the directory alone",
               Member(content=TEXT, method=8, central={"flags": 1}), "ambiguous-type", {1})
    yield case("stored", "encrypted and stored",
               Member(content=TEXT, flags=1, data=b"\x17" * 12 + TEXT))
    yield case("said-not-done", "flagged as encrypted, and plain to whoever ignores the flag",
               Member(content=TEXT, flags=1))
    aes = extra(0x9901, pack("<H2sBH", 2, b"AE", 3, 8))
    yield case("aes", "AES by WinZip",
               Member(content=TEXT, method=99, flags=1, extra=aes, data=b"\x17" * 60))
    yield case("aes-no-flag", "AES without the flag",
               Member(content=TEXT, method=99, extra=aes, data=b"\x17" * 60),
               "encrypted-member ambiguous-type unsupported-feature")
    yield case("aes-extra-plain", "an AES field on a plain member",
               Member(content=TEXT, extra=aes), "ambiguous-type encrypted-member")
    yield case("strong", "strong encryption",
               Member(content=TEXT, method=8, flags=0x41, data=locked.data),
               "encrypted-member unsupported-feature")
    yield case("strong-alone", "the bit of strong encryption without the other",
               Member(content=TEXT, method=8, flags=0x40),
               "ambiguous-type encrypted-member unsupported-feature")
    yield case("strong-extra", "a strong encryption field on a plain member",
               Member(content=TEXT, extra=extra(0x17, pack("<HHHH", 2, 0x660e, 128, 1))),
               "ambiguous-type encrypted-member unsupported-feature")
    yield case("masked", "local values masked for an encrypted directory",
               Member(content=TEXT, method=8, flags=0x2000, local={"crc": 0, "size": 0}),
               "ambiguous-type encrypted-member unsupported-feature")
    for bit, what in [(5, "patched data"), (7, "a bit without meaning"), (12, "enhanced "
                      "compression"), (14, "a reserved bit"), (15, "a reserved bit")]:
        yield case(f"bit-{bit}", f"flag {bit}: {what}",
                   Member(content=TEXT, method=8, flags=1 << bit),
                   "unsupported-feature ambiguous-type")


def cases():
    for group in (methods, sizes, descriptors, wide, names, kinds, encryption):
        yield from group()
