"""A list of names that is searched as a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_SEARCHED = re.compile(
    r"\bcontains\(\s*'(?P<names>[^']{0,300}[\s,;|][^']{0,300})'\s*,\s*"
    r"(?P<name>github\.(?:actor|triggering_actor|head_ref|base_ref|ref|ref_name|repository_owner"
    r"|event\.[\w.]*(?:login|ref|author_association|title|name)))\s*\)",
    re.IGNORECASE,
)


_BETWEEN = re.compile(r"\s*[\s,;|]\s*")
_NAME = re.compile(r"[\w./@\[\]-]+")
_NEVER_EMPTY = frozenset(
    f"github.{name}"
    for name in ("actor", "triggering_actor", "ref", "ref_name", "repository_owner")
)


def _check(document: Document) -> Iterator[Report]:
    if not _SEARCHED.search(document.text):
        return
    for node in document.root.walk():
        for match in _SEARCHED.finditer(node.text):
            yield Report(
                f"A part of any name in this text is enough for {match['name']} to be found in it: compare "
                "with each, or use contains(fromJSON('[…]'), …).",
                node.part(match),
                fix=_fix(document, node.part(match), match),
            )


def _fix(document: Document, span: Span, match: re.Match[str]) -> Fix | None:
    """A real list of the same names. Only of what is never empty: an empty text is found in any."""
    names = _BETWEEN.split(match["names"].strip())
    whole = document.text[slice(*span)]
    if whole != match[0] or not all(map(_NAME.fullmatch, names)) or _quoted(document, span.start):
        return None
    listed = ", ".join(f'"{name}"' for name in names)
    start = span.start + match.start("names") - match.start()
    place = Span(start - 1, start + len(match["names"]) + 1)
    safe = match["name"].lower() in _NEVER_EMPTY
    return Fix("Search a list", (Edit(place, f"fromJSON('[{listed}]')"),), safe=safe)


def _quoted(document: Document, at: int) -> bool:
    """Whether a double quote on the line before the place may be YAML's own."""
    return '"' in document.text[document.text.rfind("\n", 0, at) + 1 : at]


RULE = ConfigurationRule(
    id="github-actions/contains-in-text",
    title="List of names searched as a text",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(697, 185, 284),
    page="""
`contains` with a text as its first argument looks for a part of it. Of the list `'alice, bob'` so is `ali`,
and of `'refs/heads/main refs/heads/release'` so is `refs/heads/m`: a name that somebody else may take passes
a check that was meant for a few.
""",
    attack="Registers the account, or pushes the branch, whose name is a part of an allowed one.",
    advice='Give `contains` a list, `contains(fromJSON(\'["alice", "bob"]\'), github.actor)`, or compare with '
    "`==`.",
    bad=(
        """\
on: pull_request_target
jobs:
  a:
    if: contains('alice, bob', github.actor)
    runs-on: ubuntu-latest
    steps: []
""",
        """\
on: push
jobs:
  a:
    if: ${{ contains('refs/heads/main refs/heads/release', github.ref) }}
    runs-on: ubuntu-latest
    steps: []
""",
        """\
on: issue_comment
jobs:
  a:
    if: contains('OWNER|MEMBER', github.event.comment.author_association)
    runs-on: ubuntu-latest
    steps: []
""",
    ),
    good=(
        """\
on: pull_request_target
jobs:
  a:
    if: contains(fromJSON('["alice", "bob"]'), github.actor)
    runs-on: ubuntu-latest
    steps: []
""",
        """\
on: push
jobs:
  a:
    if: contains(github.ref, 'refs/heads/release')
    runs-on: ubuntu-latest
    steps: []
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
