"""A policy that allows everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_POWERFUL = frozenset(
    {"iam:*", "sts:*", "organizations:*", "kms:*", "secretsmanager:*", "iam:passrole"}
)
_ADMINISTRATOR = "policy/AdministratorAccess"


def _check(document: Document) -> Iterator[Report]:
    for statement in resource.statements(document):
        if statement.limited or not any(node.text == "*" for node in statement.resources):
            continue
        for action in statement.actions:
            name = action.text.lower()
            if name in {"*", "*:*"}:
                yield Report(
                    "This allows every action on everything: list the actions and resources that are needed.",
                    action.span,
                )
            elif name in _POWERFUL or name.endswith(":*"):
                strong = name in _POWERFUL
                yield Report(
                    f"This allows {action.text} on every resource: name the actions and resources that are "
                    "needed.",
                    action.span,
                    severity=Severity.HIGH if strong else Severity.MEDIUM,
                    tentative=True,
                )
    for block in resource.blocks(document):
        node = block.get("policy_arn")
        if (
            node is not None
            and block.labels[0].startswith("aws_iam_")
            and node.text.endswith(_ADMINISTRATOR)
        ):
            yield Report(
                "Whoever has this role or user rules the account: attach a policy with what is needed.",
                node.span,
                severity=Severity.MEDIUM,
                tentative=True,
            )


RULE = ConfigurationRule(
    id="terraform/wildcard-policy",
    title="Policy that allows everything",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269, 732),
    page="""
The policy allows `*` on `*`, or a whole service on all its resources. Whoever gets one set of these
credentials, from a log, a laptop or a flaw in one function, has the account: its data, its keys and the means
to lock the owner out.
""",
    attack="Takes the credentials of one function that has the policy and makes a new administrator "
    "with them.",
    advice="List the actions that are used and the resources they are used on; an access analyser can tell which.",
    bad=(
        """\
resource "aws_iam_policy" "a" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    }]
  })
}
""",
        """\
data "aws_iam_policy_document" "a" {
  statement {
    actions   = ["s3:GetObject", "*"]
    resources = ["*"]
  }
}
""",
        """\
resource "aws_iam_role_policy" "a" {
  role   = aws_iam_role.a.id
  policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["*"], "Resource": "*"}
  ]
}
EOF
}
""",
        """\
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.a.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
""",
    ),
    good=(
        """\
resource "aws_iam_policy" "a" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:aws:s3:::files/*"
    }]
  })
}
""",
        """\
data "aws_iam_policy_document" "a" {
  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.a.arn]
  }
}
""",
        """\
data "aws_iam_policy_document" "a" {
  statement {
    actions   = ["ec2:DescribeInstances"]
    resources = ["*"]
  }
}
""",
    ),
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
