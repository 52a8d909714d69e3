"""A policy that allows everything, or everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node


def _check(hit: Hit) -> Report | None:
    statement = hit.node.parent
    key, value = hit.node.child_by_field_name("key"), hit.node.child_by_field_name("value")
    if statement is None or statement.type != "dictionary" or key is None or value is None:
        return None
    fields = {
        hit.string(k): v
        for pair in statement.named_children
        if (k := pair.child_by_field_name("key")) is not None
        and (v := pair.child_by_field_name("value")) is not None
    }
    effect = fields.get("Effect")
    if effect is None or hit.string(effect) != "Allow":
        return None
    if hit.string(key) == "Action":
        resource = fields.get("Resource")
        if not _all(hit, value, services=True) or resource is None or not _all(hit, resource):
            return None
        return Report(
            "This policy allows every action on everything: list the actions that are needed.",
            value,
        )
    if "Condition" in fields:
        return None
    named = [v for v in (value, *_values(value)) if _all(hit, v)]
    return (
        Report("This policy allows everybody: name the account or the role.", value)
        if named
        else None
    )


def _values(node: Node) -> list[Node]:
    if node.type != "dictionary":
        return []
    return [
        v for pair in node.named_children if (v := pair.child_by_field_name("value")) is not None
    ]


def _all(hit: Hit, node: Node, *, services: bool = False) -> bool:
    items = node.named_children if node.type in {"list", "tuple"} else [node]
    texts = [hit.string(item) or "" for item in items]
    return any(text == "*" or (services and text in {"*:*", "iam:*"}) for text in texts)


RULE = PatternRule(
    id="python/iam-wildcard",
    title="Policy that allows everything or everybody",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(269, 732, 284),
    page="""
A policy document with `"Action": "*"` on `"Resource": "*"` makes its holder the owner of the account; one
with `"Principal": "*"` gives what it allows to every account there is. One leaked key or one mistake in a
program then costs everything.
""",
    attack="Takes the key of one small program and deletes the backups of the whole company.",
    advice="List the actions and the resources that the program uses, and name who may.",
    bad=(
        """\
POLICY = {"Effect": "Allow", "Action": "*", "Resource": "*"}
""",
        """\
policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": arn}],
}
""",
        """\
statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:SendMessage", "Resource": queue}
""",
    ),
    good=(
        """\
POLICY = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::shop/*"}
""",
        """\
POLICY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
""",
        """\
statement = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sqs:SendMessage",
    "Resource": queue,
    "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
}
""",
    ),
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    query="""((pair key: (string (string_content) @_key)) @hit (#any-of? @_key "Action" "Principal"))""",
    check=_check,
)
