"""Files of two formats (S11), and what is sealed to us (S13): never a pass."""

import random
from struct import pack

from case import REFUSED, UNDECIDED, attack
from making.package import cpio, cpio_newc, deb
from making.stream import gzip, python_gzip, skippable, xz, zstd
from making.tar import archive, header, member, padded, summed
from making.zip import Member, archive as zip_archive, layout

TAR = archive(member())
EVIL = Member(b"evil.sh", b"#!/bin/sh\necho hidden\n")
TEXT = b"nothing bad in here\n"
NOISE = random.Random(2).randbytes(600)


def case(id, differs, data, reasons="ambiguous-type", exits=REFUSED, **more):
    return attack(f"two-{id}", differs, data, reasons + " unsupported-container", exits=exits,
                  **more)


def zip_behind(before, behind=b""):
    """A zip whose offsets count from the file's start, behind something else."""
    made = layout([EVIL], shift=len(before))
    return before + made.whole(at=len(before) + len(made.local), comment=behind)


def pe(behind=b""):
    """The least that is a program for Windows: one section of 512 bytes."""
    head = b"MZ".ljust(60, b"\0") + pack("<I", 64)
    head += b"PE\0\0" + pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    head += (pack("<HBBIII", 0x20b, 14, 0, 512, 0, 0)).ljust(56, b"\0") + pack("<II", 0x2000, 512)
    head = head.ljust(64 + 24 + 240, b"\0")
    head = head[:64 + 24 + 108] + pack("<I", 16) + head[64 + 24 + 112:]
    head += b".text".ljust(8, b"\0") + pack("<IIIIIIHHI", 512, 0x1000, 512, 512, 0, 0, 0, 0,
                                           0x60000020)
    return head.ljust(512, b"\0") + b"\xc3".ljust(512, b"\0") + behind


def elf(behind=b""):
    head = b"\x7fELF\2\1\1".ljust(16, b"\0") + pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400000, 64, 0, 0,
                                                   64, 56, 1, 64, 0, 0)
    return head + pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 200, 200, 0x1000) + \
        b"\xc3" * 80 + behind


def with_zip():
    yield case("pe-zip", "a program with a zip behind it", zip_behind(pe()))
    yield case("elf-zip", "the same for Linux", zip_behind(elf()))
    yield case("pdf-zip", "a document with a zip behind it", zip_behind(b"%PDF-1.4\n" + TEXT))
    yield case("gif-zip", "GIFAR: a picture with a jar behind it",
               zip_behind(b"GIF89a\1\0\1\0\0\0\0;"))
    yield case("png-zip", "the same with a PNG", zip_behind(b"\x89PNG\r\n\x1a\n" + NOISE))
    yield case("script-zip", "a script with a zip behind it",
               zip_behind(b"#!/bin/sh\necho hello\nexit\n"))
    yield case("text-zip", "a text with a zip behind it", zip_behind(TEXT))
    yield case("text-zip-newline", "and a newline behind the zip", zip_behind(TEXT) + b"\n")
    yield case("tar-zip", "a tar that is a zip from its end",
               TAR[:-1024] + tar_with_zip_tail(), "ambiguous-type trailing-data")
    packed = gzip(TEXT)[10:]
    made = layout([EVIL], shift=12).whole(at=12 + len(layout([EVIL]).local),
                                          comment=packed)[:-len(packed)]
    yield case("gzip-zip", "zgip: a gzip file that is a zip from its end",
               b"\x1f\x8b\x08\4\0\0\0\0\0\3" + pack("<H", len(made)) + made + packed)
    skip = layout([EVIL], shift=8).whole(at=8 + len(layout([EVIL]).local), comment=zstd(TEXT))
    skip = skip[:-len(zstd(TEXT))]
    yield case("zstd-zip", "a zip in a skippable frame, whose comment is the data",
               skippable(skip) + zstd(TEXT), "ambiguous-type unsupported-feature "
               "unaccounted-bytes")
    yield case("xz-zip", "a zip behind an xz stream", zip_behind(xz(TEXT)),
               "ambiguous-type trailing-data")
    yield case("deb-zip", "a zip behind a deb", zip_behind(deb(TAR, TAR)),
               "ambiguous-type corrupt-stream truncated")
    yield case("cpio-zip", "a zip behind a cpio", zip_behind(cpio(cpio_newc())),
               "ambiguous-type trailing-data")
    yield case("msi-zip", "GlueBall: an MSI with a jar behind it",
               zip_behind(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE))
    yield case("class-zip", "a Java class with a jar behind it",
               zip_behind(b"\xca\xfe\xba\xbe\0\0\0\x34" + NOISE))


def tar_with_zip_tail():
    """A last member whose content is a zip, and its comment the tar's end."""
    shift = len(TAR) - 1024 + 512
    made = layout([EVIL], shift=shift)
    bare = made.whole(at=shift + len(made.local))
    size = len(padded(bare))
    tail = padded(bare)[len(bare):] + b"\0" * 1024
    told = made.whole(at=shift + len(made.local), comment=tail)
    return header(b"b.bin", size) + told


def with_others():
    yield case("pe-7z", "a program with a 7z behind it", pe(b"7z\xbc\xaf\x27\x1c\0\4" + NOISE),
               "checksum-mismatch")
    yield case("pe-rar", "with a rar", pe(b"Rar!\x1a\x07\x01\0" + NOISE))
    yield case("pe-cab", "with a cab", pe(b"MSCF\0\0\0\0" + NOISE))
    yield case("pe-msi", "with an MSI", pe(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE),
               "unsupported-feature")
    yield case("pe-gzip", "with a gzip stream", pe(python_gzip(TAR)))
    yield case("pe-xz", "with an xz stream", pe(b"\0" * 16 + xz(TAR)))
    yield case("pe-nsis", "with an NSIS installer's data",
               pe(pack("<II", 0, 0xdeadbeef) + b"NullsoftInst" + NOISE))
    yield case("pe-inno", "with an Inno Setup installer's data",
               pe(b"Inno Setup Setup Data (6.2.0)" + NOISE))
    yield case("elf-squashfs", "an AppImage's way: squashfs behind a program",
               elf(b"hsqs" + NOISE))
    yield case("elf-tar", "a tar behind a program", elf(b"\0" * (512 - 200) + TAR))
    yield case("elf-gzip", "a gzip stream behind a program", elf(python_gzip(TAR)))
    yield case("elf-appimage", "an AppImage",
               elf()[:8] + b"AI\2" + elf()[11:] + b"hsqs" + NOISE)
    yield case("script-tar-gz", "a self-extracting script (makeself)",
               b"#!/bin/sh\ntail -n +3 $0 | tar xz\nexit\n" + python_gzip(TAR))
    yield case("script-xz", "the same with xz", b"#!/bin/sh\ntail -n +3 $0 | xz -d\nexit\n" +
               xz(TAR))
    yield case("script-tar", "the same with a plain tar", b"#!/bin/sh\ntail -n +3 $0\n" + TAR)
    yield case("bzip2-tar", "begins as bzip2 and is a tar by its checksum",
               summed(bytes(b"BZh91AY&SY".ljust(100, b"\0")) + TAR[100:512]) + TAR[512:],
               "ambiguous-type corrupt-stream")
    yield case("gzip-tar", "begins as gzip and is a tar by its checksum",
               summed(b"\x1f\x8b\x08\0\0\0\0\0\0\3".ljust(100, b"\0") + TAR[100:512]) + TAR[512:],
               "ambiguous-type corrupt-stream")
    yield case("elf-named-tar", "a tar whose first name begins as a program",
               archive(member(b"\x7fELF\2\1\1", TEXT)), "ambiguous-type unsafe-name")
    yield case("pe-named-tar", "the same for Windows: MZ",
               archive(member(b"MZ\x90", TEXT)), "ambiguous-type unsafe-name")
    yield case("zip-named-tar", "a tar whose first name begins as a zip",
               archive(member(b"PK\3\4", TEXT)), "ambiguous-type unsafe-name")
    yield case("tar-iso", "a tar with an ISO's mark at its place",
               archive(member(b"a.bin", b"\0" * (32769 - 512) + b"CD001\1" + b"\0" * 5000)))
    yield case("pe-iso", "a program with an ISO's mark at its place",
               pe().ljust(32769, b"\0") + b"CD001\1" + b"\0" * 2000, "truncated")
    yield case("tar-behind-zeros", "a tar behind a block of zeros, in a member",
               archive(member(b"a.bin", b"\0" * 512 + TAR)))


def sealed():
    for id, what, data in [
            ("rar4", "a rar archive", b"Rar!\x1a\x07\0" + NOISE),
            ("rar5", "a rar 5 archive", b"Rar!\x1a\x07\x01\0" + NOISE),
            ("cab", "a cab archive", b"MSCF\0\0\0\0" + NOISE),
            ("squashfs", "a file system", b"hsqs" + NOISE),
            ("xar", "a macOS package", b"xar!\0\x1c" + NOISE),
            ("udf", "a disk image of the newer kind", b"\0" * 32769 + b"BEA01" + b"\0" * 3000),
            ("ext4", "a file system of Linux", ext4()),
            ("dmg", "a macOS disk image", NOISE * 4 + b"koly".ljust(512, b"\0")),
            ("vhd", "a virtual disk", NOISE + b"conectix".ljust(512, b"\0")),
            ("qcow2", "a virtual disk", b"QFI\xfb" + NOISE),
            ("wim", "a Windows image", b"MSWIM\0\0\0" + NOISE),
            ("lha", "an lha archive", b"\x20\x10-lh5-" + NOISE[:13] + b"\1" + NOISE[13:]),
            ("ace", "an ace archive", NOISE[:7] + b"**ACE**" + NOISE),
            ("age", "an encrypted file", b"age-encryption.org/v1\n" + NOISE),
            ("pgp", "a PGP message", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n"),
            ("openssl", "openssl's encryption", b"Salted__" + NOISE),
            ("android", "an Android boot image", b"ANDROID!" + NOISE),
            ("ubi", "a flash image", b"UBI#\x01" + NOISE),
            ("chm", "a help file that can run", b"ITSF\3\0\0\0" + NOISE)]:
        yield attack(f"sealed-{id}", f"{what}, which is known and not read", data,
                     "unsupported-container", exits=UNDECIDED)
    yield attack("sealed-rar-in-tar", "a rar archive in a tar", archive(
        member(b"a.rar", b"Rar!\x1a\x07\x01\0" + NOISE)), "unsupported-container",
        exits=UNDECIDED)
    yield attack("broken-7z-in-tar", "a 7z archive that is none behind its mark", archive(
        member(b"a.7z", b"7z\xbc\xaf\x27\x1c\0\4" + NOISE)), "checksum-mismatch",
        exits=REFUSED)
    yield attack("broken-iso", "a disc image that is none behind its mark",
                 b"\0" * 32768 + b"\1CD001\1" + b"\0" * 3000, "unsupported-feature",
                 exits=UNDECIDED)
    yield attack("broken-msi-in-tar", "an MSI package that is none behind its mark", archive(
        member(b"a.msi", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE)), "unsupported-feature",
        exits=UNDECIDED)
    whole = zip_archive(Member(b"big.bin", NOISE * 40))
    yield attack("split-zip-first", "the first of three parts of a zip", whole[:9000],
                 "truncated", exits=REFUSED)
    yield attack("split-zip-last", "the last of three parts of a zip", whole[-9000:],
                 "ambiguous-type truncated corrupt-stream", exits=REFUSED)
    whole = python_gzip(archive(member(b"a", random.Random(3).randbytes(9000))))
    yield attack("split-tar-gz", "the first of two parts of a tar.gz", whole[:2000], "truncated",
                 exits=REFUSED)


def ext4():
    block = bytearray(4096)
    block[1024:1032] = pack("<II", 64, 256)
    block[1024 + 24:1024 + 28] = pack("<I", 2)
    block[1024 + 56:1024 + 64] = pack("<HHHH", 0xef53, 1, 1, 0)
    block[1024 + 76:1024 + 80] = pack("<I", 1)
    return bytes(block)


def cases():
    for group in (with_zip, with_others, sealed):
        yield from group()
