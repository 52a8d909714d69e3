"""GitHub workflows and actions as rules ask for them: triggers, jobs, steps, expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node, Pair
    from vetline_analyzers.syntax.document.rule import Document

KINDS = ("workflow", "action")
PATH = ".github/workflows/ci.yml"  # where the rules' examples stand

# They run with secrets and a token that may write, on what a stranger sent.
PRIVILEGED = frozenset(
    {"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion"}
    | {"discussion_comment"}
)
_SCRIPTS = frozenset(
    {"script", "inlineScript", "run", "command", "cmd", "commands", "run-command", "shell-command"}
)
_LONGEST = 2_000  # characters of an expression
_INDEX = re.compile(r"\[\s{0,9}'([\w-]{1,99})'\s{0,9}\]")
_NUMBER = re.compile(r"\[\s{0,9}(?:\d+|\*)\s{0,9}\]")
_LITERAL = re.compile(r"'[^']*'")
_YES_OR_NO = re.compile(r"\b(?:contains|startsWith|endsWith|hashFiles)\s*\([^()]*\)", re.IGNORECASE)
_INNERMOST = re.compile(r"\(([^()]*)\)")
_COMPARED = re.compile(r"(?<![\w.*'-])[\w.*'-]++\s*+(?:(?:==|!=|<=?|>=?)\s*[\w.*'-]+|&&)|![\w.*-]+")
_NESTED = 20  # calls within calls
_COMMIT = r"(?:message|(?:author|committer)\.(?:name|email))"
_UNTRUSTED = re.compile(
    r"\bgithub\.(?:head_ref|event\.(?:"
    r"(?:issue|pull_request|discussion)\.(?:title|body)|(?:comment|review|review_comment|answer)\.body"
    r"|changes\.(?:title|body)\.from"
    r"|pull_request\.head\.(?:ref|label|repo\.(?:default_branch|description|homepage))"
    rf"|workflow_run\.(?:head_branch|display_title|head_commit\.{_COMMIT}|head_repository\.description"
    r"|pull_requests\.\*\.head\.ref)"
    rf"|head_commit\.{_COMMIT}|commits\.\*\.{_COMMIT}|pages\.\*\.(?:page_name|title)))(?![\w.-])"
    r"|\btojson\s+github(?:\.event(?:\.(?:issue|pull_request|comment|review|discussion|commits"
    r"|head_commit|workflow_run))?)?(?![\w.-])",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:github\.event\.inputs|inputs|github\.event\.client_payload)\.[\w.*-]+"
    r"|\bgithub\.ref_name\b",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"\benv\.([\w-]+)", re.IGNORECASE)
_OUTPUT = re.compile(r"\bsteps\.([\w-]+)\.outputs\.[\w-]+", re.IGNORECASE)
# Actions whose outputs are a stranger's words: names of branches and files, comments.
_CARRIERS = re.compile(
    r"(?:tj-actions/(?:changed-files|branch-names)|jitterbit/get-changed-files"
    r"|xt0rted/pull-request-comment-branch|dawidd6/action-get-tag|peter-murray/issue-body-parser-action"
    r"|trilom/file-changes-action)@"
)


class Step(NamedTuple):
    """A step, and the job it is in; None in an action."""

    node: Node
    job: Node | None


class Expression(NamedTuple):
    """What stands between `${{` and `}}`, and the place of the whole."""

    inner: str
    span: Span


def triggers(document: Document) -> frozenset[str]:
    """The names of the events that start a workflow."""
    node = document.root.get("on") or document.root.get("true")
    if node is None:
        return frozenset()
    return frozenset((node.text, *(one.text for one in node.items), *(p.key for p in node.pairs)))


def jobs(document: Document) -> Iterator[Pair]:
    """The jobs, by their names."""
    node = document.root.get("jobs")
    yield from (pair for pair in (node.pairs if node else ()) if pair.value.pairs)


def steps(document: Document) -> Iterator[Step]:
    """All steps, in the order of the text."""
    for job in jobs(document):
        yield from steps_of(job.value)
    runs = document.root.get("runs") if document.kind == "action" else None
    yield from (Step(node, None) for node in (runs.each("steps") if runs else ()) if node.pairs)


def steps_of(job: Node) -> Iterator[Step]:
    """The steps of a job."""
    return (Step(node, job) for node in job.each("steps") if node.pairs)


def uses(step: Step) -> str:
    """The action that a step uses, with its version; "" for none."""
    return step.node.string("uses")


def scripts(step: Step) -> Iterator[Node]:
    """What a step runs as code: its own script, and what it hands to an action as one."""
    if (run := step.node.get("run")) is not None:
        yield run
    given = step.node.get("with")
    yield from (pair.value for pair in (given.pairs if given else ()) if pair.key in _SCRIPTS)


def expressions(node: Node) -> Iterator[Expression]:
    """The expressions in a scalar."""
    start = node.text.find("${{")
    while start >= 0:
        end = node.text.find("}}", start, start + _LONGEST)
        if end >= 0:
            span = Span(node.at + start, node.at + end + 2)
            yield Expression(node.text[start + 3 : end], span)
        start = node.text.find("${{", max(end, start + 3))


def names(inner: str) -> str:
    """What of an expression reaches its value: its names, without what is only asked or compared.

    `contains(github.head_ref, 'x')` gives yes or no whatever the branch is called.
    """
    text = _NUMBER.sub(".*", _INDEX.sub(r".\1", inner))
    text = _LITERAL.sub("''", text)
    for _ in range(_NESTED):
        shorter = _YES_OR_NO.sub("0", text)
        if shorter == text:
            shorter = _INNERMOST.sub(r" \1 ", text)
        if shorter == text:
            break
        text = shorter
    return _COMPARED.sub("0", text)


def untrusted(inner: str) -> str:
    """The stranger's words that an expression holds, as they are written; "" for none."""
    match = _UNTRUSTED.search(names(inner))
    return match[0].removeprefix("toJSON ").strip() if match else ""


def vague(inner: str) -> str:
    """The input or name in an expression that a caller chooses; "" for none."""
    match = _VAGUE.search(names(inner))
    return match[0] if match else ""


def carried(inner: str, step: Step, document: Document, carriers: frozenset[str]) -> str:
    """The stranger's words that reach an expression by `env` or by another step's output.

    Args:
        inner: the expression.
        step: where it stands.
        document: the workflow.
        carriers: see `carriers`.
    """
    found = names(inner)
    for match in _ENVIRONMENT.finditer(found):
        for holder in (step.node, step.job, document.root):
            value = holder.get("env", match[1]) if holder is not None else None
            for expression in expressions(value) if value is not None else ():
                if said := untrusted(expression.inner):
                    return said
    for match in _OUTPUT.finditer(found):
        if match[1] in carriers:
            return match[0]
    return ""


def carriers(document: Document) -> frozenset[str]:
    """The ids of the steps whose outputs are a stranger's words."""
    return frozenset(
        step.node.string("id") for step in steps(document) if _CARRIERS.match(uses(step))
    ) - {""}
