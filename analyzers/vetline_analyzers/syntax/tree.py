"""The tree of a text: parsed, parsed again after an edit, and its places as code points.

Bytes stay in this package. A tree with an error in it depends on how it came about (an incremental
parse mends otherwise than a fresh one), so such a text is always parsed anew: equal texts give equal
findings, whatever was typed before.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from tree_sitter import Language, Parser

from vetline_analyzers import languages
from vetline_analyzers.core.text import Span, difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Tree

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.text import Snapshot

_LONG_QUOTE = re.compile(r"\"{3}|'{3}")
# What stands before the quotes that begin a string rather than end one.
_BEFORE_STRING = re.compile(r"(?:[=(,+%:\[{\\]|\b(?:return|in|and|or|not|[rRbBuUfF]{1,2}))\s*\Z")
# What is code wherever it stands, so that a text with it before the quotes does not begin in a string.
_STATEMENT = re.compile(
    r"^[ \t]*(?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[:(]|import[ \t]+[\w.]+[ \t]*\r?$"
    r"|from[ \t]+[\w.]+[ \t]+import\b|@\w[\w.]*(?:\(|[ \t]*\r?$))",
    re.MULTILINE,
)
_SHARE = (
    3  # a reading must leave this many times fewer letters unread to be taken for the better one
)
_BLANKED = re.compile(r"[^\n]+")
_HALVES = re.compile("[\ud800-\udfff]")
_CHUNK = 1024  # code points between two known offsets
_CONTINUATION = bytes(range(0x80, 0xC0))  # bytes that start no character

# By language the text that was parsed last, for the next analyzer that reads it.
_LATEST: dict[str, Source] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A text and its tree.

    Attributes:
        text: the text, for slices by code points.
        data: the same as UTF-8, for slices by nodes.
        tree: the tree; what it hands out lives as long as it does.
    """

    text: str
    data: bytes
    tree: Tree
    _chunks: list[int] = field(repr=False)  # byte offset of each chunk; empty when all is ASCII

    @property
    def root(self) -> Node:
        """The topmost node."""
        return self.tree.root_node

    def offset(self, byte: int) -> int:
        """The code point that starts at, or holds, a byte offset."""
        if not self._chunks:
            return byte
        chunk = bisect_right(self._chunks, byte) - 1
        between = self.data[self._chunks[chunk] : byte]
        return chunk * _CHUNK + len(between.translate(None, _CONTINUATION))

    def line(self, byte: int) -> int:
        """The line, from 1, that holds a byte offset."""
        head = self.data[:byte]
        return 1 + head.count(b"\n") + head.count(b"\r") - head.count(b"\r\n")

    def span(self, node: Node) -> Span:
        """The node's place."""
        return Span(self.offset(node.start_byte), self.offset(node.end_byte))

    def changes(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:  # noqa: ARG002 - a second reading has some
        """What was changed between two bytes to read them: see `unfinished`."""
        return ()

    def gaps(self) -> Iterator[Span]:
        """The stretches that could not be parsed, from the first to the last loose token of each."""
        for node in broken(self.root) if self.root.has_error else ():
            loose = [child.end_byte for child in node.children if not child.child_count]
            end = max(loose, default=node.end_byte)
            yield Span(self.offset(node.start_byte), self.offset(end))

    def read(self, node: Node) -> str:
        """The node's text."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def parse(snapshot: Snapshot, memo: Memo) -> Source:
    """The tree of a snapshot whose language has a grammar.

    Args:
        snapshot: the text.
        memo: holds the last tree under "tree", from which the next one is made; emptied when the
            document's language has changed.
    """
    if memo.get("language") != snapshot.language:  # a tree of another grammar must not be edited
        memo.clear()
        memo["language"] = snapshot.language
    text = snapshot.text
    data = _encoded(text)
    last: Source | None = memo.get("tree")
    if last is not None and last.text == text:
        return last
    latest = _LATEST.get(snapshot.language)
    if latest is not None and latest.text == text:
        memo["tree"] = latest
        return latest
    parser = _parser(snapshot.language)
    old = _edited(last, text, data) if last is not None and not last.root.has_error else None
    tree = parser.parse(data, old) if old is not None else parser.parse(data)
    if old is not None and tree.root_node.has_error:
        tree = parser.parse(data)
    if tree.root_node.has_error and (inside := without_string_end(snapshot.language, text)):
        other = parser.parse(_encoded(inside))
        if unread(other.root_node) * _SHARE < unread(tree.root_node):
            # No next tree can be made from this one, which is not the text's.
            memo.pop("tree", None)
            return Source(text, data, other, [] if len(data) == len(text) else _offsets(text))
    source = Source(text, data, tree, [] if len(data) == len(text) else _offsets(text))
    memo["tree"] = _LATEST[snapshot.language] = source
    return source


def parsed(language: str, data: bytes) -> Tree:
    """The tree of other bytes than a text's own."""
    return _parser(language).parse(data)


def without_string_end(language: str, text: str) -> str:
    """A text that begins inside a long string, with blanks and an empty string for it; "" for any other.

    An excerpt may begin so: then all its code is taken for strings, and its strings for code.
    """
    quotes = _LONG_QUOTE.search(text) if language == "python" else None
    if quotes is None or _BEFORE_STRING.search(text[max(quotes.start() - 80, 0) : quotes.start()]):
        return ""
    if _STATEMENT.search(text, 0, quotes.start()):
        return ""
    before = _BLANKED.sub(lambda match: " " * len(_encoded(match[0])), text[: quotes.start()])
    return f"{before}{quotes[0][:2]} {text[quotes.end() :]}"


def unread(root: Node) -> int:
    """How many bytes of a text fit no place in its tree; one for each thing that is missing."""
    count = 0
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_missing:
            count += 1
        elif node.is_error:
            bare = [child for child in node.children if not child.child_count] or [node]
            count += sum(child.end_byte - child.start_byte for child in bare)
        stack += [child for child in node.children if child.has_error]
    return count


def _encoded(text: str) -> bytes:
    """The text as UTF-8; half a surrogate pair, which has none, as the replacement character, just as long."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _HALVES.sub("\ufffd", text).encode()


def broken(root: Node, limit: int = 50) -> Iterator[Node]:
    """The places that could not be parsed, in the order of the text, at most `limit`."""
    stack = [root]
    while stack and limit:
        node = stack.pop()
        if node.is_error or node.is_missing:
            limit -= 1
            yield node
        else:
            stack += [child for child in reversed(node.children) if child.has_error]


def deeper_than(node: Node, limit: int) -> bool:
    """Whether the tree under `node` has more than `limit` levels. Does not recurse."""
    cursor = node.walk()
    depth = 0
    while True:
        if cursor.goto_first_child():
            depth += 1
            if depth > limit:
                return True
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False
            depth -= 1


@cache
def grammar(language: str) -> Language:
    """The grammar of one of our languages.

    Raises:
        ValueError: the language has none.
    """
    pointer = languages.named(language).grammar
    if pointer is None:
        raise ValueError(f"{language} has no grammar")
    return Language(pointer())


@cache
def _parser(language: str) -> Parser:
    return Parser(grammar(language))


def _offsets(text: str) -> list[int]:
    parts = (text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK))
    sizes = (len(part.encode("utf-8", "surrogatepass")) for part in parts)
    return [0, *accumulate(sizes)][:-1]  # where the last one ends begins no other


def _edited(last: Source, text: str, data: bytes) -> Tree | None:
    """A copy of the last tree that knows where the text has changed since."""
    edit = difference(last.text, text)
    if edit is None:
        return None
    start = len(last.text[: edit.span.start].encode("utf-8", "surrogatepass"))
    old_end = start + len(last.text[slice(*edit.span)].encode("utf-8", "surrogatepass"))
    new_end = start + len(edit.text.encode("utf-8", "surrogatepass"))
    tree = last.tree.copy()
    tree.edit(
        start,
        old_end,
        new_end,
        _point(data, start),
        _point(last.data, old_end),
        _point(data, new_end),
    )
    return tree


def _point(data: bytes, at: int) -> tuple[int, int]:
    """Row and byte column as tree-sitter counts them: only a line feed ends a row."""
    return data.count(b"\n", 0, at), at - (data.rfind(b"\n", 0, at) + 1)
