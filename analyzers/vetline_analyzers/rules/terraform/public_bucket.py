"""A store of objects that everybody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_ACLS = {
    "public-read": None,
    "public-read-write": Severity.CRITICAL,
    "authenticated-read": None,
    "publicRead": None,
    "publicReadWrite": Severity.CRITICAL,
}
_GUARDS = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)
_BUCKETS = (
    "aws_s3_bucket",
    "aws_s3_bucket_acl",
    "aws_s3_object",
    "google_storage_bucket_acl",
    "google_storage_default_object_acl",
)


def _check(document: Document) -> Iterator[Report]:
    for bucket in resource.blocks(document, *_BUCKETS):
        for key in ("acl", "predefined_acl"):
            node = bucket.get(key)
            if node is not None and node.text in _ACLS:
                yield Report(
                    "Everybody can read this, without an account of yours: make it private and serve what is "
                    "public through a distribution.",
                    node.span,
                    severity=_ACLS[node.text],
                    fix=put(node, "private", "Make it private", safe=False),
                )
    guards = ("aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block")
    for block in resource.blocks(document, *guards):
        for key in _GUARDS:
            node = block.get(key)
            if node is not None and block.is_false(key):
                yield Report(
                    f"With {key} off, one mistake in a list or policy makes the bucket public: leave it on.",
                    node.span,
                    severity=Severity.MEDIUM,
                    tentative=True,
                    fix=put(node, "true", f"Turn {key} on", safe=False),
                )


RULE = ConfigurationRule(
    id="terraform/public-bucket",
    title="Bucket that everybody can read",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(732, 200, 284),
    page="""
The access list gives the bucket's objects to everybody on the internet, or the guard that would refuse such a
list is switched off. Names of buckets are guessed and searched for by machines all day.
""",
    attack="Guesses the bucket's name and lists what is in it.",
    advice='Use `acl = "private"` and an access block with all four settings true; serve public files through a '
    "content network.",
    bad=(
        """\
resource "aws_s3_bucket_acl" "a" {
  bucket = aws_s3_bucket.a.id
  acl    = "public-read"
}
""",
        """\
resource "aws_s3_bucket" "a" {
  bucket = "files"
  acl = "public-read-write"
}
""",
        """\
resource "aws_s3_bucket_public_access_block" "a" {
  bucket = aws_s3_bucket.a.id
  block_public_acls = true
  block_public_policy = false
}
""",
        """\
resource "google_storage_bucket_acl" "a" {
  bucket = "files"
  predefined_acl = "publicRead"
}
""",
    ),
    good=(
        """\
resource "aws_s3_bucket_acl" "a" {
  bucket = aws_s3_bucket.a.id
  acl    = "private"
}
""",
        """\
resource "aws_s3_bucket_public_access_block" "a" {
  bucket = aws_s3_bucket.a.id
  block_public_acls = true
  block_public_policy = true
}
""",
        """\
resource "aws_s3_bucket_acl" "a" {
  bucket = aws_s3_bucket.a.id
  acl    = var.acl
}
""",
    ),
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
