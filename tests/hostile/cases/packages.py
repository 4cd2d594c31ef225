"""ar, deb (S3), cpio and rpm (S4)."""

from struct import pack

from case import REFUSED, UNDECIDED, attack
from making.package import (AR, CRC_TRAILER, TRAILER, ar, ar_member, cpio, cpio_newc, cpio_odc,
                            deb, rpm, rpm_header, rpm_lead)
from making.stream import gzip, lzma_alone, xz
from making.tar import archive, header, member

CONTROL = archive(member(b"./control", b"Package: agent\nVersion: 1\n"))
DATA = archive(header(b"./usr/", type=b"5"), member(b"./usr/a.txt"))
EVIL = archive(member(b"./usr/evil.sh", b"#!/bin/sh\necho hidden\n"))
JUNK = bytes(range(1, 256)) * 17
BROKEN = "corrupt-stream ambiguous-type truncated trailing-data duplicate-name"


def case(id, differs, data, reasons=BROKEN, **more):
    return attack(id, differs, data, reasons, **more)


def debs():
    version, control, data = (ar_member(b"debian-binary", b"2.0\n"),
                              ar_member(b"control.tar", CONTROL), ar_member(b"data.tar", DATA))
    evil = ar_member(b"data.tar", EVIL)
    yield case("show-deb-two-data", "a second data member: the first counts, or the last",
               deb(CONTROL, DATA, behind=evil), "duplicate-name")
    yield case("deb-two-data-gz", "a second data member, compressed",
               deb(CONTROL, DATA, behind=ar_member(b"data.tar.gz", gzip(EVIL))), "duplicate-name")
    yield case("deb-two-control", "a second control member",
               deb(CONTROL, DATA, between=ar_member(b"control.tar", EVIL)), "duplicate-name")
    yield case("deb-two-control-gz", "control.tar and control.tar.gz",
               deb(CONTROL, DATA, between=ar_member(b"control.tar.gz", gzip(EVIL))),
               "duplicate-name")
    yield case("deb-two-versions", "debian-binary twice", AR + version + version + control + data)
    yield case("deb-data-first", "data before control", AR + version + data + control)
    yield case("deb-version-last", "debian-binary at the end", AR + control + data + version)
    yield case("deb-version-second", "debian-binary in the second place",
               AR + control + version + data, exits=REFUSED)
    yield case("deb-no-control", "no control", AR + version + data)
    yield case("deb-no-data", "no data", AR + version + control)
    yield case("deb-extra", "a further member behind the data",
               deb(CONTROL, DATA, behind=ar_member(b"evil.sh", b"#!/bin/sh\n")))
    yield case("deb-extra-between", "one before the data that dpkg does not pass over",
               deb(CONTROL, DATA, between=ar_member(b"evil.sh", b"#!/bin/sh\n")))
    yield case("deb-signature", "a signature dpkg passes over, that is none", deb(
        CONTROL, DATA, behind=ar_member(b"_gpgorigin", b"signature\n")),
               "sidecar-malformed", exits=REFUSED)
    yield case("deb-underscore-between", "one before the data that dpkg passes over",
               deb(CONTROL, DATA, between=ar_member(b"_evil", b"x" * 10)))
    yield case("deb-underscore-first", "one before debian-binary", deb(
        CONTROL, DATA, front=ar_member(b"_evil", b"x" * 10)), exits=REFUSED)
    for id, text in [("3", b"3.0\n"), ("1", b"0.939000\n"), ("empty", b""),
                     ("junk", b"2.0\nhidden"), ("no-newline", b"2.0"), ("2-1", b"2x\n")]:
        yield case(f"deb-version-{id}", "a format version that is not 2.0",
                   deb(CONTROL, DATA, version=text))
    yield case("deb-junk", "4 KiB of junk behind the last member", deb(CONTROL, DATA) + JUNK[:4096])
    yield case("deb-second-deb", "a second deb behind the first",
               deb(CONTROL, DATA) + deb(CONTROL, EVIL))
    yield case("deb-newline", "one newline behind the last member", deb(CONTROL, DATA) + b"\n")
    yield case("deb-claim-gz", "called .gz, and is none",
               deb(CONTROL, DATA, names=(b"control.tar.gz", b"data.tar")))
    yield case("deb-claim-plain", "called plain, and is gzip",
               deb(CONTROL, gzip(DATA), names=(b"control.tar", b"data.tar")))
    yield case("deb-claim-xz-gz", "called .xz, and is gzip",
               deb(CONTROL, gzip(DATA), names=(b"control.tar", b"data.tar.xz")))
    yield case("deb-lzma", "data in lzma", deb(CONTROL, lzma_alone(DATA),
                                               names=(b"control.tar", b"data.tar.lzma")),
               "unsupported-container", exits=UNDECIDED)
    yield case("deb-data-no-tar", "data that is no tar",
               deb(CONTROL, b"#!/bin/sh\necho hidden\n"))
    yield case("deb-data-two-tars", "a tar behind the data's tar", deb(CONTROL, DATA + EVIL), "second-archive")
    yield case("deb-data-two-streams", "a second xz stream in the data",
               deb(CONTROL, xz(DATA) + xz(EVIL), names=(b"control.tar", b"data.tar.xz")))
    yield case("deb-data-up", "a file of the data leads out",
               deb(CONTROL, archive(member(b"./../../etc/x"))), "unsafe-name")
    yield case("deb-slash-names", "names with a slash behind, for some",
               deb(CONTROL, DATA, names=(b"control.tar/", b"data.tar/"),
                   behind=ar_member(b"data.tar", EVIL)))


def ars():
    first, second = ar_member(b"a/", b"content\n"), ar_member(b"b/", b"other\n")
    yield case("ar-padding", "a padding byte that is no newline",
               ar(ar_member(b"a/", b"odd", padding=b"x"), second))
    yield case("ar-padding-missing", "no padding",
               ar(ar_member(b"a/", b"odd", padding=b""), second))
    yield case("ar-end-mark", "a header that ends otherwise",
               ar(first, ar_member(b"b/", b"other\n", end=b"xx")))
    for id, size in [("junk", b"12x"), ("hex", b"0x6"), ("negative", b"-6"), ("plus", b"+6"),
                     ("empty", b""), ("blank-first", b" 6"), ("more", b"99"),
                     ("huge", b"9999999999")]:
        yield case(f"ar-size-{id}", "a size that is not one, or not its own",
                   ar(ar_member(b"a/", b"other\n", size=size), second))
    yield case("ar-size-less", "a size that ends inside the content",
               ar(ar_member(b"a/", b"other content\n", size=4), second))
    yield case("ar-table-missing", "a long name without a table", ar(ar_member(b"/18", b"x\n")))
    yield case("ar-table-behind", "a long name behind the table's end",
               ar(ar_member(b"//", b"long/\n"), ar_member(b"/99", b"x\n")))
    yield case("ar-table-twice", "two tables of names: the first counts, or the last",
               ar(ar_member(b"//", b"aaaa/\n"), ar_member(b"//", b"bbbb/\n"),
                  ar_member(b"/0", b"x\n")), BROKEN)
    yield case("ar-table-later", "a table behind the member that uses it",
               ar(ar_member(b"/0", b"x\n"), ar_member(b"//", b"aaaa/\n")))
    yield case("ar-table-middle", "a long name that begins inside another",
               ar(ar_member(b"//", b"good/evil/\n"), ar_member(b"/5", b"x\n")),
               BROKEN + " unsafe-name")
    yield case("ar-table-up", "a long name that leads out",
               ar(ar_member(b"//", b"../../etc/x/\n"), ar_member(b"/0", b"x\n")), "unsafe-name")
    yield case("ar-bsd-long", "a BSD name longer than its member",
               ar(ar_member(b"#1/99", b"abc\n")))
    yield case("ar-bsd-junk", "a BSD name whose length is no number",
               ar(ar_member(b"#1/x", b"abc\n")))
    yield case("ar-bsd-nul", "a BSD name with a NUL inside",
               ar(ar_member(b"#1/8", b"a\0evil\0\0content\n")), BROKEN + " unsafe-name")
    yield case("ar-bsd-up", "a BSD name that leads out",
               ar(ar_member(b"#1/8", b"../evil\0content\n")), "unsafe-name")
    yield case("ar-bsd-and-gnu", "BSD and GNU names in one archive",
               ar(ar_member(b"//", b"aaaa/\n"), ar_member(b"#1/4", b"evilx\n"),
                  ar_member(b"/0", b"x\n")), BROKEN)
    yield case("ar-name-slash", "a name with a slash in the middle",
               ar(ar_member(b"a/b/", b"x\n"), second),
               BROKEN + " unsafe-name")
    yield case("ar-mode-junk", "a mode that is no number",
               ar(ar_member(b"a/", b"x\n", mode=b"rwx")), BROKEN)
    yield case("ar-cut", "cut inside a member", ar(first, second)[:-3], "truncated")
    yield case("ar-cut-header", "cut inside a header", ar(first, second)[:90], "truncated")
    yield case("ar-junk", "junk behind the last member", ar(first) + JUNK[:100])
    yield case("ar-zeros", "zeros behind the last member", ar(first) + b"\0" * 100)
    yield case("ar-thin", "a thin archive: its content stands elsewhere",
               b"!<thin>\n" + ar_member(b"a.o/", b"", size=100),
               "unsupported-container", exits=UNDECIDED)
    yield case("ar-empty", "an archive of nothing", AR, "empty-bundle truncated", exits=REFUSED)


def cpios():
    first, second = cpio_newc(), cpio_newc(b"b.txt", b"the other one\n", ino=2)
    yield case("cpio-behind-trailer", "a member behind the trailer",
               cpio(first) + second + TRAILER, "second-archive")
    yield case("cpio-second", "a second archive behind the first (initramfs)",
               cpio(first) + cpio(second), "second-archive")
    yield case("cpio-junk", "junk behind the trailer", cpio(first) + JUNK[:300], "trailing-data")
    yield case("cpio-trailer-content", "content in the trailer",
               cpio(first, end=cpio_newc(b"TRAILER!!!", b"hidden" * 9, mode=0, ino=0)),
               BROKEN + " unaccounted-bytes size-mismatch")
    yield case("cpio-trailer-file", "a file called like the trailer",
               cpio(first, cpio_newc(b"TRAILER!!!", b"hidden", ino=3), second),
               BROKEN + " unsafe-name")
    yield case("cpio-no-trailer", "no trailer", cpio(first, second, end=b""),
               "truncated corrupt-stream")
    yield case("cpio-cut", "cut inside a member", cpio(first, second)[:200],
               "truncated corrupt-stream")
    yield case("cpio-size-more", "a size beyond the file",
               cpio(cpio_newc(size=0x7fffffff), second), "truncated corrupt-stream")
    yield case("cpio-name-size-zero", "a name of no bytes", cpio(cpio_newc(name_size=0), second),
               BROKEN + " unsafe-name")
    yield case("cpio-name-size-less", "a name that ends before its NUL",
               cpio(cpio_newc(b"evil.txt", name_size=5), second), BROKEN + " unsafe-name")
    yield case("cpio-name-size-more", "a name with bytes behind its NUL",
               cpio(cpio_newc(b"a.txt\0hidden!"), second),
               BROKEN + " unsafe-name unaccounted-bytes")
    yield case("cpio-padding", "bytes in the padding",
               cpio(cpio_newc(b"a.txt", b"odd content", padding=b"h"), second),
               BROKEN + " unaccounted-bytes")
    yield case("cpio-hex-junk", "a field that is no number",
               cpio(first, second[:54] + b"0000000x" + second[62:]), BROKEN)
    yield case("cpio-hex-lower-sign", "a size with a sign",
               cpio(first, second[:54] + b"-0000001" + second[62:]), BROKEN)
    yield case("cpio-check", "a crc archive whose sum does not fit",
               cpio(cpio_newc(magic=b"070702", check=77), end=CRC_TRAILER),
               "checksum-mismatch corrupt-stream")
    yield case("cpio-mixed", "two kinds of headers in one archive",
               cpio(first, cpio_odc(b"b.txt", b"x")), BROKEN)
    yield case("cpio-links-differ", "two hard links, each with other content",
               cpio(cpio_newc(b"a", b"one\n", links=2, ino=7),
                    cpio_newc(b"b", b"two\n", links=2, ino=7)), BROKEN + " size-mismatch")
    yield case("cpio-link-payload", "a link with 5000 bytes of target",
               cpio(cpio_newc(b"l", b"x" * 5000, mode=0o120777), second),
               BROKEN + " unsafe-name")
    yield case("cpio-link-nul", "a link's target with a NUL inside",
               cpio(cpio_newc(b"l", b"a\0/../../etc", mode=0o120777), second),
               BROKEN + " unsafe-name")
    yield case("cpio-folder-content", "a folder with content",
               cpio(cpio_newc(b"d", b"hidden", mode=0o40755), second), BROKEN)
    yield case("cpio-fifo-content", "a pipe with content",
               cpio(cpio_newc(b"d", b"hidden", mode=0o10644), second), BROKEN + " unsafe-type")
    yield case("cpio-kind-none", "a member of no kind",
               cpio(cpio_newc(b"d", b"hidden", mode=0o644), second), BROKEN + " unsafe-type")
    yield case("cpio-up", "a name that leads out", cpio(cpio_newc(b"../x"), second), "unsafe-name")
    yield case("cpio-empty", "a trailer alone", cpio(), "empty-bundle", exits=UNDECIDED)


def rpms():
    payload = gzip(cpio(cpio_newc(b"./usr/a.txt")))
    bad = BROKEN + " unsupported-container unaccounted-bytes size-mismatch unsupported-feature"

    def told(id, differs, data):
        return case(f"rpm-{id}", differs, data, bad, exits=REFUSED)

    signature = rpm_header([(1000, 4, 1, pack(">I", 9999))])
    yield told("sizes", "a signature header that counts another size",
               rpm(payload, signature=signature))
    yield told("junk", "junk behind the payload", rpm(payload) + JUNK[:4096])
    yield told("second", "a second rpm behind the first", rpm(payload) + rpm(payload))
    yield told("second-cpio", "a second cpio behind the first, in one stream",
               rpm(gzip(cpio(cpio_newc()) + cpio(cpio_newc(b"evil")))))
    yield told("second-stream", "a second stream behind the first",
               rpm(payload + gzip(cpio(cpio_newc(b"evil")))))
    yield told("gap", "bytes between the two headers",
               rpm(payload, gap=b"hidden!!"))
    yield told("compressor", "a payload that is not what its tag says",
               rpm(payload, compressor=b"xz"))
    yield told("format", "a payload of a format nobody knows", rpm(payload, form=b"drpm"))
    yield told("tag-twice", "one tag twice: the first counts, or the last",
               rpm(payload, tags=[(1125, 6, 1, b"xz\0")]))
    yield told("index-count", "more tags than there are",
               rpm(payload, signature=rpm_header([(1000, 4, 1, pack(">I", 1))], count=900)))
    yield told("index-huge", "a count that fills memory",
               rpm(payload, signature=rpm_header([(1000, 4, 1, pack(">I", 1))],
                                                 count=0x0fffffff)))
    yield told("store-huge", "a store beyond the file",
               rpm(payload, signature=rpm_header([(1000, 4, 1, pack(">I", 1))],
                                                 size=0x7fffffff)))
    yield told("store-unused", "bytes of the store that no tag names",
               rpm(payload, signature=rpm_header([(1000, 4, 1, pack(">I", 1))],
                                                 extra_store=JUNK[:200])))
    yield told("lead-only", "a lead and no more", rpm_lead())
    yield told("lead-version", "a lead of version 9", rpm(payload, lead=rpm_lead(major=9)))
    yield told("no-payload", "headers and no payload", rpm(b""))
    yield told("plain-payload", "a payload that is a script", rpm(b"#!/bin/sh\necho hidden\n"))
    yield told("cut", "cut inside the payload", rpm(payload)[:-20])


def cases():
    for group in (debs, ars, cpios, rpms):
        yield from group()
