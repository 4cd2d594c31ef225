"""A gzip file that unpacks to itself, after Russ Cox, "Zip Files All The Way Down".

Its deflate stream has two kinds of steps: "say the next N bytes", the head of a
stored block, and "say the last N bytes again", a block of matches. Both are five
bytes long but for the last. The file is

    P  say [P say]  again  ...  say [last S]  last  S

where P is the gzip header and S its checksum and size.
"""

import zlib
from struct import pack

HEAD = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"q.gz\0"  # 15 bytes: 20 are said again


def say(count):
    return b"\0" + pack("<HH", count, count ^ 0xffff)


def code(value, width):
    """A Huffman code stands highest bit first, a number lowest."""
    return [value >> i & 1 for i in range(width - 1, -1, -1)]


def number(value, width):
    return [value >> i & 1 for i in range(width)]


def block(matches, final=0):
    bits = [final, 1, 0] + matches + [0] * 7
    bits += [0] * (-len(bits) % 8)
    return bytes(sum(bit << i for i, bit in enumerate(bits[at:at + 8]))
                 for at in range(0, len(bits), 8))


# Twenty bytes, from twenty back: two matches of ten.
AGAIN = block((code(264 - 256, 7) + code(8, 5) + number(20 - 17, 3)) * 2)
# Twelve bytes, from twelve back; the stream ends.
LAST = block(code(265 - 256, 7) + number(12 - 11, 1) + code(6, 5) + number(12 - 9, 2), final=1)


def with_checksum(checksum):
    back, first, four, one, none = AGAIN, say(20), say(20), say(5), say(0)

    def whole(size):
        tail = pack("<II", checksum, size)
        end = say(len(LAST + tail))
        return b"".join([
            HEAD, first, HEAD, first, back, one, back, one, one, four, back, one, one, four,
            AGAIN, four, AGAIN, four, AGAIN, four, AGAIN, four,
            AGAIN, none, none, end, AGAIN, none, none, end, LAST, tail, LAST, tail])
    return whole(len(whole(0)))


def gzip_quine():
    """The checksum stands in what it is of: each bit of it changes it linearly."""
    at_zero = zlib.crc32(with_checksum(0))
    # Rows of (what bit i of the checksum changes) xor (itself), each with its bit.
    rows = [(zlib.crc32(with_checksum(1 << i)) ^ at_zero ^ 1 << i, 1 << i) for i in range(32)]
    checksum, left = 0, at_zero
    for bit in reversed(range(32)):
        pivot = next((row for row in rows if row[0] >> bit & 1), None)
        if pivot is None:
            continue
        rows = [(row[0] ^ pivot[0], row[1] ^ pivot[1]) if row[0] >> bit & 1 else row
                for row in rows]
        if left >> bit & 1:
            left, checksum = left ^ pivot[0], checksum ^ pivot[1]
    assert left == 0
    return with_checksum(checksum)
