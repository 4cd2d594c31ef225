"""Names, links and kinds of members (P1 to P6), told by a tar, which has them all."""

from case import REFUSED, attack
from making.package import ar, ar_member, cpio, cpio_newc
from making.tar import archive, gnu_long, header, member, pax

B = member(b"b.txt", b"the other one\n")
COLLIDES = "name-collision duplicate-name"


# What is everyday on Linux is told in a note; a policy refuses it (P1, P3, P5).
NOTES = ("case-collision", "setuid-member", "windows-name", "world-writable")


def case(id, differs, data, reasons="unsafe-name", **more):
    return attack(f"name-{id}", differs, data, reasons, **more)


def ways_out():
    for id, name in [
            ("up", b"../../etc/x"), ("up-inside", b"a/../../b"), ("up-back", b"a/../b"),
            ("up-end", b"a/b/.."), ("up-alone", b".."), ("backslash-up", b"..\\..\\x"),
            ("mixed-up", b"a\\../..\\b"), ("drive", b"C:\\x"), ("drive-relative", b"C:x"),
            ("share", b"\\\\srv\\share\\x"), ("device-path", b"\\\\.\\PhysicalDrive0"),
            ("slashes", b"//x"), ("absolute", b"/abs"), ("home", b"/~/x"),
            ("dots-spaced", b".. /x"), ("overlong-dots", b"\xc0\xae\xc0\xae/x")]:
        yield case(f"p1-{id}", "leads out of the folder for some", archive(member(name), B))
    for id, name in [
            ("reserved", b"NUL"), ("reserved-com", b"a/COM1"),
            ("reserved-superscript", "COM\u00b9".encode()), ("stream", b"x:ads"),
            ("stream-data", b"x.txt::$DATA"), ("trailing-dot", b"x."), ("trailing-space", b"x "),
            ("dots", b"...")]:
        yield case(f"p1-windows-{id}", "another file, or none, on Windows",
                   archive(member(name), B), "unsafe-name windows-name", refuse=NOTES)
    for id, first, second in [
            ("dot", b"a/b", b"a/./b"), ("slashes", b"a/b", b"a//b"), ("leading-dot", b"a", b"./a"),
            ("trailing-dot", b"a", b"a."), ("trailing-space", b"a", b"a "),
            ("stream", b"a", b"a::$DATA"), ("up", b"a", b"b/../a")]:
        yield case(f"p1-same-{id}", "two members for some, one for others",
                   archive(member(first), member(second, b"two\n")),
                   COLLIDES + " unsafe-name")


def links():
    def link(name, target, type=b"2"):
        return header(name, type=type, link=target)

    yield case("p2-write-through", "a link, then a file through it",
               archive(link(b"l", b"/etc"), member(b"l/passwd")))
    yield case("p2-write-through-up", "the same, relative",
               archive(link(b"l", b".."), member(b"l/x")))
    yield case("p2-write-through-later", "the file first, the link afterwards",
               archive(member(b"l/passwd"), link(b"l", b"/etc")), COLLIDES + " unsafe-name")
    yield case("p2-chain", "a link to a link (dirsymlink2a)",
               archive(header(b"d/", type=b"5"), link(b"d/up", b".."), link(b"m", b"d/up/.."),
                       member(b"m/x")))
    yield case("p2-chain-lexical", "a link that stays inside by its text, and leaves by another",
               archive(header(b"a/", type=b"5"), header(b"a/b/", type=b"5"),
                       link(b"s", b"a/b"), link(b"s2", b"s/../../.."), B))
    yield case("p2-up", "a link that leads out", archive(link(b"l", b"../../etc/passwd"), B))
    yield case("p2-up-deep", "a link that leads out from three folders down",
               archive(link(b"a/b/c/l", b"../../../../x"), B))
    yield case("p2-backslash", "a link that leads out by backslashes",
               archive(link(b"l", b"..\\..\\x"), B))
    yield case("p2-drive", "a link to a drive", archive(link(b"l", b"C:\\Windows"), B))
    yield case("p2-empty", "a link to nothing", archive(link(b"l", b""), B))
    yield case("p2-control", "a link whose target speaks to terminals",
               archive(link(b"l", b"a\x1b[2J"), B))
    yield case("p2-replaced", "a link that a file of its name replaces",
               archive(link(b"l", b"/etc/passwd"), member(b"l")), COLLIDES)
    yield case("p2-case", "a link, and a folder that is it where case does not count",
               archive(link(b"A", b"/etc"), member(b"a/passwd")), COLLIDES + " unsafe-name")
    yield case("p2-unicode", "the same by Unicode's two forms",
               archive(link("\u00e4".encode(), b"/etc"), member("a\u0308/passwd".encode())),
               COLLIDES + " unsafe-name")
    yield case("p2-long", "a target of 5000 bytes",
               archive(gnu_long(b"x/" * 2500, b"K"), link(b"l", b"x" * 100), B),
               "unsafe-name limit-name-bytes", exits=REFUSED)

    def hard(name, target):
        return link(name, target, b"1")

    yield case("p2-hard-up", "a hard link that leads out", archive(B, hard(b"l", b"../x")))
    yield case("p2-hard-absolute", "a hard link to an absolute name",
               archive(B, hard(b"l", b"/etc/passwd")))
    yield case("p2-hard-absent", "a hard link to nothing in the archive",
               archive(B, hard(b"l", b"passwd")))
    yield case("p2-hard-later", "a hard link to a later member", archive(hard(b"l", b"b.txt"), B))
    yield case("p2-hard-itself", "a hard link to itself", archive(B, hard(b"l", b"l")))
    yield case("p2-hard-through", "a hard link to what stands behind a link",
               archive(link(b"l", b"/etc"), hard(b"m", b"l/passwd"), B))
    yield case("p2-hard-of-link", "a hard link to a link, then a file through it",
               archive(link(b"l", b"/etc"), hard(b"m", b"l"), member(b"m/passwd")))
    yield case("p2-hard-folder", "a hard link to a folder",
               archive(header(b"d/", type=b"5"), hard(b"l", b"d"), B), "unsafe-name unsafe-type")


def kinds():
    for id, type in [("char", b"3"), ("block", b"4"), ("fifo", b"6")]:
        yield case(f"p3-{id}", "a device or pipe", archive(header(b"dev", type=type), B),
                   "unsafe-type")
    socket = cpio(cpio_newc(b"s", b"", 0o140755), cpio_newc(b"b.txt", b"x"))
    yield case("p3-socket", "a socket, in a cpio", socket, "unsafe-type")
    yield case("p3-cpio-char", "a device, in a cpio",
               cpio(cpio_newc(b"s", b"", 0o20666), cpio_newc(b"b.txt", b"x")), "unsafe-type")
    for id, mode in [("setuid", 0o4755), ("setgid", 0o2755), ("both", 0o6755)]:
        yield case(f"p3-{id}", "runs as its owner for who unpacks as root",
                   archive(header(b"tool", mode=mode), B), "unsafe-mode setuid-member",
                   refuse=NOTES)
    yield case("p3-setuid-cpio", "the same in a cpio",
               cpio(cpio_newc(b"tool", b"x", 0o104755)), "unsafe-mode setuid-member",
               refuse=NOTES)
    for id, key in [("capability", b"SCHILY.xattr.security.capability"),
                    ("capability-libarchive", b"LIBARCHIVE.xattr.security.capability")]:
        value = b"\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        value = b"AQAAAgAgAAAAAAAAAAAAAAAAAAA=" if b"LIBARCHIVE" in key else value
        yield case(f"p3-{id}", "a file that gets a root's power",
                   archive(pax((key, value)), member(b"tool"), B), "unsafe-mode ambiguous-type")


def bytes_in_names():
    yield case("p4-empty", "no name", archive(member(b""), B))
    yield case("p4-slash", "a name of a slash", archive(header(b"/", type=b"5"), B))
    yield case("p4-slashes", "a name of slashes", archive(header(b"///", type=b"5"), B))
    yield case("p4-dot-file", "a file called '.'", archive(member(b"."), B))
    yield case("p4-invalid", "a name that is no UTF-8",
               archive(member(b"\xff\xfe\x80.txt"), B))
    yield case("p4-overlong", "an overlong slash", archive(member(b"a\xc0\xafb"), B))
    yield case("p4-surrogate", "half a surrogate pair", archive(member(b"a\xed\xb0\x80"), B))
    yield case("p4-beyond", "a character beyond Unicode", archive(member(b"a\xf4\x90\x80\x80"), B))
    yield case("p4-long", "a name of 5000 bytes", archive(gnu_long(b"n" * 5000), member(), B),
               "limit-name-bytes unsafe-name", exits=REFUSED)
    for id, character in [("newline", b"\n"), ("return", b"\r"), ("tab", b"\t"),
                          ("escape", b"\x1b]0;x\x07"), ("bell", b"\x07"), ("delete", b"\x7f"),
                          ("c1", "\u009b31m".encode()), ("next-line", "\u0085".encode())]:
        yield case(f"p6-{id}", "a name that speaks to terminals, or breaks lines",
                   archive(member(b"a" + character + b"b"), B))
    for id, character in [("override", "\u202e"), ("embedding", "\u202a"), ("isolate", "\u2067"),
                          ("mark", "\u200f"), ("zero-width", "\u200b"), ("joiner", "\u200d"),
                          ("bom", "\ufeff"), ("tag", "\U000e0041")]:
        yield case(f"p6-{id}", "shown as another name than it is",
                   archive(member(f"tool{character}gnp.exe".encode()), B))
    yield case("p6-ar", "an ar name that speaks to terminals",
               ar(ar_member(b"a\x1b[2Jb/", b"content\n")))
    yield case("p6-uname", "an owner that speaks to terminals",
               archive(header(b"a.txt", 0, uname=b"root\x1b[2J"), B), "unsafe-name unsafe-mode")


def collisions():
    def pair(id, differs, first, second, **more):
        return case(f"p5-{id}", differs, archive(member(first), member(second, b"two\n")),
                    COLLIDES + " unsafe-name case-collision", **more)

    yield pair("twice", "the first is left, or the last", b"a", b"a")
    yield pair("case", "one file where case does not count", b"Setup.sh", b"setup.sh",
               refuse=NOTES)
    yield pair("case-folder", "one folder where case does not count", b"Bin/a", b"bin/a",
               refuse=NOTES)
    yield pair("case-unicode", "the same beyond ASCII", "\u00c4".encode(), "\u00e4".encode())
    yield pair("sharp-s", "folded to two letters", "stra\u00dfe".encode(), b"strasse")
    yield pair("kelvin", "a sign that folds to k", "\u212a".encode(), b"k")
    yield pair("normal-forms", "composed and decomposed", "\u00e4".encode(), "a\u0308".encode())
    yield pair("hangul", "the same of Hangul", "\uac00".encode(), "\u1100\u1161".encode())
    yield pair("compatible", "a ligature and its letters", "\ufb01le".encode(), b"file")
    yield pair("full-width", "full-width letters", "\uff41".encode(), b"a")
    yield pair("separator", "a backslash or a slash", b"a/b", b"a\\b")
    yield pair("file-as-folder", "a file that is another's folder", b"a", b"a/b")
    yield pair("folder-as-file", "a folder that a file then is", b"a/b", b"a")
    yield pair("case-prefix", "the same where case does not count", b"A", b"a/b",
               refuse=NOTES)
    yield case("p5-file-and-folder", "a file and a folder of one name",
               archive(member(b"a"), header(b"a/", type=b"5")), COLLIDES)
    yield case("p5-folder-and-link", "a folder and a link of one name",
               archive(header(b"a/", type=b"5"), header(b"a", type=b"2", link=b"b.txt"), B),
               COLLIDES)
    yield case("p5-cpio", "two cpio members of one name",
               cpio(cpio_newc(b"a", b"one\n"), cpio_newc(b"a", b"two\n", ino=2)), COLLIDES)


def cases():
    for group in (ways_out, links, kinds, bytes_in_names, collisions):
        yield from group()
