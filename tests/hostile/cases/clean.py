"""The same writers without the attack: all of these must pass."""

import hashlib
import io
import lzma
import tarfile
import zipfile
import zlib
from struct import pack

from case import clean
from making.package import CRC_TRAILER, ar, ar_member, cpio, cpio_newc, deb
from making.stream import bzip2, gzip, python_gzip, xz, zstd, zstd_block
from making.tar import GNU, V7, archive, gnu_long, header, member, pax
from making.zip import (FOLDER, LINK, Member, archive as zip_archive, archive64, described,
                        extra, unicode_extra, wide_extra)

TEXT = b"nothing bad in here\n" * 20
A, B = Member(b"a.txt", TEXT, method=8), Member(b"b/b.txt", b"the other one\n")
TAR = archive(member(), member(b"b.txt", b"the other one\n"))
SENTINEL = 0xffffffff


def case(id, shows, data, **more):
    return clean(f"clean-{id}", shows, data, **more)


def zips():
    yield case("zip", "two members", zip_archive(A, B))
    yield case("zip-folders", "empty folders",
               zip_archive(Member(b"d/", b"", attributes=FOLDER), Member(b"d/e/", b"",
                           attributes=FOLDER), Member(b"d/a", TEXT)))
    yield case("zip-dos", "written on DOS", zip_archive(
        Member(b"d/", b"", made_by=20, attributes=0x10),
        Member(b"d/a", TEXT, made_by=20, attributes=0x20)))
    yield case("zip-jar", "a jar: sizes behind the content, 0xcafe on the first",
               zip_archive(described(Member(b"META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n",
                                            method=8, made_by=20, attributes=0, flags=0x800,
                                            extra=extra(0xcafe, b""))),
                           described(Member(b"A.txt", TEXT, method=8, made_by=20, attributes=0,
                                            flags=0x800))))
    size, wide = len(TEXT), {"size": SENTINEL, "packed": SENTINEL}
    yield case("zip64-members", "zip64 fields where they are asked for",
               zip_archive(Member(b"a", TEXT, local={**wide, "extra": wide_extra(size, size)},
                                  central={**wide, "extra": wide_extra(size, size)}), B))
    yield case("zip64-descriptor", "a wide descriptor of a zip64 member",
               zip_archive(described(Member(
                   b"a", TEXT, method=8, local={**wide, "extra": wide_extra(0, 0)}), wide=True)))
    yield case("zip64-end", "a zip64 end record", archive64(A, B))
    yield case("zip64-offset", "an offset in a zip64 field",
               zip_archive(Member(b"a", TEXT, central={"at": SENTINEL, "extra": wide_extra(0)})))
    yield case("zip-unicode", "a name in UTF-8, said by the flag",
               zip_archive(Member("\u00fcber.txt".encode(), TEXT, flags=0x800)))
    name = "\u00fcber.txt".encode()
    yield case("zip-decomposed", "a decomposed name, as macOS writes it",
               zip_archive(Member("u\u0308ber/a\u030a.txt".encode(), TEXT, flags=0x800)))
    yield case("zip-unicode-field", "a Unicode path that is the name",
               zip_archive(Member(name, TEXT, extra=unicode_extra(name, name))))
    yield case("zip-times", "extended times and owners", zip_archive(Member(
        b"a", TEXT, local={"extra": extra(0x5455, b"\3" + pack("<II", 1, 1)) +
                           extra(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0")},
        central={"extra": extra(0x5455, b"\1" + pack("<I", 1)) +
                 extra(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0")})))
    yield case("zip-aligned", "content aligned by zeros in an extra field (zipalign)",
               zip_archive(Member(b"a", TEXT, local={"extra": b"\0\0\0"}),
                           Member(b"b", TEXT, local={"extra": extra(0xd935, b"\4\0\0\0")})))
    yield case("zip-comment", "a comment", zip_archive(A, B, comment=b"version 1.4\n"))
    yield case("zip-link", "a link", zip_archive(Member(b"a", TEXT),
                                                Member(b"l", b"a", attributes=LINK)))
    yield case("zip-bzip2", "bzip2", zip_archive(Member(b"a", TEXT, method=12)))
    yield case("zip-stored-zip", "a zip, stored in a zip",
               zip_archive(Member(b"inner.zip", zip_archive(A, B)), Member(b"z")))
    yield case("zip-last-zip", "a zip, stored as the last member",
               zip_archive(Member(b"a"), Member(b"inner.zip", zip_archive(A, B))))
    yield case("zip-order", "a directory in another order than the file",
               zip_archive(A, B, order=[1, 0]))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(zipfile.ZipInfo("a.txt"), TEXT)
        with written.open("b.txt", "w", force_zip64=True) as stream:
            stream.write(TEXT)
    yield case("zip-python", "by Python's zipfile, zip64 forced", made.getvalue())


def tars():
    yield case("tar", "two members", TAR)
    yield case("tar-blocked", "filled up to 10 KiB", TAR + b"\0" * (-len(TAR) % 10240))
    for form, name in [(tarfile.PAX_FORMAT, "pax"), (tarfile.GNU_FORMAT, "gnu"),
                       (tarfile.USTAR_FORMAT, "ustar")]:
        yield case(f"tar-{name}", f"by Python's tarfile, {name}", by_tarfile(form))
    long = b"a/" * 60 + b"name.txt"
    yield case("tar-pax-long", "a long name by pax",
               archive(pax((b"path", long)), member(b"name.txt")))
    yield case("tar-gnu-long", "a long name by GNU",
               archive(gnu_long(long), member(long[:100], magic=GNU)))
    yield case("tar-ustar-prefix", "a long name in two parts",
               archive(member(b"name.txt", prefix=b"a/" * 59 + b"a")))
    yield case("tar-v7", "an old tar", archive(member(magic=V7, type=b"\0", uname=b"", gname=b"",
                                                     device=b"")))
    yield case("tar-links", "links of both kinds", archive(
        header(b"d/", type=b"5", mode=0o755), member(b"d/a"),
        header(b"d/h", type=b"1", link=b"d/a"), header(b"s", type=b"2", link=b"d/a"),
        header(b"d/t", type=b"2", link=b"../s")))
    yield case("tar-folders", "empty folders", archive(
        header(b"./", type=b"5", mode=0o755), header(b"./d/", type=b"5", mode=0o755),
        header(b"./d/e/", type=b"5", mode=0o755), member(b"./a")))
    yield case("tar-global", "a global header with a comment (git archive)",
               archive(pax((b"comment", b"c0ffee" * 6 + b"dada"), type=b"g"), member()))
    yield case("tar-pax-times", "fine times and owners by pax",
               archive(pax((b"mtime", b"1700000000.123456789"), (b"uname", b"root")), member()))
    yield case("tar-dots", "dots that lead nowhere", archive(
        member(b"..a"), member(b"a..b"), member(b"a/.hidden"), member(b"..a..b/c")))
    yield case("tar-many", "500 members", archive(*(member(b"d/%03d" % i) for i in range(500))))
    yield case("tar-empty-file", "an empty file beside a full one",
               archive(header(b"empty"), member()))


def by_tarfile(form):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as written:
        for name in ("a.txt", "d/" * 40 + "b.txt"):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(TEXT), 1700000000
            written.addfile(info, io.BytesIO(TEXT))
        link = tarfile.TarInfo("l")
        link.type, link.linkname = tarfile.SYMTYPE, "a.txt"
        written.addfile(link)
    return made.getvalue()


def streams():
    yield case("gzip", "tar.gz", python_gzip(TAR), file="agent-1.tar.gz")
    yield case("gzip-name", "a name in the gzip header", gzip(TAR, 8, b"agent-1.tar\0"))
    yield case("xz", "tar.xz", xz(TAR))
    yield case("xz-blocks", "several blocks", xz_blocks())
    yield case("xz-crc32", "another check", lzma.compress(TAR, check=lzma.CHECK_CRC32))
    yield case("zstd", "tar.zst", zstd(TAR))
    yield case("zstd-blocks", "several blocks, one of them a run",
               zstd(TAR + b"\0" * 4096, blocks=zstd_block(TAR[:1000], last=False) + zstd_block(
                   TAR[1000:], last=False) + zstd_block(b"\0", 1, True, 4096)))
    yield case("bzip2", "tar.bz2", bzip2(TAR))
    yield case("gzip-single", "one compressed file", python_gzip(TEXT), file="agent-1.txt.gz")
    yield case("zeros", "8 MB of zeros in 8 KB: a firmware's free space",
               python_gzip(archive(member(b"firmware.bin", b"\xff" * 8_000_000))))
    yield case("nested", "a tar.gz in a zip in a tar.xz", xz(archive(member(
        b"a.zip", zip_archive(Member(b"a.tar.gz", python_gzip(TAR)))))))
    yield case("text", "no archive at all", TEXT)


def xz_blocks():
    """Two blocks of one stream, made of two streams of one block each."""
    parts = [xz(TAR[:1024], check=lzma.CHECK_CRC32), xz(TAR[1024:], check=lzma.CHECK_CRC32)]
    blocks, records = b"", b""
    for part in parts:
        index_size = (int.from_bytes(part[-8:-4], "little") + 1) * 4
        blocks += part[12:-12 - index_size]
        index = part[-12 - index_size:-12]
        records += numbers_of(index)
    index = b"\0\2" + records
    index += b"\0" * (-len(index) % 4)
    index += pack("<I", zlib.crc32(index))
    footer = pack("<I", len(index) // 4 - 1) + parts[0][-4:-2]
    return parts[0][:12] + blocks + index + pack("<I", zlib.crc32(footer)) + footer + b"YZ"


def numbers_of(index):
    """The record of an index of one: two numbers of seven bits a byte."""
    end, left = 2, 2
    while left:
        left -= index[end] < 128
        end += 1
    return index[2:end]


def packages():
    control = archive(header(b"./", type=b"5", mode=0o755),
                      member(b"./control", b"Package: agent\nVersion: 1.4\n"))
    data = archive(header(b"./", type=b"5", mode=0o755), header(b"./usr/", type=b"5", mode=0o755),
                   member(b"./usr/a.txt"))
    yield case("deb", "as dpkg-deb writes it", deb(xz(control), xz(data),
                                                   names=(b"control.tar.xz", b"data.tar.xz")))
    yield case("deb-gz", "with gzip", deb(python_gzip(control), python_gzip(data),
                                          names=(b"control.tar.gz", b"data.tar.gz")))
    yield case("ar", "an ar", ar(ar_member(b"a.txt/", TEXT), ar_member(b"odd/", b"odd")))
    yield case("ar-long", "long names by GNU", ar(
        ar_member(b"//", b"a-long-name-of-a-file.txt/\n"), ar_member(b"/0", TEXT)))
    yield case("ar-bsd", "long names by BSD", ar(
        ar_member(b"#1/24", b"a-long-name-of-a-file.tx" + TEXT)))
    yield case("cpio", "a cpio", cpio(cpio_newc(b"d", b"", 0o40755, links=2),
                                      cpio_newc(b"d/a", TEXT, ino=2),
                                      cpio_newc(b"l", b"d/a", 0o120777, ino=3)))
    yield case("cpio-links", "hard links: the last carries the content",
               cpio(cpio_newc(b"a", b"", ino=5, links=2), cpio_newc(b"b", TEXT, ino=5, links=2)))
    summed = cpio_newc(b"a", TEXT, magic=b"070702", check=sum(TEXT))
    yield case("cpio-crc", "with sums", cpio(summed, end=CRC_TRAILER))
    yield case("initramfs", "a cpio in gzip", python_gzip(cpio(cpio_newc(b"init", TEXT))))


def lists():
    digest = hashlib.sha256(TAR).hexdigest().encode()
    yield case("list", "a signed list", TAR, file="agent-1.tar", beside={
        "SHA256SUMS": digest + b"  agent-1.tar\n" + digest + b" *other.tar\n"})
    yield case("list-upper", "digests in capitals", TAR, file="agent-1.tar", beside={
        "SHA256SUMS": digest.upper() + b"  agent-1.tar\n"})
    yield case("list-crlf", "all lines end in CR LF", TAR, file="agent-1.tar", beside={
        "SHA256SUMS": digest + b"  agent-1.tar\r\n" + digest + b"  other\r\n"})
    yield case("list-bsd", "tagged lines", TAR, file="agent-1.tar", beside={
        "checksums.txt": b"SHA256 (agent-1.tar) = " + digest + b"\n"})
    yield case("list-own", "FILE.sha256", TAR, file="agent-1.tar", beside={
        "agent-1.tar.sha256": digest + b"\n"})


def cases():
    for group in (zips, tars, streams, packages, lists):
        yield from group()
