"""YAML as plain trees, also where it is half typed or a template.

The parser is libyaml's: it counts code points, and the tree-sitter grammar crashes on deep indentation and
loses the whole document to one slip. Aliases are shared, never copied, and nothing is constructed.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document.node import Node, Pair

_DEPTH = 200  # levels; a custom resource's schema has forty
_NODES = 300_000
_LINES = 20  # lines that may be at fault in a text whose rest is looked at
_READ = 1_000_000  # characters, all attempts together, when there is more than one
_TEMPLATE = re.compile(
    r"(?<!\$)\{\{(?:(?!\{\{).){0,2000}?\}\}|\{%(?:(?!\{%).){0,2000}?%\}", re.DOTALL
)
_UNREADABLE = re.compile("[\ud800-\udfff\ufffe\uffff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HEAD = re.compile(r"[^\r\n]*(?:\r\n?|\n)?")  # of a block scalar
_PROPERTIES = re.compile(r"(?:[&!][^\s]{0,200}\s{1,99}){0,2}")


class TooLargeError(ValueError):
    """The text nests too deeply or has too many nodes."""


class Reading(NamedTuple):
    """What a text says.

    Attributes:
        documents: the root of each of its documents.
        broken: the lines, from 0, that had to be left out.
        whole: nothing behind the last of `broken` was given up.
    """

    documents: tuple[Node, ...]
    broken: tuple[int, ...]
    whole: bool


class _Slip(Exception):  # noqa: N818 - of the person who types, not of ours
    """The text cannot be parsed behind `documents`; it may help to leave out `line`."""

    def __init__(self, documents: list[Node], line: int) -> None:
        super().__init__()
        self.documents = documents
        self.line = line


def read(text: str, shift: int = 0) -> Reading:
    """The trees of a text. A line that cannot be parsed is left out.

    Args:
        text: the text.
        shift: what is added to each place, for a text that lies in another one.

    Raises:
        TooLargeError: it nests too deeply or has too many nodes.
    """
    plain = _UNREADABLE.sub("\ufffd", text)
    if plain.startswith("\ufeff"):
        plain = " " + plain[1:]
    is_template = "{{" in plain or "{%" in plain
    broken: list[int] = []
    attempts = max(1, min(_LINES, _READ // (len(text) + 1)))
    while True:
        try:
            return Reading(tuple(_documents(plain, text, shift)), tuple(broken), whole=True)
        except _Slip as slip:
            if is_template:
                is_template, plain = False, _unfilled(plain)
                continue
            shorter = _without(plain, slip.line) if len(broken) < attempts else None
            if shorter is None:
                return Reading(tuple(slip.documents), (*broken, slip.line), whole=False)
            plain, line = shorter
            broken.append(line)


def _unfilled(text: str) -> str:
    """A template as if it were filled in: with words, and nothing where a line is only its own."""

    def filled(match: re.Match[str]) -> str:
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        rest = text[start : match.start()] + text[match.end() : end if end >= 0 else len(text)]
        return re.sub(r"[^\r\n]", "x" if rest.strip() else " ", match[0])

    return _TEMPLATE.sub(filled, text)


def _without(text: str, line: int) -> tuple[str, int] | None:
    """The text with a line, or the last one above it that says something, made blank; and its number."""
    lines = text.splitlines(keepends=True)
    line = min(line, len(lines) - 1)
    while line >= 0 and not lines[line].strip():
        line -= 1
    if line < 0:
        return None
    lines[line] = re.sub(r"[^\r\n]", " ", lines[line])
    return "".join(lines), line


def _documents(plain: str, text: str, shift: int) -> list[Node]:
    """The roots of a text's documents.

    Args:
        plain: what is parsed.
        text: the same before anything was masked, from which scalars are read.
        shift: what is added to each place.

    Raises:
        _Slip: `plain` cannot be parsed.
        TooLargeError: it is too much.
    """
    import yaml  # noqa: PLC0415 - loaded when the first YAML comes

    builder = _Builder(text, shift)
    try:
        for event in yaml.parse(plain, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.YAMLError as error:
        # A line without its colon is noticed at the next one.
        on_line_before = "simple key" in (getattr(error, "context", None) or "")
        mark = getattr(error, "context_mark" if on_line_before else "problem_mark", None)
        raise _Slip(builder.finished(), mark.line if mark is not None else 0) from None
    return builder.roots


class _Open(NamedTuple):
    """A collection that is not at its end: what is in it so far."""

    start: int
    is_mapping: bool
    anchor: str | None
    inside: list[Node]
    keys: list[tuple[str, Span]]


class _Builder:
    """Makes trees of the parser's events, without recursion."""

    def __init__(self, text: str, shift: int) -> None:
        self.roots: list[Node] = []
        self._text = text
        self._shift = shift
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._count = 0

    def take(self, event: Any) -> None:
        """Take the next event.

        Raises:
            TooLargeError: there are too many, or they nest too deeply.
        """
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._add(self._scalar(event), event.anchor)
        elif kind == "AliasEvent":
            span = Span(event.start_mark.index, event.end_mark.index).shifted(self._shift)
            self._add(self._anchors.get(event.anchor) or Node(span, f"*{event.anchor}", span.start))
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            if len(self._open) >= _DEPTH:
                raise TooLargeError
            is_mapping = kind == "MappingStartEvent"
            start = event.start_mark.index + self._shift
            self._open.append(_Open(start, is_mapping, event.anchor, [], []))
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._close(event.end_mark.index)
        elif kind == "DocumentStartEvent":
            self._anchors = {}

    def finished(self) -> list[Node]:
        """The trees, what is still open closed where it is."""
        while self._open:
            inside = self._open[-1].inside
            end = inside[-1].span.end if inside else self._open[-1].start
            self._close(end - self._shift)
        return self.roots

    def _close(self, end: int) -> None:
        start, is_mapping, anchor, inside, keys = self._open.pop()
        flow = self._text[end - 1 : end] in {"}", "]"}
        last = inside[-1].span.end if inside and not flow else end + self._shift
        span = Span(start, max(start, last))
        if is_mapping:
            pairs = tuple(Pair(*key, node) for key, node in zip(keys, inside[1::2], strict=False))
            self._add(Node(span, pairs=pairs), anchor)
        else:
            self._add(Node(span, items=tuple(inside)), anchor)

    def _add(self, node: Node, anchor: str | None = None) -> None:
        self._count += 1
        if self._count > _NODES:
            raise TooLargeError
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self.roots.append(node)
            return
        holder = self._open[-1]
        if holder.is_mapping and len(holder.inside) % 2 == 0:
            holder.keys.append((node.text, node.span))
        holder.inside.append(node)

    def _scalar(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        match = _PROPERTIES.match(self._text, start, end)
        at = match.end() if match else start
        if event.style in {"'", '"'}:
            at, body, stop = at + 1, self._text[at + 1 : end - 1], end
        else:
            if event.style in {"|", ">"}:
                head = _HEAD.match(self._text, at, end)
                at = head.end() if head else end
            body = self._text[at:end].rstrip()
            stop = at + len(body)
        span = Span(start, max(start, stop)).shifted(self._shift)
        return Node(span, body, at + self._shift, quoted=bool(event.style))
