"""Terraform's resources and policies as rules ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.syntax.document import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

PATH = "main.tf"  # where the rules' examples stand
ANYBODY = frozenset({"0.0.0.0/0", "::/0", "*", "Internet", "internet", "any", "Any"})
_LONGEST_POLICY = 50_000  # characters


class Statement(NamedTuple):
    """A statement of an AWS policy that allows something.

    Attributes:
        actions, resources: what it allows on what.
        principals: to whom; empty in the policy of an identity.
        limited: a condition, or what it leaves out, narrows it.
    """

    actions: tuple[Node, ...]
    resources: tuple[Node, ...]
    principals: tuple[Node, ...]
    limited: bool


def blocks(document: Document, *types: str, kind: str = "resource") -> Iterator[Node]:
    """The blocks of a kind whose first label is one of `types`; of any when none is named."""
    for pair in document.root.pairs:
        if pair.key == kind and pair.value.labels and (not types or pair.value.labels[0] in types):
            yield pair.value


def nested(block: Node, name: str) -> Iterator[Node]:
    """The blocks of that name inside a block, also those that `dynamic` makes."""
    yield from block.each(name)
    for dynamic in block.each("dynamic"):
        if dynamic.labels[:1] == (name,):
            yield from dynamic.each("content")


def inside(document: Document, kind: str, *path: str) -> Iterator[Node]:
    """The blocks that a path of names leads to in the resources of a type."""
    found: Iterable[Node] = blocks(document, kind)
    for name in path:
        found = [inner for block in found for inner in nested(block, name)]
    yield from found


def statements(document: Document) -> Iterator[Statement]:
    """What the policies in a file allow, whichever way they are written."""
    for data in blocks(document, "aws_iam_policy_document", kind="data"):
        for one in nested(data, "statement"):
            if one.string("effect") in {"", "Allow"}:
                yield _of_block(one)
    for resource in blocks(document):
        for pair in resource.pairs:
            if "policy" in pair.key:
                yield from _of_document(pair.value)


def _of_block(block: Node) -> Statement:
    principals = tuple(
        one for holder in nested(block, "principals") for one in holder.each("identifiers")
    )
    limited = any(
        block.get(name) is not None
        for name in ("condition", "not_actions", "not_resources", "not_principals")
    )
    return Statement(block.each("actions"), block.each("resources"), principals, limited)


def _of_document(value: Node) -> Iterator[Statement]:
    for root in _json(value) if value.quoted else (value,):
        for one in root.each("Statement"):
            if one.string("Effect") != "Allow":
                continue
            holder = one.get("Principal")
            principals: tuple[Node, ...] = ()
            if holder is not None:
                inner = tuple(node for pair in holder.pairs for node in holder.each(pair.key))
                principals = inner or (holder,)
            limited = any(
                one.get(name) is not None
                for name in ("Condition", "NotAction", "NotResource", "NotPrincipal")
            )
            yield Statement(one.each("Action"), one.each("Resource"), principals, limited)


def _json(value: Node) -> tuple[Node, ...]:
    """The document that a here-document holds, if it is one."""
    if not value.text.lstrip().startswith("{") or len(value.text) > _LONGEST_POLICY:
        return ()
    try:
        return yaml.read(value.text, value.at).documents
    except yaml.TooLargeError:
        return ()
