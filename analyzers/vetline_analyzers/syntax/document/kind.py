"""Which file is what: the one place that tells a workflow from a manifest from any other YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.document import dockerfile, terraform, yaml
from vetline_analyzers.syntax.document.rule import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.syntax.document.node import Node

LANGUAGES = frozenset({"dockerfile", "yaml", "terraform"})
_WORKFLOW = re.compile(r"(?:^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+$")
_ACTION = re.compile(r"(?:^|/)action\.ya?ml$")
_COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$", re.IGNORECASE)
_MANIFEST = re.compile(r"^(?:apiVersion|kind):[ \t]+\w", re.MULTILINE)
_LISTED = 5  # lines that a message lists


class Reading(NamedTuple):
    """The documents of a text that rules look at, and what could not be read of it, "" for nothing."""

    documents: tuple[Document, ...]
    missing: str = ""


def read(snapshot: Snapshot, memo: Memo) -> Reading:
    """The documents of a text in one of `LANGUAGES`.

    Args:
        snapshot: the text.
        memo: the caller's memory of the document.
    """
    text, path = snapshot.text, snapshot.path
    if snapshot.language == "dockerfile":
        return Reading((Document("dockerfile", text, path, instructions=dockerfile.read(text)),))
    if snapshot.language == "terraform":
        return _terraform(snapshot, memo)
    return _yaml(snapshot)


def _terraform(snapshot: Snapshot, memo: Memo) -> Reading:
    source = terraform.parse(snapshot, memo)
    if source is None:
        return Reading((), "nests too deeply to be checked")
    broken = tree.broken(source.root) if source.root.has_error else ()
    offsets = (source.offset(node.start_byte) for node in broken)
    lines = _lines(snapshot.position(offset).line for offset in offsets)
    document = Document("terraform", snapshot.text, snapshot.path, terraform.read(source))
    return Reading(
        (document,), f"{lines} could not be parsed; the rest was checked" if lines else ""
    )


def _yaml(snapshot: Snapshot) -> Reading:
    text, path = snapshot.text, snapshot.path
    if not _may_be_known(text, path):
        return Reading(())
    try:
        reading = yaml.read(text)
    except yaml.TooLargeError:
        said = "nests too deeply or is too large to be checked" if is_clear(snapshot) else ""
        return Reading((), said)
    found = [(kind, root) for one in reading.documents for kind, root in _kinds(one, path)]
    documents = tuple(Document(kind, text, path, root) for kind, root in found)
    if not reading.broken or not is_clear(snapshot):
        return Reading(documents)
    rest = "the rest was checked" if reading.whole else "what follows was not checked"
    return Reading(documents, f"{_lines(reading.broken)} could not be parsed; {rest}")


def _may_be_known(text: str, path: str) -> bool:
    """Whether a YAML text may be of a kind we know; most are not, and are not even parsed."""
    if _WORKFLOW.search(path) or _ACTION.search(path) or _COMPOSE.search(path):
        return True
    return bool(re.search(r"^[ \t{]*[\"']?(?:apiVersion|services|jobs)[\"']?:", text, re.MULTILINE))


def is_clear(snapshot: Snapshot) -> bool:
    """Whether a text is of a kind we know, however little of it can be parsed.

    A template is none: what is broken in it is its template's business.
    """
    text, path = snapshot.text, snapshot.path
    if snapshot.language != "yaml" or _WORKFLOW.search(path):
        return True
    if "{{" in text or "{%" in text:
        return False
    named = _ACTION.search(path) or _COMPOSE.search(path)
    return bool(named) or len({match[0][:4] for match in _MANIFEST.finditer(text)}) > 1


def _kinds(root: Node, path: str) -> Iterable[tuple[str, Node]]:
    """What the root of a document is, and its parts when it is a list of manifests."""
    if root.get("apiVersion") is not None and root.get("kind") is not None:
        if root.string("kind") != "List":
            return [("kubernetes", root)]
        return [("kubernetes", item) for item in root.each("items") if item.pairs]
    jobs, services = root.get("jobs"), root.get("services")
    if _WORKFLOW.search(path) or (jobs is not None and jobs.pairs and root.get("on") is not None):
        return [("workflow", root)]
    if _ACTION.search(path) and root.get("runs") is not None:
        return [("action", root)]
    if services is not None and any(
        pair.value.get("image") or pair.value.get("build") for pair in services.pairs
    ):
        return [("compose", root)]
    return []


def _lines(numbers: Iterable[int]) -> str:
    """The lines of those numbers, from 0: "line 3", "lines 3, 5 and 12 more"; "" for none."""
    found = sorted({number + 1 for number in numbers})
    if not found:
        return ""
    listed = ", ".join(map(str, found[:_LISTED]))
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return f"line{'s' if len(found) > 1 else ''} {listed}{more}"
