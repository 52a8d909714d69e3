"""Stored files that everybody may read."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_OPEN = frozenset({"public-read", "public-read-write", "authenticated-read", "publicRead"})


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "call_expression":
        return Report(
            "Everybody on the internet may read this bucket: grant it to the ones who need it."
        )
    key, value = hit.node.child_by_field_name("key"), hit.node.child_by_field_name("value")
    if key is None or value is None:
        return None
    name = hit.text(key).strip("'\"")
    if name in {"ACL", "acl"}:
        return _said(hit.string(value)) if hit.string(value) in _OPEN else None
    open_ = "true" if name in {"publicReadAccess", "public"} else "false"
    return _said(name) if hit.text(value) == open_ else None


def _said(what: str | None) -> Report:
    return Report(
        f"With {what} everybody on the internet may read this: grant it to the ones who need it."
    )


RULE = PatternRule(
    id="javascript/public-bucket",
    title="Store that everybody may read",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(732, 284, 306),
    page="""
A bucket, or a file in one, is made readable for everybody on the internet: a public ACL, `publicReadAccess`,
`grantPublicAccess`, or the block against such settings switched off. Machines that look for open buckets
find it within hours, and what is in it then or later.
""",
    attack="Guesses the bucket's name from the company's, lists it, and downloads the backups.",
    advice="Leave it private and hand out signed addresses (`getSignedUrl`), or serve it through a CDN with access of its own.",
    bad=(
        'await s3.putObject({ Bucket, Key, Body, ACL: "public-read" }).promise();\n',
        "const site = new s3.Bucket(this, 'site', { publicReadAccess: true });\n",
        "bucket.grantPublicAccess();\n",
        "const guard = { blockPublicAcls: false, ignorePublicAcls: true };\n",
    ),
    good=(
        'await s3.putObject({ Bucket, Key, Body, ACL: "private" }).promise();\n',
        "const site = new s3.Bucket(this, 'site', { publicReadAccess: false });\n",
        "bucket.grantRead(role);\n",
    ),
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    language="javascript",
    languages=LANGUAGES,
    methods=("grantPublicAccess",),
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit
          (#match? @_k "^['\\"]?(ACL|acl|publicReadAccess|blockPublicAcls|blockPublicPolicy|restrictPublicBuckets)['\\"]?$"))
    """,
    check=_check,
)
