"""Ways to damage a file, each a function of its content and a random generator."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]

_HOSTILE = (
    b"\xff\xfe",
    b"\0",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    "\u2028\u0085\u200b\U0001f9ec".encode(),
    b"|t|",
    b"\t\t",
    b"&amp;",
    b"&#0;",
    b"&#x110000;",
    b"]]>",
    b"<!--",
    b"<![CDATA[",
    b"\\ud800",
    b"NaN",
    b"1e999",
    b"null",
    b"{}",
    b"[[",
    b"-1",
    b"99999999999999999999",
    b"T1",
    b"Arg1:",
    b"None",
    b"\r",
)

# A billion laughs, a quadratic one, and files and addresses that must not be opened.
_DOCTYPES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>",
    b'<!DOCTYPE x [<!ENTITY j "' + b"a" * 20_000 + b'">]>',
    b'<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE x [<!ENTITY j SYSTEM "http://127.0.0.1:9/x">]>',
    b'<!DOCTYPE x SYSTEM "file:///etc/hostname">',
    b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
)


def cut(content: bytes, random: Random) -> bytes:
    """The file ends early."""
    return content[: random.randrange(len(content) + 1)]


def without_start(content: bytes, random: Random) -> bytes:
    """The file begins late."""
    return content[random.randrange(len(content) + 1) :]


def gap(content: bytes, random: Random) -> bytes:
    """A piece is missing."""
    start = random.randrange(len(content) + 1)
    return content[:start] + content[start + random.randrange(200) :]


def flipped(content: bytes, random: Random) -> bytes:
    """A few bytes are others."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 8)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def noise(content: bytes, random: Random) -> bytes:
    """Random bytes in the middle."""
    start = random.randrange(len(content) + 1)
    return content[:start] + random.randbytes(random.randint(1, 300)) + content[start:]


def only_noise(content: bytes, random: Random) -> bytes:
    """Nothing but random bytes."""
    return random.randbytes(random.randint(0, 2000))


def hostile(content: bytes, random: Random) -> bytes:
    """What some format gives a meaning, in a place where it has none."""
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(content) + 1)
        content = content[:start] + random.choice(_HOSTILE) + content[start:]
    return content


def swapped_columns(content: bytes, random: Random) -> bytes:
    """Two columns of a line have changed places."""
    return _on_lines(content, random, _swap, separator=b"\t")


def dropped_column(content: bytes, random: Random) -> bytes:
    """A column of a line is missing."""
    return _on_lines(content, random, _drop, separator=b"\t")


def swapped_words(content: bytes, random: Random) -> bytes:
    """Two words of a line have changed places: arguments of BRAT, attributes of XML."""
    return _on_lines(content, random, _swap, separator=b" ")


def wrong_number(content: bytes, random: Random) -> bytes:
    """Numbers (offsets, identifiers, lengths) are others."""
    numbers = list(re.finditer(rb"\d+", content))
    for match in sorted(
        random.sample(numbers, min(len(numbers), random.randint(1, 4))), key=_start
    ):
        value = int(match[0][:15])
        other = random.choice(
            (value + 1, value - 1, value + 7, -value, 0, 10**9, 10**18, 10**400, value * 10)
        )
        content = content[: match.start()] + str(other).encode() + content[match.end() :]
        if len(str(other)) != len(match[0]):
            break  # the places of the others have moved
    return content


def mixed_line_ends(content: bytes, random: Random) -> bytes:
    """Some lines end in CRLF, some in CR alone, some in a blank line more."""
    lines = content.split(b"\n")
    ends = (b"\n", b"\r\n", b"\r", b"\n\n", b"\r\r\n")
    return b"".join(line + random.choice(ends) for line in lines)


def shuffled_lines(content: bytes, random: Random) -> bytes:
    """Lines near each other are out of order."""
    lines = content.split(b"\n")
    start = random.randrange(len(lines))
    window = lines[start : start + random.randint(2, 40)]
    random.shuffle(window)
    lines[start : start + len(window)] = window
    return b"\n".join(lines)


def repeated_lines(content: bytes, random: Random) -> bytes:
    """A block of lines stands twice, as a document may after a careless merge."""
    lines = content.split(b"\n")
    start = random.randrange(len(lines))
    block = lines[start : start + random.randint(1, 60)]
    place = random.randrange(len(lines) + 1)
    return b"\n".join(lines[:place] + block * random.randint(1, 3) + lines[place:])


def lost_lines(content: bytes, random: Random) -> bytes:
    """Some lines are missing."""
    chance = random.choice((0.02, 0.3))
    return b"\n".join(line for line in content.split(b"\n") if random.random() > chance)


def repeated_piece(content: bytes, random: Random) -> bytes:
    """A piece stands twice: an element, a key, a relation."""
    start = random.randrange(len(content) + 1)
    piece = content[start : start + random.randint(1, 2000)]
    place = random.randrange(len(content) + 1)
    return content[:place] + piece + content[place:]


def moved_piece(content: bytes, random: Random) -> bytes:
    """A piece stands somewhere else: elements and entities out of order."""
    start = random.randrange(len(content) + 1)
    end = start + random.randint(1, 2000)
    piece, rest = content[start:end], content[:start] + content[end:]
    place = random.randrange(len(rest) + 1)
    return rest[:place] + piece + rest[place:]


def renamed(content: bytes, random: Random) -> bytes:
    """A word that recurs (a type, a key, a tag, an identifier) is another word everywhere."""
    words = sorted(set(re.findall(rb"[A-Za-z_]{2,20}", content[:4000])))
    if len(words) < 2:
        return content
    old, new = random.sample(words, 2)
    return content.replace(old, random.choice((new, b"x", b"", b'"', b"<")))


def doctype(content: bytes, random: Random) -> bytes:
    """XML with entities of its own: bombs, files, addresses."""
    body = re.sub(rb"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", b"", content, count=2)
    reference = random.choice((b"&j;", b"&e;", b""))
    place = body.find(b">") + 1
    return (
        b'<?xml version="1.0"?>'
        + random.choice(_DOCTYPES)
        + body[:place]
        + reference
        + body[place:].replace(b"<text>", b"<text>" + reference, 3)
    )


def deep(content: bytes, random: Random) -> bytes:
    """Nesting a thousand or a hundred thousand levels deep."""
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<infon>", b"</infon>")))
    depth = random.choice((300, 3000, 30_000))
    place = random.randrange(len(content) + 1)
    return content[:place] + opening * depth + closing * depth + content[place:]


def long_line(content: bytes, random: Random) -> bytes:
    """A line of megabytes."""
    place = random.randrange(len(content) + 1)
    return (
        content[:place]
        + random.choice((b"a", b"\t", b"|", b"<a>", b"1 ")) * 500_000
        + content[place:]
    )


def other_encoding(content: bytes, random: Random) -> bytes:
    """Not UTF-8."""
    text = content.decode(errors="replace") + "é"
    return text.encode(
        random.choice(("utf-16", "latin-1", "utf-32", "utf-8-sig")), errors="replace"
    )


def packed(content: bytes, random: Random) -> bytes:
    """Gzip, whole, cut or damaged."""
    whole = gzip.compress(content, mtime=0)
    return random.choice((lambda c, r: c, cut, flipped, repeated_piece))(whole, random)


def inflated(content: bytes, random: Random) -> bytes:
    """Gzip of two hundred megabytes."""
    return _BOMB


def _on_lines(
    content: bytes, random: Random, change: Callable[..., None], *, separator: bytes
) -> bytes:
    lines = content.split(b"\n")
    for _ in range(random.randint(1, 5)):
        number = random.randrange(len(lines))
        columns = lines[number].split(separator)
        change(columns, random)
        lines[number] = separator.join(columns)
    return b"\n".join(lines)


def _swap(columns: list[bytes], random: Random) -> None:
    one, other = random.randrange(len(columns)), random.randrange(len(columns))
    columns[one], columns[other] = columns[other], columns[one]


def _drop(columns: list[bytes], random: Random) -> None:
    del columns[random.randrange(len(columns))]


def _start(match: re.Match[bytes]) -> int:
    return match.start()


_BOMB = gzip.compress(b"a" * 200_000_000, compresslevel=1, mtime=0)

MUTATIONS: tuple[Mutation, ...] = (
    cut,
    without_start,
    gap,
    flipped,
    noise,
    only_noise,
    hostile,
    swapped_columns,
    dropped_column,
    swapped_words,
    wrong_number,
    mixed_line_ends,
    shuffled_lines,
    repeated_lines,
    lost_lines,
    repeated_piece,
    moved_piece,
    renamed,
    doctype,
    deep,
    long_line,
    other_encoding,
    packed,
    inflated,
)
# Half a second each: once in a while is enough.
RARE = {inflated: 0.02, long_line: 0.3}


def damaged(content: bytes, random: Random) -> tuple[bytes, list[str]]:
    """The content after one to three mutations, and their names."""
    names = []
    for _ in range(random.choice((1, 1, 2, 3))):
        mutation = random.choice(MUTATIONS)
        if random.random() < RARE.get(mutation, 1):
            content = mutation(content, random)
            names.append(mutation.__name__)
    return content, names
