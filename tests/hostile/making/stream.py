"""gzip, zstd, lzma and the other streams, byte by byte."""

import bz2
import gzip as _gzip
import lzma
import zlib
from struct import pack


def deflate(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def gzip(content, flags=0, between=b"", body=None, crc=None, size=None, method=8, head=None):
    """`between` are the optional header fields that `flags` announce."""
    head = head or b"\x1f\x8b" + bytes([method, flags]) + b"\0\0\0\0\0\x03"
    body = deflate(content) if body is None else body
    crc = zlib.crc32(content) if crc is None else crc
    size = len(content) if size is None else size
    return head + between + body + pack("<II", crc, size & 0xffffffff)


def xz(content, **more):
    return lzma.compress(content, **more)


def bzip2(content):
    return bz2.compress(content)


def lzma_alone(content, dictionary=1 << 16, size=None):
    chain = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary if dictionary < 1 << 30
              else 1 << 16}]
    body = lzma.compress(content, lzma.FORMAT_ALONE, filters=chain)
    size = b"\xff" * 8 if size is None else pack("<Q", size)
    return body[:1] + pack("<I", dictionary) + size + body[13:]


def xxh64(data):
    """The checksum of zstd frames (XXH64, seed 0)."""
    p1, p2, p3, p4, p5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                          0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
    mask = 2**64 - 1

    def rotate(value, count):
        return (value << count | value >> 64 - count) & mask

    def one(lane, word):
        return rotate((lane + word * p2) & mask, 31) * p1 & mask

    at = 0
    if len(data) >= 32:
        lanes = [(p1 + p2) & mask, p2, 0, -p1 & mask]
        while at + 32 <= len(data):
            for i in range(4):
                lanes[i] = one(lanes[i], int.from_bytes(data[at:at + 8], "little"))
                at += 8
        value = sum(rotate(lane, n) for lane, n in zip(lanes, (1, 7, 12, 18))) & mask
        for lane in lanes:
            value = ((value ^ one(0, lane)) * p1 + p4) & mask
    else:
        value = p5
    value = (value + len(data)) & mask
    for at in range(at, len(data) - 7, 8):
        value ^= one(0, int.from_bytes(data[at:at + 8], "little"))
        value = (rotate(value, 27) * p1 + p4) & mask
    at = len(data) // 8 * 8
    if at + 4 <= len(data):
        value ^= int.from_bytes(data[at:at + 4], "little") * p1 & mask
        value = (rotate(value, 23) * p2 + p3) & mask
        at += 4
    for byte in data[at:]:
        value = rotate(value ^ byte * p5 & mask, 11) * p1 & mask
    value = (value ^ value >> 33) * p2 & mask
    value = (value ^ value >> 29) * p3 & mask
    return value ^ value >> 32


def zstd_block(content, kind=0, last=True, size=None):
    """0 raw, 1 one byte repeated `size` times, 2 compressed, 3 reserved."""
    size = len(content) if size is None else size
    return pack("<I", int(last) | kind << 1 | size << 3)[:3] + content


def zstd(content, blocks=None, checksum=None, window=None, size=None, dictionary=0,
         descriptor=0):
    """A frame of raw blocks with size and checksum; `window` is the byte that says it."""
    blocks = zstd_block(content) if blocks is None else blocks
    checksum = pack("<Q", xxh64(content))[:4] if checksum is None else checksum
    size = len(content) if size is None else size
    flags = 0x80 | (0x04 if checksum else 0) | (3 if dictionary else 0) | descriptor
    head = bytes([flags | (0x20 if window is None else 0)])
    head += b"" if window is None else bytes([window])
    head += pack("<I", dictionary) if dictionary else b""
    return b"\x28\xb5\x2f\xfd" + head + pack("<I", size) + blocks + checksum


def skippable(content, nibble=0):
    return bytes([0x50 | nibble]) + b"\x2a\x4d\x18" + pack("<I", len(content)) + content


def python_gzip(content):
    return _gzip.compress(content, mtime=0)
