"""Compose files as rules ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.text import Span
    from vetline_analyzers.syntax.document.node import Node, Pair
    from vetline_analyzers.syntax.document.rule import Document

PATH = "compose.yaml"  # where the rules' examples stand


class Mount(NamedTuple):
    """A path of the host that a service sees, where that is written, and whether it may only be read."""

    source: str
    span: Span
    read_only: bool


def services(document: Document) -> Iterator[Pair]:
    """The services, by their names."""
    node = document.root.get("services")
    yield from (pair for pair in (node.pairs if node else ()) if pair.value.pairs)


def mounts(service: Node) -> Iterator[Mount]:
    """What a service sees of the host, in the short and the long form."""
    node = service.get("volumes")
    for one in node.items if node is not None else ():
        if one.pairs:
            source = one.get("source")
            if source is not None:
                yield Mount(source.text, source.span, one.is_true("read_only"))
        elif ":" in one.text:
            source_text, _, rest = one.text.partition(":")
            options = rest.partition(":")[2].split(",")
            yield Mount(source_text, one.span, "ro" in options)


def environment(service: Node) -> Iterator[tuple[str, str, Span]]:
    """The variables of a service: name, value, where the value stands."""
    node = service.get("environment")
    if node is None:
        return
    for pair in node.pairs:
        value = pair.value
        if not value.pairs and not value.items:
            yield (
                pair.key,
                value.text,
                value.span._replace(start=value.at, end=value.at + len(value.text)),
            )
    for one in node.items:
        name, equals, value_text = one.text.partition("=")
        if equals:
            start = one.at + len(name) + 1
            yield name, value_text, one.span._replace(start=start, end=start + len(value_text))
