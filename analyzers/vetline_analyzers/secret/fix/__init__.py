"""The fix of a secret: it is read from the environment in the place where it stands written.

A secret is replaced only where the text can be told to be code: a string's whole content, or a part of one
that can be made a template. Comments, patterns, types and defaults that are evaluated once stay.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Addition, Fix
from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Edit, Snapshot, Span
from vetline_analyzers.secret.fix import javascript, python
from vetline_analyzers.secret.fix.variable import name_of
from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.document import kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.secret.detector import Hit
    from vetline_analyzers.secret.fix.place import Place
    from vetline_analyzers.syntax.tree import Source

EXAMPLE = ".env.example"
_LARGEST = 300_000  # characters; nobody reads the fix of a larger file, and it is parsed for each
_MOST = 500  # names in one text
_READ = late(
    r"(?:environb?(?:\.get)?\s?[\[(]|getenvb?\(|process\.env\[)\s{0,9}b?[\"'`](\w{1,60})[\"'`]|process\.env\.(\w{1,60})"
)
_QUOTED_YAML = late(r"[\"']")
_COMMENT = late(r"(?:^|\s)#")


class _Kind(NamedTuple):
    """How a language is asked: where a secret stands, and what is written there."""

    place: Callable[[Source, Node, Span], Place | None]
    edits: Callable[[Source, Place, str], tuple[Edit, ...] | None]
    reads: str


_KINDS = {
    "python": _Kind(python.place, python.edits, 'os.environ["{}"]'),
    **{
        name: _Kind(javascript.place, edits, "process.env.{}")
        for name, edits in (
            ("javascript", javascript.edits),
            ("typescript", javascript.typed_edits),
            ("tsx", javascript.typed_edits),
        )
    },
}


def fix(
    snapshot: Snapshot, hit: Hit, names: dict[str, str] | None = None, memo: Memo | None = None
) -> Fix | None:
    """What reads a secret from the environment; None where it cannot be put so.

    The program needs the variable to be set from then on, so the fix is not safe. The secret is not in it.

    Args:
        snapshot: the text.
        hit: the secret in it.
        names: the names given to other secrets of the same text, each with its secret; the caller starts with
            an empty one and hands the same on, hit by hit in the order of the text. So two secrets share no
            name, and one that stands in two places has one.
        memo: a dictionary that the caller keeps for this document: in it lies the text's tree.
    """
    names = {} if names is None else names
    if len(snapshot.text) > _LARGEST or len(names) > _MOST:
        return None
    if snapshot.language == "yaml":
        return _in_yaml(snapshot, hit, names)
    kind_ = _KINDS.get(snapshot.language)
    if kind_ is None:
        return None
    source = tree.parse(snapshot, {} if memo is None else memo)
    span = Span(hit.start, hit.end)
    node = _node(source, span)
    place = kind_.place(source, node, span) if node is not None else None
    if place is None:
        return None
    name = place.variable or _name(snapshot, hit, names, place.name, part=not place.whole)
    edits = kind_.edits(source, place, name)
    if edits is None:
        return None
    title = f"Read it from the environment: {kind_.reads.format(name)}"
    if place.node.type == "expression_statement":
        title = f"Leave {name} to the environment"
    return Fix(title, edits, safe=False, additions=(Addition(EXAMPLE, f"{name}="),))


def _name(snapshot: Snapshot, hit: Hit, names: dict[str, str], called: str, *, part: bool) -> str:
    secret = snapshot.text[hit.start : hit.end]
    known = next((name for name, other in names.items() if other == secret), None)
    if known:
        return known
    called = called or (hit.name if hit.name != hit.rule else "")
    taken = {*names, *_already_read(snapshot.text)}
    name = name_of(hit.rule, called, part=part, taken=taken)
    names[name] = secret
    return name


@lru_cache(maxsize=2)
def _already_read(text: str) -> frozenset[str]:
    """The variables that a text reads: what they hold is something else."""
    return frozenset(match[1] or match[2] for match in _READ.finditer(text))


def _node(source: Source, span: Span) -> Node | None:
    """The smallest node around a span; None where what stands there could not be read."""
    start = len(source.text[: span.start].encode("utf-8", "surrogatepass"))
    size = len(source.text[slice(*span)].encode("utf-8", "surrogatepass"))
    node = source.root.descendant_for_byte_range(start, start + size)
    at = node
    while at is not None:
        if at.is_error:
            return None
        at = at.parent
    return node


# -- what a file is made of that another program fills in


def _in_yaml(snapshot: Snapshot, hit: Hit, names: dict[str, str]) -> Fix | None:
    """Compose fills in `${NAME}`, GitHub's workflows `${{ secrets.NAME }}`; of other YAML nobody knows."""
    start = snapshot.line_span(snapshot.position(hit.start).line).start
    before = snapshot.text[start : hit.start]
    if _COMMENT.search(before) or "\n" in snapshot.text[hit.start : hit.end]:
        return None
    if before.count("{") > before.count("}") and not _QUOTED_YAML.search(before):
        return None  # in a bare value of `{…}` a brace ends the mapping
    kinds = _kinds(snapshot.path, snapshot.text)
    if kinds not in ({"compose"}, {"workflow"}):
        return None
    key = re.search(r"([\w.-]{1,60})[\"']?\s{0,9}[:=]\s{0,9}[\"']?$", before[-120:])
    name = _name(snapshot, hit, names, key[1] if key else "", part=False)
    if kinds == {"workflow"}:
        if name.startswith("GITHUB_"):  # such names are GitHub's own
            name = "GH_" + name.removeprefix("GITHUB_")
        reads = f"${{{{ secrets.{name} }}}}"
        return Fix(
            f"Read it from the repository's secrets: {name}", (_put(hit, reads),), safe=False
        )
    return Fix(
        f"Read it from the environment: ${{{name}}}",
        (_put(hit, f"${{{name}}}"),),
        safe=False,
        additions=(Addition(EXAMPLE, f"{name}="),),
    )


@lru_cache(maxsize=2)
def _kinds(path: str, text: str) -> frozenset[str]:
    reading = kind.read(Snapshot("secret:", "yaml", 0, text, path), {})
    return frozenset(document.kind for document in reading.documents)


def _put(hit: Hit, text: str) -> Edit:
    return Edit(Span(hit.start, hit.end), text)
