"""Messages in invisible characters: the encodings in use, and what they say.

Sources: the tag characters mirror ASCII (Unicode 16, chapter 23.9); variation selectors count bytes (1 to
16 at U+FE00, 17 to 256 at U+E0100: Butler, "Smuggling arbitrary data through an emoji", 2025); two
characters without width are the bits of ASCII.
"""

from __future__ import annotations

from itertools import permutations

_LONGEST = 4_096  # characters of a run that are decoded
_LEAST = 3
_BITS = 2
_LETTERS = 0.7


def from_tags(run: str) -> str:
    """What tag characters say; "" if nothing."""
    return "".join(chr(ord(c) - 0xE0000) for c in run if 0xE0020 <= ord(c) < 0xE007F).strip()  # noqa: PLR2004 - the tags that stand for printable ASCII


def from_variations(run: str) -> str:
    """The text whose bytes variation selectors stand for; "" if they stand for none."""
    run = run[:_LONGEST]
    numbers = [ord(c) - 0xFE00 if c < "\ufe10" else ord(c) - 0xE0100 + 16 for c in run]
    plain = [n - 16 for n in numbers if n >= 16]  # noqa: PLR2004 - U+E0100 taken for a zero
    pairs = [16 * a + b for a, b in zip(numbers[::2], numbers[1::2], strict=False)]
    return _best([_text(bytes(n % 256 for n in found)) for found in (numbers, plain, pairs)])


def from_bits(run: str) -> str:
    """The text whose bits two characters of a run stand for, a third perhaps between its letters."""
    run = run[:_LONGEST]
    found: list[str] = []
    kinds = sorted(set(run), key=run.count, reverse=True)[:3]
    for zero, one in permutations(kinds, _BITS):
        bits = "".join("0" if c == zero else "1" if c == one else " " for c in run)
        parts = bits.split()
        if len(parts) > 1:
            found.append(_text(bytes(int(part[-8:], 2) for part in parts)))
        bits = bits.replace(" ", "")
        for width in (8, 7, 16):
            whole = len(bits) - len(bits) % width
            codes = [int(bits[at : at + width], 2) for at in range(0, whole, width)]
            found.append(_text(bytes(code % 256 for code in codes)))
            found.append("".join(map(chr, codes)) if width == 16 else "")  # noqa: PLR2004 - UTF-16
    return _best(found)


def from_low_bytes(run: str) -> str:
    """The text whose bytes stand in the low halves of characters of private use; "" if in none."""
    run = run[:_LONGEST]
    return _best(
        [_text(bytes(ord(c) % 256 for c in run)), "".join(chr(ord(c) % 0x1000) for c in run)]
    )


def is_readable(text: str) -> bool:
    """Whether a text is printable, and letters and spaces for the most part."""
    said = sum(c.isalpha() or c == " " for c in text)
    return len(text) >= _LEAST and is_printable(text) and said >= _LETTERS * len(text)


def is_printable(text: str) -> bool:
    """Whether every character of a text is shown, or ends a line."""
    return all(c.isprintable() or c in "\r\n\t" for c in text)


def _best(texts: list[str]) -> str:
    """The text with the most small letters and spaces among those that can be read."""
    readable = [text.strip() for text in texts if is_readable(text)]
    return max(readable, key=lambda t: sum(c.islower() or c == " " for c in t), default="")


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""
