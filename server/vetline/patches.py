"""The patch language of agents: `*** Begin Patch`, a section for each file, hunks behind `@@`."""

from __future__ import annotations

from typing import NamedTuple

_ADD, _UPDATE, _DELETE = "*** Add File: ", "*** Update File: ", "*** Delete File: "
_MOVE, _END_OF_FILE = "*** Move to: ", "*** End of File"
_SECTIONS = (_ADD, _UPDATE, _DELETE)


class Part(NamedTuple):
    """What a patch does to one file.

    Attributes:
        path: where the file is afterwards, as the patch spells it.
        hunks: pairs of the lines before and the lines after, context lines on both sides.
        whole: the file's text, of a new one.
        deleted: it is gone afterwards.
        moved_from: where it was before.
    """

    path: str
    hunks: tuple[tuple[str, str], ...] = ()
    whole: str | None = None
    deleted: bool = False
    moved_from: str = ""


def parse(patch: str) -> list[Part]:
    """The files that a patch touches, in its order. What is no section of one is passed over.

    Lines end in the patch as they end in it: a patch with CRLF gives texts with CRLF.
    """
    found: list[Part] = []
    lines = [line + "\n" for line in patch.removesuffix("\n").split("\n")]  # by LF only
    at = 0
    while at < len(lines):
        line = lines[at].rstrip("\r\n")
        at += 1
        header = next((word for word in _SECTIONS if line.startswith(word)), "")
        if not header:
            continue
        end = at
        while end < len(lines) and not _is_mark(lines[end]):
            end += 1
        path = line.removeprefix(header).strip()
        if path:
            found.append(_part(header, path, lines[at:end]))
        at = end
    return found


def _is_mark(line: str) -> bool:
    """Whether a line ends a section; a line of a file has a sign before it."""
    return line.startswith((*_SECTIONS, "*** End Patch", "*** Begin Patch"))


def _part(header: str, path: str, lines: list[str]) -> Part:
    if header == _DELETE:
        return Part(path, deleted=True)
    if header == _ADD:
        return Part(path, whole="".join(line[1:] for line in lines if line.startswith("+")))
    moved = next((line for line in lines[:1] if line.startswith(_MOVE)), "")
    if moved and (target := moved.removeprefix(_MOVE).strip()):
        return Part(target, _hunks(lines[1:]), moved_from=path)
    return Part(path, _hunks(lines))


def _hunks(lines: list[str]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    old: list[str] = []
    new: list[str] = []
    for line in [*lines, "@@"]:
        if line.startswith(("@@", _END_OF_FILE)):
            if old != new:
                found.append(("".join(old), "".join(new)))
            old, new = [], []
        elif line.startswith("+"):
            new.append(line[1:])
        elif line.startswith("-"):
            old.append(line[1:])
        else:  # a context line; editors cut the blank off an empty one
            same = line.removeprefix(" ")
            old.append(same)
            new.append(same)
    return tuple(found)
