"""Bombs (B1 to B7, B9): a little that unpacks to far too much, or to itself."""

import zlib
from struct import pack

from case import FAILED, REFUSED, UNDECIDED, attack
from making.quine import gzip_quine
from making.package import cpio, cpio_newc
from making.stream import gzip, python_gzip, xz, zstd, zstd_block
from making.tar import GNU, archive, gnu_long, header, member, pax
from making.zip import (Member, archive as zip_archive, central_header, end64, end_record,
                        local_header, packed)

LIMITS = ("limit-total-bytes limit-ratio limit-member-bytes limit-scan-bytes limit-members "
          "limit-depth")


def case(id, differs, data, reasons=LIMITS, exits=UNDECIDED, **more):
    return attack(f"bomb-{id}", differs, data, reasons, exits=exits, **more)


# --- zip ----------------------------------------------------------------------

def joined_crc(first, second, length):
    """The checksum of A and B from those of A and of B, `length` bytes long."""
    def times(a, b):  # in GF(2)[x] modulo the polynomial, bits reflected
        product = 0
        for i in range(31, -1, -1):
            if b >> i & 1:
                product ^= a
            a = a >> 1 ^ (0xedb88320 if a & 1 else 0)
        return product

    shift, square = 0x80000000, 0x00800000  # 1 and x^8
    while length:
        if length & 1:
            shift = times(shift, square)
        square = times(square, square)
        length >>= 1
    return times(first, shift) ^ second


def kernel(size, method):
    zeros = b"\0" * size
    return packed(zeros, method), zlib.crc32(zeros)


def full_overlap(count, size, method=8, wide=False):
    """zbsm without quotes: every directory entry is the same local header."""
    data, crc = kernel(size, method)
    one = Member(b"0", b"", method=method, data=data,
                 local={"crc": crc, "size": size}, central={"crc": crc, "size": size})
    local = local_header(one) + data
    central = central_header(one, 0) * count
    end = end64(count, len(central), len(local), len(local) + len(central)) if wide else b""
    return local + central + end + end_record(0xffff if wide else count, len(central), len(local))


def overlapping(headers, kernel_data):
    """`headers`: (member, its bytes before the next one's), outermost first."""
    local, places = b"", []
    for member, own in headers:
        places.append((member, len(local)))
        local += own
    local += kernel_data
    directory = b"".join(central_header(member, at) for member, at in places)
    return local + directory + end_record(len(places), len(directory), len(local))


def quoted_overlap(count, size):
    """zbsm: each member begins with a stored block that quotes the next one's header."""
    data, crc = kernel(size, 8)
    headers, length, packed_size, quote = [], size, len(data), b""
    for i in reversed(range(count)):
        told = {"crc": crc, "size": length, "packed": packed_size}
        entry = Member(b"%04d" % i, b"", method=8, data=b"", local=told, central=told)
        own = local_header(entry)
        headers.insert(0, (entry, own + quote))
        quote = b"\0" + pack("<HH", len(own), len(own) ^ 0xffff)
        crc = joined_crc(zlib.crc32(own), crc, length)
        length += len(own)
        packed_size += len(quote + own)
    return overlapping(headers, data)


def extra_overlap(count, size):
    """Each member's extra field reaches over the headers of all that follow."""
    data, crc = kernel(size, 8)
    told = {"crc": crc, "size": size, "packed": len(data)}
    headers, behind = [], 0
    for i in reversed(range(count)):
        field = pack("<HH", 0x4242, behind) if behind else b""
        entry = Member(b"%04d" % i, b"", method=8, data=b"", central=told,
                       local={**told, "extra": field, "quoted": behind})
        headers.insert(0, (entry, local_header(entry)))
        behind += len(headers[0][1])
    return overlapping(headers, data)


def nested(content, copies, layers):
    for _ in range(layers):
        content = zip_archive(*(Member(b"%x.zip" % i, content, method=8) for i in range(copies)))
    return content


def zips():
    overlap = "ambiguous-type corrupt-stream duplicate-name"
    yield case("zip-full-overlap", "200 members of 21 MB over one another (zbsm)",
               full_overlap(250, 21_000_000), overlap, FAILED)
    yield case("zip-full-overlap-bzip2", "the same in bzip2",
               full_overlap(250, 4_000_000, 12), overlap, FAILED)
    yield case("zip-full-overlap-zip64", "70,000 of them, with zip64 (zbxl)",
               full_overlap(70_000, 1_000_000, wide=True), overlap, FAILED)
    yield case("zip-quoted-overlap", "5.4 GB: every member quotes the next one's header (zbsm)",
               quoted_overlap(250, 21_000_000), overlap, FAILED)
    yield case("zip-extra-overlap", "the next one's header quoted in an extra field",
               extra_overlap(250, 1_000_000), overlap, FAILED)
    locked = Member(b"lib 0.zip", b"x" * 100, method=8, flags=1)
    yield case("zip-42-locked", "42.zip: sixteen encrypted zips",
               zip_archive(*(Member(b"lib %x.zip" % i, locked.content, method=8, flags=1)
                             for i in range(16))), "encrypted-member")
    core = zip_archive(Member(b"0.dll", b"\0" * 4_000_000, method=8))
    yield case("zip-42-open", "sixteen zips of sixteen of sixteen, and so on",
               nested(core, 16, 5), LIMITS, policy={"total_bytes": 6_000_000})
    yield case("zip-nested-deep", "a zip in a zip, twelve deep", nested(
        zip_archive(Member()), 1, 12), "limit-depth")
    yield case("zip-many", "more members than may be, in a zip",
               zip_archive(*(Member(b"%d" % i, b"") for i in range(2000))), "limit-members",
               policy={"members": 1000})
    yield case("zip-comments", "100 members, each with a comment of 60,000 bytes",
               zip_archive(*(Member(b"%d" % i, b"x", central={"comment": b"c" * 60000})
                             for i in range(100))),
               "unsupported-feature ambiguous-type unaccounted-bytes limit-members", REFUSED)
    yield case("zip-sizes-lie", "1 GB declared, ten bytes delivered",
               zip_archive(Member(content=b"x" * 10, method=8, local={"size": 1 << 30},
                                  central={"size": 1 << 30})),
               "size-mismatch corrupt-stream limit-ratio limit-scan-bytes", REFUSED)


# --- streams ------------------------------------------------------------------

def streams():
    yield case("gzip-quine", "a gzip file that unpacks to itself", gzip_quine(),
               "limit-depth recursion-cycle", REFUSED)
    yield case("gzip-quine-in-tar", "the same in a tar",
               archive(member(b"q.gz", gzip_quine())), "limit-depth recursion-cycle", REFUSED)
    yield case("gzip-quine-in-zip", "the same in a zip",
               zip_archive(Member(b"q.gz", gzip_quine())), "limit-depth recursion-cycle", REFUSED)
    deep = b"at last\n"
    for _ in range(200):
        deep = python_gzip(deep)
    yield case("gzip-deep", "gzip in gzip, 200 deep", deep, "limit-depth")
    deep = member(b"a", b"at last\n")
    for _ in range(30):
        deep = member(b"a.tar", archive(deep))
    yield case("tar-deep", "a tar in a tar, 30 deep", archive(deep), "limit-depth")
    mixed = archive(member())
    for around in (python_gzip, xz, zstd, python_gzip, xz, zstd, python_gzip, xz):
        mixed = around(mixed)
    yield case("mixed-deep", "eight compressions around each other", mixed, "limit-depth")
    # One byte and its repetition: 128 KiB for four bytes.
    block = zstd_block(b"\0", 1, False, 128 << 10)
    last = zstd_block(b"\0", 1, True, 128 << 10)
    frame = b"\x28\xb5\x2f\xfd\0\x38"
    yield case("zstd-10g", "10 GB in 320 KB of zstd", frame + block * 80_000 + last)
    yield case("zstd-in-tar", "2 GB in a tar's member",
               archive(member(b"a.zst", frame + block * 16_000 + last)))
    big = gzip(b"\0" * 12_000_000)
    yield case("gzip-twice", "12 MB, ten times, each packed twice",
               archive(*(member(b"%d.gz" % i, python_gzip(big)) for i in range(10))),
               policy={"total_bytes": 20_000_000})
    zeros = xz(b"\0" * 3_000_000)
    yield case("xz-member", "a member larger than may be", zeros, "limit-member-bytes",
               policy={"member_bytes": 1_000_000})
    yield case("xz-scan", "a member larger than can be scanned", zeros, "limit-scan-bytes",
               policy={"scan_bytes": 1_000_000})
    yield case("xz-ratio", "70 MB in 11 KB of xz", xz(b"\0" * 70_000_000, preset=0), LIMITS)
    yield case("tar-sum", "many members, together too large",
               python_gzip(archive(*(member(b"%d" % i, b"\0" * 100_000) for i in range(50)))),
               "limit-total-bytes", policy={"total_bytes": 3_000_000})
    yield case("total-layers", "each layer counts, not the last alone",
               python_gzip(python_gzip(b"\0" * 8_000_000)), "limit-total-bytes",
               policy={"total_bytes": 5_000_000})


def memory():
    plain = xz(b"content\n" * 50)
    for name, bits in [("1.5g", 37), ("4g", 40)]:
        yield case(f"xz-dictionary-{name}", f"a dictionary of {name}",
                   plain[:12] + block_header(bits) + plain[24:], "limit-decoder-memory")
    yield case("xz-dictionary-in-tar", "the same in a tar's member",
               archive(member(b"a.xz", plain[:12] + block_header(39) + plain[24:])),
               "limit-decoder-memory")
    for name, window in [("1g", 0xa0), ("2g", 0xa8)]:
        frame = b"\x28\xb5\x2f\xfd\0" + bytes([window]) + zstd_block(b"content\n")
        yield case(f"zstd-window-{name}", f"a window of {name}", frame, "limit-decoder-memory")
        yield case(f"zstd-window-{name}-in-tar", f"a window of {name} in a tar's member",
                   archive(member(b"a.zst", frame)), "limit-decoder-memory")


def block_header(bits):
    """LZMA2 alone, with the dictionary that `bits` says."""
    head = b"\x02\0\x21\x01" + bytes([bits]) + b"\0\0\0"
    return head + pack("<I", zlib.crc32(head))


# --- heads --------------------------------------------------------------------

def heads():
    many = "limit-members"
    yield case("members", "more members than may be",
               python_gzip(archive(*(header(b"%d" % i) for i in range(3000)))), many,
               policy={"members": 1000})
    yield case("members-cpio", "the same in a cpio",
               python_gzip(cpio(*(cpio_newc(b"%d" % i, b"", ino=i) for i in range(3000)))), many,
               policy={"members": 1000})
    some = archive(*(header(b"%d" % i) for i in range(40)))
    yield case("members-nested", "the same spread over many archives",
               python_gzip(archive(*(member(b"%d.tar" % i, some) for i in range(40)))), many,
               policy={"members": 1000})
    yield case("names", "names of 4000 bytes each",
               python_gzip(archive(*(gnu_long(b"%05d" % i + b"n" * 4000) + header()
                                     for i in range(800)))),
               LIMITS + " limit-name-bytes", policy={"members": 500})
    yield case("pax-global", "8,000 global headers before one member",
               python_gzip(archive(pax((b"comment", b"x"), type=b"g") * 8_000, member())),
               LIMITS + " ambiguous-type corrupt-stream unsupported-feature unaccounted-bytes",
               REFUSED)
    yield case("pax-extended", "3,000 pax headers before one member",
               python_gzip(archive(pax((b"comment", b"x")) * 3_000, member())),
               "ambiguous-type corrupt-stream limit-members", REFUSED)
    yield case("pax-1g", "a pax header of 1 GiB",
               python_gzip(archive(header(b"x", 1 << 30, type=b"x"), member())),
               "unsupported-feature truncated limit-name-bytes corrupt-stream", REFUSED)
    yield case("long-name-1g", "a GNU long name of 1 GiB",
               python_gzip(archive(header(b"././@LongLink", 1 << 30, type=b"L", magic=GNU),
                                   member())),
               "unsupported-feature truncated limit-name-bytes corrupt-stream", REFUSED)
    yield case("name-bytes", "a name longer than the policy's limit",
               archive(gnu_long(b"n" * 900), member()), "limit-name-bytes",
               policy={"name_bytes": 200})


def cases():
    for group in (zips, streams, memory, heads):
        yield from group()
