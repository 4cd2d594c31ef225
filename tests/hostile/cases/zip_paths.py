"""Zip: names that are one file to some programs and two to others (ZipDiff B)."""

from case import attack
from making.zip import FOLDER, LINK, Member, archive

TEXT = b"nothing bad in here\n"


def zipped(id, differs, *members, reasons="unsafe-name", **more):
    return attack(f"zip-{id}", differs, archive(*members, **more), reasons)


def pair(id, differs, first, second, reasons, **more):
    return zipped(id, differs, Member(first, b"one\n", **more), Member(second, b"two\n", **more),
                  reasons=reasons)


def doubles():
    yield pair("b1-twice", "the first is unpacked, or the last", b"a", b"a", "duplicate-name")
    yield zipped("b1-twice-equal", "twice the same, to the byte", Member(b"a"), Member(b"a"),
                 reasons="duplicate-name")
    yield zipped("b1-file-and-folder", "a file and a folder of one name", Member(b"a"),
                 Member(b"a/", b"", attributes=FOLDER),
                 reasons="duplicate-name name-collision ambiguous-type")
    yield zipped("b1-file-as-folder", "a file that is another's folder", Member(b"a"),
                 Member(b"a/b"), reasons="duplicate-name name-collision ambiguous-type")
    yield zipped("b1-folder-then-file", "a folder that a file then replaces", Member(b"a/b"),
                 Member(b"a"), reasons="duplicate-name name-collision ambiguous-type")
    yield zipped("b1-link-and-file", "written through the link, or beside it",
                 Member(b"a", b"b", attributes=LINK), Member(b"a", TEXT),
                 reasons="duplicate-name")
    yield zipped("b1-order", "the directory's order is not the file's, and a link is among them",
                 Member(b"l/x", TEXT), Member(b"l", b"m", attributes=LINK), order=[1, 0],
                 reasons="unsafe-name ambiguous-type name-collision")


def bytes_in_names():
    for name, raw in [("nul", b"a\0.sh"), ("nul-end", b"a\0"), ("newline", b"a\nb"),
                      ("return", b"a\rb"), ("tab", b"a\tb"), ("escape", b"a\x1b[2Jb"),
                      ("bell", b"a\x07"), ("delete", b"a\x7f"), ("backspace", b"abc\x08\x08\x08z")]:
        yield zipped(f"b2-{name}", "a control byte in a name", Member(raw, TEXT))
    yield zipped("b2-c1", "a C1 control character, as UTF-8",
                 Member("a\u009b2J".encode(), TEXT, flags=0x800))


def ways():
    for name, raw in [("up", b"../a"), ("up-inside", b"a/../../b"), ("up-end", b"a/.."),
                      ("up-alone", b".."), ("absolute", b"/a"), ("double-slash", b"//a"),
                      ("backslash-up", b"..\\a"), ("backslash-absolute", b"\\a"),
                      ("share", b"\\\\srv\\x"), ("drive", b"C:\\x"), ("drive-slash", b"C:/x"),
                      ("drive-relative", b"C:x"), ("mixed", b"a/..\\..\\b"),
                      ("backslash", b"a\\b")]:
        yield zipped(f"b3-{name}", "leads out, or elsewhere, for some", Member(raw, TEXT),
                     Member(b"z"), reasons="unsafe-name ambiguous-type")
    for name, first, second in [("dot", b"a", b"./a"), ("dot-inside", b"a/b", b"a/./b"),
                                ("slashes", b"a/b", b"a//b"), ("up-and-back", b"a", b"b/../a"),
                                ("separator", b"a/b", b"a\\b")]:
        yield pair(f"b3-same-{name}", "two members for some, one for others", first, second,
                   "duplicate-name unsafe-name name-collision ambiguous-type")
    yield pair("b3-dos-host", "from DOS, a backslash is a separator for some", b"a/b", b"a\\b",
               "duplicate-name unsafe-name name-collision ambiguous-type", made_by=20,
               attributes=0)
    yield pair("b4-case", "one file where case does not count", b"Setup", b"setup",
               "name-collision duplicate-name")
    yield pair("b4-case-folder", "the same in a folder's name", b"Bin/a", b"bin/a",
               "name-collision duplicate-name")
    yield pair("b4-case-unicode", "the same beyond ASCII", "\u00c4".encode(), "\u00e4".encode(),
               "name-collision duplicate-name", flags=0x800)
    yield pair("b4-normal-forms", "composed and decomposed", "\u00e4".encode(),
               "a\u0308".encode(), "name-collision duplicate-name", flags=0x800)


def cases():
    for group in (doubles, bytes_in_names, ways):
        yield from group()
