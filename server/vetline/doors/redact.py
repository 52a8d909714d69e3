"""`vetline redact`: standard input to standard output with every secret masked, for piping into a prompt.

A secret becomes a mark that names its kind, as «aws-access-key»; of one text the same secret has the same mark, and
a second one of a kind is «aws-access-key-2». All else stays byte for byte. No settings are read: a project
cannot have a secret let through. Placeholders and demo words stay, since a prompt should be readable;
`--persona pedantic` masks them, too. Our own engine alone is asked: the second opinion would double the start.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from vetline import files
from vetline.doors import options as words
from vetline_analyzers.core.finding import Persona

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.finding import Finding

PASS, MASKED, USAGE, NOT_CHECKED = 0, 1, 2, 3
LIMIT = 10_000_000  # bytes; what is larger is no prompt
_LINE = re.compile(r"[^\r\n]+")
_HALVES = re.compile("[\ud800-\udfff]")
_MARK = re.compile(r"«[a-z0-9-]+»")
_NOT_SEARCHED = "«not-searched»"


class _NotText(Exception):  # noqa: N818 - a state of the input more than an error
    """What came cannot be searched; the message ends a sentence about it."""


class Masked(NamedTuple):
    """A secret that was found: its kind and the line it starts on, from 1."""

    kind: str
    line: int


class Redacted(NamedTuple):
    """A text without its secrets.

    Attributes:
        raw: the text.
        masked: what is masked in it.
        left_out: numbers of lines that are too long to be searched; a mark stands in their place.
    """

    raw: bytes
    masked: tuple[Masked, ...] = ()
    left_out: tuple[int, ...] = ()


def main(argv: list[str]) -> int:
    """Mask. Exit 0; with `--check` 1 when there is a secret; 2 wrong usage; 3 when not all could be searched."""
    try:
        options = _parser().parse_args(argv)
        done = redact(words.read(LIMIT), Persona[options.persona.upper()])
        if options.check:
            for kind, line in done.masked:
                words.write(f"line {line}: {kind}\n")
        else:
            words.write(done.raw)
    except words.UsageError as error:
        words.tell("redact", str(error))
        return USAGE
    except _NotText as why:
        words.tell("redact", f"nothing is printed: standard input {why}")
        return NOT_CHECKED
    for line in done.left_out:
        words.tell("redact", f"line {line} is left out: it is too long to be searched for secrets")
    if done.left_out:
        return NOT_CHECKED
    return MASKED if options.check and done.masked else PASS


def _parser() -> argparse.ArgumentParser:
    made = words.Parser(
        prog="vetline redact",
        description="Copy standard input to standard output with every secret masked.",
        epilog="Exit codes: 0 done, 1 --check found a secret, 2 wrong usage, 3 something could not be searched and "
        "is not printed.",
    )
    made.add_argument(
        "--check", action="store_true", help="print kinds and lines only; exit 1 if there are any"
    )
    made.add_argument(
        "--persona",
        choices=[str(persona) for persona in Persona],
        default=str(Persona.REGULAR),
        help="whose secrets: pedantic masks placeholders, too, auditor what is merely random",
    )
    return made


def redact(raw: bytes, persona: Persona = Persona.REGULAR) -> Redacted:
    """A text with its secrets masked.

    Args:
        raw: the text, in UTF-8 with or without faults, or in an encoding that its byte order mark names.
        persona: who reads on: to whom a finding is shown, its secret is masked for.

    Raises:
        _NotText: it cannot be searched; the message ends a sentence about it.
    """
    if len(raw) > LIMIT:
        raise _NotText(f"has more than {LIMIT / 1e6:.0f} MB: redact it in pieces")
    text, faulty = _decoded(raw)
    text, left_out = _without_long_lines(text)
    from vetline_analyzers.engine.identity import everywhere

    kinds: dict[str, str] = {}
    found = [f for f in _secrets(_HALVES.sub("\ufffd", text)) if f.persona <= persona]
    for finding in found:
        kinds.setdefault(text[slice(*finding.span)], finding.rule.rpartition("/")[2])
    parts: list[str] = []
    masked: list[Masked] = []
    marks: dict[str, str] = {}
    counts: Counter[str] = Counter()
    at = line = 0
    for start, end in everywhere(text, (f.span for f in found)):
        secret = text[start:end]
        if _MARK.fullmatch(secret):
            continue
        kind = kinds.get(secret, "secret")  # of several that overlap
        if secret not in marks:
            counts[kind] += 1
            marks[secret] = f"«{kind}»" if counts[kind] == 1 else f"«{kind}-{counts[kind]}»"
        parts += (text[at:start], marks[secret])
        line += _ends(text, at, start)
        masked.append(Masked(kind, line + 1))
        line += _ends(text, start, end)
        at = end
    made = "".join((*parts, text[at:]))
    again = made.encode("utf-8", "surrogateescape") if faulty else files.encode(made, raw)
    return Redacted(again, tuple(masked), left_out)


def _decoded(raw: bytes) -> tuple[str, bool]:
    """The text, and whether it is UTF-8 with faults, which are kept as halves of surrogate pairs."""
    text, _ = files.decode(raw)
    try:
        faulty = files.encode(text, raw) != raw
    except ValueError:
        faulty = True
    if faulty:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
            raise _NotText("is broken: its byte order mark names an encoding that it is not in")
        text = raw.decode("utf-8", "surrogateescape")
    if "\0" in text:
        raise _NotText("is no text: it has NUL characters in it")
    return text, faulty


def _without_long_lines(text: str) -> tuple[str, tuple[int, ...]]:
    """The text with a mark for each line that is too long to be searched, and the numbers of these."""
    from vetline_analyzers.secret.search import LONGEST

    long = [match for match in _LINE.finditer(text) if match.end() - match.start() > LONGEST]
    if not long:
        return text, ()
    parts: list[str] = []
    numbers: list[int] = []
    at, line = 0, 1
    for match in long:
        line += _ends(text, at, match.start())
        numbers.append(line)
        parts += (text[at : match.start()], _NOT_SEARCHED)
        at = match.end()
    return "".join((*parts, text[at:])), tuple(numbers)


def _ends(text: str, start: int, end: int) -> int:
    """How many lines end between two places."""
    return text.count("\n", start, end) + sum(
        text[at + 1 : at + 2] != "\n" for at in _positions(text, "\r", start, end)
    )


def _positions(text: str, character: str, start: int, end: int) -> Iterator[int]:
    at = text.find(character, start, end)
    while at >= 0:
        yield at
        at = text.find(character, at + 1, end)


def _secrets(text: str) -> Iterable[Finding]:
    """The secrets in a text.

    Raises:
        _NotText: the search did not come to its end.
    """
    from vetline_analyzers import secrets
    from vetline_analyzers.core.analyzer import Facts, NotChecked
    from vetline_analyzers.core.text import Snapshot

    try:
        return list(secrets.analyze(Snapshot("redact:", "text", 0, text), Facts(), {}))
    except NotChecked as why:
        raise _NotText(f"is {why}") from None
    except Exception as error:  # noqa: BLE001 - not searched, and that is said; its words may quote the text
        raise _NotText(f"could not be searched ({type(error).__name__})") from None
