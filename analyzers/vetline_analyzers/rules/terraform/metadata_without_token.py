"""A machine that hands its credentials to whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_MACHINES = (
    "aws_instance",
    "aws_launch_template",
    "aws_launch_configuration",
    "aws_spot_instance_request",
)


def _check(document: Document) -> Iterator[Report]:
    for block in resource.blocks(document, *_MACHINES):
        options = list(resource.nested(block, "metadata_options"))
        for option in options:
            node = option.get("http_tokens")
            if node is not None and node.text == "optional":
                yield Report(
                    "A flaw that makes the application fetch an address gives away the machine's credentials: "
                    'set http_tokens = "required".',
                    node.span,
                    fix=put(node, "required", "Ask for a token", safe=False),
                )
        if not options:
            yield Report(
                "Whether credentials are given without a token is left to the image and the account: set "
                'http_tokens = "required" in metadata_options.',
                block.span._replace(end=block.span.start + len("resource")),
                severity=Severity.LOW,
                persona=Persona.PEDANTIC,
            )


RULE = ConfigurationRule(
    id="terraform/metadata-without-token",
    title="Credentials of a machine without a token",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(918, 522, 306),
    page="""
With `http_tokens = "optional"` the metadata service of an EC2 machine answers a plain GET with the
credentials of the machine's role. Any flaw that makes the application fetch an address of somebody's choice
then gives them away; with a token, which needs a PUT and a header, most such flaws do not.
""",
    attack="Has the application fetch `http://169.254.169.254/latest/meta-data/iam/` and uses what it "
    "returns.",
    advice='Set `http_tokens = "required"` in `metadata_options`; every current SDK asks for a token.',
    bad=(
        """\
resource "aws_instance" "a" {
  ami = var.ami
  metadata_options {
    http_tokens = "optional"
  }
}
""",
        """\
resource "aws_launch_template" "a" {
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "optional"
  }
}
""",
        """\
resource "aws_instance" "a" {
  ami = var.ami
}
""",
    ),
    good=(
        """\
resource "aws_instance" "a" {
  ami = var.ami
  metadata_options {
    http_tokens = "required"
  }
}
""",
        """\
resource "aws_launch_template" "a" {
  metadata_options {
    http_tokens = var.tokens
  }
}
""",
    ),
    url="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
