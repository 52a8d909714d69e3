"""A policy that lets every account in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_READS = frozenset({"s3:getobject", "s3:getobjectversion"})


def _check(document: Document) -> Iterator[Report]:
    for statement in resource.statements(document):
        everybody = next((node for node in statement.principals if node.text == "*"), None)
        if everybody is None or statement.limited:
            continue
        site = all(action.text.lower() in _READS for action in statement.actions)
        yield Report(
            "Every account, and often everybody without one, is let in here: name the accounts or roles, or "
            "add a condition.",
            everybody.span,
            severity=Severity.MEDIUM if site else None,
            tentative=site,  # that is how a web site is served from a bucket
        )


RULE = ConfigurationRule(
    id="terraform/policy-for-anybody",
    title="Policy that lets everybody in",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(284, 732, 668),
    page="""
The policy of a bucket, queue, key or role names `*` as its principal and sets no condition. That is every
account of every customer, and for most resources everybody without an account; a role with it can be taken on
by any of them.
""",
    attack="Calls the resource from any other account, or assumes the role.",
    advice="Name the accounts or roles, or narrow it with a condition such as `aws:PrincipalOrgID`.",
    bad=(
        """\
data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.a.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
""",
        """\
resource "aws_iam_role" "a" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
    }]
  })
}
""",
        """\
resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = <<-JSON
    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
      "Resource": "${aws_s3_bucket.a.arn}/*"}]}
  JSON
}
""",
    ),
    good=(
        """\
data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.a.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = [var.organisation]
    }
  }
}
""",
        """\
resource "aws_iam_role" "a" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}
""",
        """\
resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = <<-JSON
    {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}
  JSON
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
