"""Zip: where its records stand and how many there are (ZipDiff C: c1 to c5)."""

import random
from struct import pack

from case import REFUSED, attack
from making.zip import (END, Member, archive, archive64, central_header, end64, end_record,
                        extra, layout, local_header)

TEXT = b"nothing bad in here\n" * 10
A, B = Member(b"a.txt", TEXT), Member(b"b.txt", b"the other one\n")
EVIL = Member(b"evil.sh", b"#!/bin/sh\necho hidden\n")
JUNK = random.Random(1).randbytes(4096)
BROKEN = "ambiguous-type corrupt-stream truncated trailing-data unaccounted-bytes"


def case(id, differs, data, reasons=BROKEN, **more):
    return attack(f"zip-{id}", differs, data, reasons, **more)


def hidden():
    made = layout([A, B])
    loose = local_header(EVIL) + EVIL.body()

    def with_loose(local, central, count, at):
        return local + central + end_record(count, len(central), at)

    yield case("c1-before", "a member before the first that the directory leaves out",
               loose + layout([A, B], shift=len(loose)).whole(at=len(loose) + len(made.local)))
    yield case("c1-before-unshifted", "the same, and offsets count from the first it names",
               loose + made.whole())
    one = layout([A])
    central = central_header(A, 0) + central_header(B, len(one.local) + len(loose))
    yield case("c1-between", "a member between two that the directory leaves out",
               with_loose(one.local + loose + local_header(B) + B.body(), central, 2,
                          len(made.local) + len(loose)))
    yield case("c1-after", "a member before the directory that it leaves out",
               with_loose(made.local + loose, made.central, 2, len(made.local) + len(loose)))
    yield case("c1-after-directory", "a member between the directory and its end record",
               made.local + made.central + loose +
               end_record(2, len(made.central), len(made.local)))
    yield case("c1-in-comment", "a member and a directory in the comment",
               archive(A, B, comment=loose + central_header(EVIL, 0)))
    yield case("c1-in-member-comment", "a member in another's comment",
               archive(Member(b"a.txt", TEXT, central={"comment": loose}), B))
    yield case("c1-in-extra-local", "a member in another's extra field",
               archive(Member(b"a.txt", TEXT, local={"extra": extra(0x4242, loose)}), B))
    yield case("c1-in-extra-central", "a directory entry in another's extra field",
               archive(Member(b"a.txt", TEXT,
                              central={"extra": extra(0x4242, central_header(EVIL, 0))}), B))
    yield case("c1-no-local", "a directory entry that points at no local header",
               with_loose(made.local, made.central + central_header(EVIL, 3), 3,
                          len(made.local)))
    yield case("c1-points-at-directory", "one that points into the directory itself",
               with_loose(made.local, made.central + central_header(EVIL, len(made.local)), 3,
                          len(made.local)))
    yield case("c1-points-behind", "one that points behind the end of the file",
               with_loose(made.local, made.central + central_header(EVIL, 1 << 30), 3,
                          len(made.local)))
    yield case("c1-two-for-one", "two names for one local header",
               with_loose(one.local, central_header(A, 0) + central_header(A, 0), 2,
                          len(one.local)), "ambiguous-type duplicate-name")
    aliases = b"".join(central_header(Member(b"%04d" % i, TEXT), 0) for i in range(200))
    yield case("show-200-for-one", "200 directory entries point at one local header",
               with_loose(one.local, aliases, 200, len(one.local)), "ambiguous-type")
    inner = local_header(EVIL) + EVIL.body()
    outer = Member(b"a.bin", b"xx" + inner)
    yield case("c1-inside-stored", "a directory entry that points into stored content",
               with_loose(layout([outer]).local, central_header(outer, 0) +
                          central_header(EVIL, 30 + 5 + 2), 2, len(layout([outer]).local)))
    for name, gap in [("zeros", b"\0" * 64), ("text", b"note\n"), ("junk", JUNK)]:
        yield case(f"c1-gap-{name}", "bytes between two members that belong to none",
                   archive(A, Member(b"b.txt", b"x", before=gap)))
        yield case(f"c1-gap-end-{name}", "bytes between the last member and the directory",
                   with_loose(made.local + gap, made.central, 2, len(made.local) + len(gap)))
        yield case(f"c1-gap-directory-{name}", "bytes between the directory and the end record",
                   made.local + made.central + gap +
                   end_record(2, len(made.central), len(made.local)))
    yield case("c1-gap-counted", "bytes behind the directory that its size counts in",
               made.local + made.central + b"\0" * 46 +
               end_record(2, len(made.central) + 46, len(made.local)))
    yield case("c1-desync", "a data descriptor that looks like the next member",
               with_loose(local_header(A) + A.body() + b"PK\7\x08" + inner +
                          local_header(B) + B.body(), central_header(A, 0) +
                          central_header(B, len(local_header(A) + A.body()) + 4 + len(inner)),
                          2, len(made.local) + 4 + len(inner)))


def records():
    made = layout([A, B])

    def between(record, reasons=BROKEN, id="", differs="", counted=0):
        return case(f"record-{id}", differs, made.local + made.central + record +
                    end_record(2, len(made.central) + counted, len(made.local)), reasons,
                    exits=REFUSED)

    signature = b"PK\5\5" + pack("<H", 100) + b"s" * 100
    yield between(signature, id="digital-signature", differs="a digital signature record")
    yield between(signature, id="digital-signature-counted", counted=len(signature),
                  differs="one that the directory's size counts in")
    yield between(b"PK\x09\x09" + b"\0" * 20, id="unknown",
                  differs="a record of no known signature")
    archive_extra = b"PK\6\x08" + pack("<I", 64) + b"e" * 64
    yield case("record-archive-extra", "an archive extra data record before the directory",
               made.local + archive_extra + made.central +
               end_record(2, len(made.central), len(made.local) + len(archive_extra)),
               exits=REFUSED)
    yield case("record-spanned-mark", "the mark of a split archive before the first member",
               b"PK\7\x08" + layout([A, B], shift=4).whole(at=len(made.local) + 4),
               exits=REFUSED)
    yield case("record-spanned-temporary", "the mark of an archive that was nearly split",
               b"PK00" + layout([A, B], shift=4).whole(at=len(made.local) + 4), exits=REFUSED)
    block = pack("<Q", 56) + pack("<QI", 28, 0x7109871a) + b"\0" * 12 + pack("<Q", 56)
    fake = b"x" * 40 + pack("<Q", 72 - 8) + b"APK Sig Block 42"
    yield case("record-apk-block-fake", "an APK signing block whose two sizes differ",
               made.local + fake + made.central +
               end_record(2, len(made.central), len(made.local) + len(fake)), exits=REFUSED)
    yield case("record-apk-block-between", "an APK signing block between two members",
               archive(A, Member(b"b.txt", b"x", before=block + b"APK Sig Block 42")))
    for name, lie in [("disk", {"disk": 1}), ("start-disk", {"start_disk": 1}),
                      ("here", {"here": 1}), ("disks-ffff", {"disk": 0xffff})]:
        yield case(f"multi-disk-{name}", "an end record of a split archive",
                   archive(A, B, **lie), "unsupported-feature ambiguous-type", exits=REFUSED)
    yield case("multi-disk-member", "a member that begins on another disk",
               archive(Member(b"a.txt", TEXT, central={"disk": 1}), B),
               "unsupported-feature ambiguous-type", exits=REFUSED)


def ends():
    made = layout([A, B])
    yield case("c2-comment-long", "the comment is longer than its length says",
               archive(A, B, comment=b"note" + JUNK, length=4), "trailing-data")
    yield case("c2-comment-short", "the comment is shorter than its length says",
               archive(A, B, comment=b"note", length=400))
    shadow = layout([EVIL])
    yield case("c2-second-zip-behind", "a second zip behind the first",
               archive(A, B) + archive(EVIL))
    yield case("c2-second-zip-in-comment", "a second zip in the first one's comment",
               archive(A, B, comment=archive(EVIL)))
    yield case("c2-end-in-comment", "an end record in the comment, which reaches the end too",
               archive(A, B, comment=end_record(0, 0, 0)))
    yield case("c2-end-in-comment-early", "an end record in the comment, which ends early",
               archive(A, B, comment=end_record(2, len(made.central), len(made.local)) + b"note"))
    yield case("c2-end-in-comment-late", "an end record in the comment, which ends behind the "
               "file", archive(A, B, comment=end_record(0, 0, 0, length=500)))
    yield case("c2-end-cut-in-comment", "the magic of an end record at the comment's very end",
               archive(A, B, comment=b"note" + END))
    yield case("c2-end64-in-comment", "a zip64 end record in the comment",
               archive(A, B, comment=end64(0, 0, 0, 0)))
    yield case("c2-end-doubled", "the end record twice",
               archive(A, B) + end_record(2, len(made.central), len(made.local)))
    moved = layout([A, B], shift=len(shadow.local))
    local = shadow.local + moved.local
    yield case("c2-two-directories", "two directories, two end records: first or last",
               local + shadow.central + moved.central +
               end_record(1, len(shadow.central), len(local), length=22) +
               end_record(2, len(moved.central), len(local + shadow.central)))
    for name, junk in [("zeros", b"\0" * 512), ("newline", b"\n"), ("junk", JUNK),
                       ("one", b"x")]:
        yield case(f"c2-trailing-{name}", "bytes behind the comment", archive(A, B) + junk,
                   "trailing-data truncated")
    yield case("c2-trailing-far", "70,000 bytes behind the end record",
               archive(A, B) + b"\0" * 70000, "trailing-data truncated")
    yield case("c2-no-end", "no end record", made.local + made.central, "truncated")
    yield case("c2-only-locals", "local headers alone, for readers from the start",
               made.local, "truncated")
    yield case("c2-end-cut", "the end record is cut", archive(A, B)[:-5], "truncated")
    yield case("c2-half", "cut in the middle", archive(A, B)[:len(made.local) - 4], "truncated")
    yield case("c2-comment-payload", "60,000 bytes of an archive in the comment",
               archive(A, B, comment=b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + JUNK * 14))


def counts():
    made = layout([A, B])
    for name, lie in [("less", {"count": 1, "here": 1}), ("more", {"count": 3, "here": 3}),
                      ("none", {"count": 0, "here": 0}),
                      ("here-only", {"here": 1}),
                      ("sentinel", {"count": 0xffff, "here": 0xffff})]:
        yield case(f"c3-{name}", "the end record counts otherwise than the directory",
                   archive(A, B, **lie), BROKEN + " unsupported-feature", exits=REFUSED)
    many = layout([Member(b"%x" % i, b"") for i in range(65537)])
    yield case("c3-modulo", "65537 members, counted as 1", many.whole(),
               "ambiguous-type limit-members")
    yield case("c4-size-less", "the directory's size leaves out its first entry",
               archive(A, B, size=len(central_header(B, 0))))
    yield case("c4-size-more", "the directory's size reaches before it",
               archive(A, B, size=len(made.central) + 10))
    yield case("c4-size-zero", "the directory's size is 0", archive(A, B, size=0))
    yield case("c4-size-huge", "the directory is larger than the file",
               archive(A, B, size=0x7fffffff))
    for name, at in [("less", len(made.local) - 1), ("more", len(made.local) + 1), ("zero", 0),
                     ("huge", 0x7fffffff), ("sentinel", 0xffffffff)]:
        yield case(f"c4-offset-{name}", "the directory is not where the end record says",
                   archive(A, B, at=at))
    yield case("c4-stub", "a program before the zip, offsets not moved",
               b"#!/bin/sh\nexit\n" + archive(A, B))
    stub = b"#!/bin/sh\nexit\n"
    yield case("c4-stub-moved", "a program before the zip, offsets moved",
               stub + layout([A, B], shift=len(stub)).whole(at=len(made.local) + len(stub)))
    yield case("c4-zeros-before", "512 zero bytes before the zip", b"\0" * 512 + archive(A, B))
    shadow = layout([EVIL])
    yield case("c4-two-directories", "one directory at the offset, another before the end record",
               shadow.local + shadow.central + made.local + made.central +
               end_record(2, len(made.central), len(shadow.local)))
    yield case("c4-empty-then-members", "an end record of no members behind two of them",
               made.local + end_record(0, 0, len(made.local)))
    yield case("c4-empty-then-directory", "no members by the end record, two by the directory",
               made.local + made.central + end_record(0, 0, len(made.local + made.central)))


def wide_ends():
    made = layout([A, B])
    for name, lie in [("count", {"count": 1, "here": 1}), ("size", {"size": 7}),
                      ("offset", {"at": 3}), ("count-huge", {"count": 2**64 - 1,
                                                              "here": 2**64 - 1}),
                      ("offset-huge", {"at": 2**64 - 1}), ("size-huge", {"size": 2**63}),
                      ("disk", {"disk": 1}), ("here", {"here": 1}), ("length", {"length": 45}),
                      ("length-huge", {"length": 2**64 - 1}), ("length-short", {"length": 40}),
                      ("place", {"place": 0}), ("place-less", {"place": len(made.local)}),
                      ("place-huge", {"place": 2**64 - 1}), ("locator-disk", {"locator_disk": 1}),
                      ("disks", {"disks": 2})]:
        yield case(f"c5-{name}", f"the zip64 end record or its locator lies about its {name}",
                   archive64(A, B, **lie), BROKEN + " unsupported-feature limit-members",
                   exits=REFUSED)
    yield case("c5-extensible", "the zip64 end record has extensible data",
               archive64(A, B, extensible=b"\x07\x42" + pack("<I", 16) + b"x" * 16),
               exits=REFUSED)
    yield case("c5-gap", "bytes between locator and end record", archive64(A, B, between=JUNK[:9]))
    for name, narrow in [("count", {"count": 1, "here": 1}), ("size", {"size": 5}),
                         ("offset", {"at": 5})]:
        yield case(f"c5-two-{name}s", f"the two end records say another {name}",
                   archive64(A, B, narrow=narrow))
    place = len(made.local) + len(made.central)
    tail = end64(2, len(made.central), len(made.local), place)
    yield case("c5-no-locator", "a zip64 end record that only a search finds",
               made.local + made.central + tail[:56] +
               end_record(2, len(made.central), len(made.local)))
    yield case("c5-no-locator-sentinel", "the same, and the old one says: look there",
               made.local + made.central + tail[:56] +
               end_record(0xffff, 0xffffffff, 0xffffffff))
    yield case("c5-locator-alone", "a locator that points at nothing",
               made.local + made.central + tail[56:] +
               end_record(2, len(made.central), len(made.local)))
    shadow = layout([EVIL])
    start = made.local + made.central + shadow.local + shadow.central
    yield case("c5-second-directory", "the zip64 end record has a directory of its own",
               start + end64(1, len(shadow.central), len(made.local + made.central +
                             shadow.local), len(start)) +
               end_record(2, len(made.central), len(made.local)))


def extras():
    def told(name, differs, reasons=BROKEN, **more):
        return case(f"extra-{name}", differs, archive(Member(b"a.txt", TEXT, **more), B), reasons)

    yield told("garbage", "two bytes behind the last extra field", extra=b"xy")
    yield told("garbage-central", "the same in the directory", central={"extra": b"\7"})
    yield told("cut", "a field longer than all of them", extra=pack("<HH", 0x5455, 90) + b"x")
    yield told("cut-hides-zip64", "a cut field, behind it a zip64 one",
               central={"extra": pack("<HH", 0x5455, 200) + pack("<HHQ", 1, 8, 5)})
    yield told("twice", "one field twice", extra=extra(0x5455, b"\1\0\0\0\0") * 2)
    yield told("payload", "an archive in an extra field",
               local={"extra": extra(0x4242, b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + JUNK)})


def cases():
    for group in (hidden, records, ends, counts, wide_ends, extras):
        yield from group()
