"""Checksum lists (S7): the list is signed too, so only its lines can fail it."""

import hashlib

from case import attack
from making.tar import archive, member

BUNDLE = archive(member())
SHA256 = hashlib.sha256(BUNDLE).hexdigest().encode()
SHA512 = hashlib.sha512(BUNDLE).hexdigest().encode()
WRONG = SHA256[::-1]
FILE = "agent-1.tar"
NAME = FILE.encode()
LINE = SHA256 + b"  " + NAME + b"\n"


def case(id, differs, text, reasons="list-malformed", name="SHA256SUMS", **more):
    return attack(f"list-{id}", differs, BUNDLE, reasons, file=FILE, beside={name: text}, **more)


def lines():
    yield case("up", "a line for a file outside the folder", LINE + SHA256 + b"  ../agent-1.tar\n")
    yield case("absolute", "a line for an absolute name", LINE + SHA256 + b"  /etc/passwd\n")
    yield case("stdin", "a line for '-', which is standard input", LINE + SHA256 + b"  -\n")
    yield case("empty-name", "a line without a name", LINE + SHA256 + b"  \n")
    yield case("escape-unknown", "an escape nobody knows", 
               b"\\" + SHA256 + b"  agent\\x31.tar\n" + LINE)
    yield case("escape-end", "an escape cut at the line's end", LINE + b"\\" + SHA256 + b"  a\\\n")
    yield case("nul", "a NUL inside a name", LINE + SHA256 + b"  agent-1.tar\0.sh\n")
    yield case("terminal", "a name that speaks to terminals", LINE + SHA256 + b"  \x1b[2J\n")
    yield case("crlf-some", "some lines end in CR LF, some do not",
               LINE[:-1] + b"\r\n" + SHA256 + b"  other\n")
    yield case("crlf-some-later", "the second line alone ends in CR LF",
               LINE + SHA256 + b"  other\r\n")
    yield case("return", "a CR in the middle of a line, which hides what stands before it",
               WRONG + b"  agent-1.tar\r" + LINE)
    yield case("bom", "a byte order mark before the first line", b"\xef\xbb\xbf" + LINE)
    yield case("blank-line", "an empty line", LINE + b"\n" + SHA256 + b"  other\n")
    yield case("junk-line", "a line that is none of the format", LINE + b"hello\n")
    yield case("pgp-frame", "lines of a signature around, which nobody checked here",
               b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + LINE,
               "sidecar-malformed")
    yield case("one-space", "one space between digest and name", SHA256 + b" " + NAME + b"\n")
    yield case("tab", "a tab between digest and name", SHA256 + b"\t" + NAME + b"\n")
    yield case("short", "a digest one digit short", SHA256[:-1] + b"  " + NAME + b"\n")
    yield case("long", "a digest one digit long", SHA256 + b"0  " + NAME + b"\n")
    yield case("length-of-other", "digests of SHA-512 in a list called SHA256SUMS",
               SHA512 + b"  " + NAME + b"\n")
    yield case("mixed-lengths", "two kinds of digests in one list",
               LINE + SHA512 + b"  other\n")
    yield case("mixed-grammars", "a BSD line among GNU lines",
               LINE + b"SHA256 (" + NAME + b") = " + SHA256 + b"\n")
    yield case("bsd-tag", "a tag of another digest than the line has",
               b"SHA512 (" + NAME + b") = " + SHA256 + b"\n", name="checksums.txt")
    yield case("bsd-tag-unknown", "a tag nobody knows",
               b"SHA257 (" + NAME + b") = " + SHA256 + b"\n", name="checksums.txt")
    yield case("empty", "a list of no lines", b"")
    yield case("binary", "a list that is a tar", BUNDLE)


def answers():
    yield case("wrong", "another digest for this file", WRONG + b"  " + NAME + b"\n",
               "digest-mismatch")
    yield case("twice-wrong-first", "two lines for one file, the wrong one first",
               WRONG + b"  " + NAME + b"\n" + LINE, "list-conflict digest-mismatch")
    yield case("twice-wrong-last", "two lines for one file, the wrong one last",
               LINE + WRONG + b"  " + NAME + b"\n", "list-conflict digest-mismatch")
    yield case("twice-dot", "the second as ./agent-1.tar",
               LINE + WRONG + b"  ./" + NAME + b"\n",
               "list-conflict digest-mismatch list-malformed")
    yield case("star", "a name that begins with the mark of binary files",
               SHA256 + b"  *" + NAME + b"\n", "list-not-naming list-malformed")
    yield case("absent", "the file is not in it", SHA256 + b"  other.tar\n", "list-not-naming")
    yield case("case", "the name differs in case", SHA256 + b"  Agent-1.tar\n", "list-not-naming")
    yield case("folder", "the name with a folder before it", SHA256 + b"  dist/" + NAME + b"\n",
               "list-not-naming")
    yield case("suffix", "the name and more", SHA256 + b"  " + NAME + b".sh\n", "list-not-naming")
    yield case("prefix", "more, and the name", SHA256 + b"  x" + NAME + b"\n", "list-not-naming")
    yield case("space-behind", "the name and a space", SHA256 + b"  " + NAME + b" \n",
               "list-not-naming list-malformed")
    yield case("uppercase-wrong", "the digest in capitals, and one digit off",
               (b"A" if SHA256[:1] != b"a" else b"B") + SHA256[1:].upper() + b"  " + NAME + b"\n",
               "digest-mismatch")
    yield case("md5-wrong", "a list of MD5 alone, and wrong",
               hashlib.md5(b"").hexdigest().encode() + b"  " + NAME + b"\n",
               "weak-algorithm digest-mismatch", name="checksums.txt")
    yield attack(
        "list-second-list", "a good list, and another that contradicts it", BUNDLE,
        "digest-mismatch", file=FILE,
        beside={"SHA256SUMS": LINE, "checksums.txt": WRONG + b"  " + NAME + b"\n"})
    yield case("own-wrong", "FILE.sha256 with another digest", WRONG + b"\n", "digest-mismatch",
               name=FILE + ".sha256")
    yield case("own-other-name", "FILE.sha256 that names another file",
               SHA256 + b"  other.tar\n", "list-not-naming", name=FILE + ".sha256")


def cases():
    for group in (lines, answers):
        yield from group()
