"""A right on Google's cloud that everybody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_EVERYBODY = frozenset({"allUsers", "allAuthenticatedUsers"})
_PRIMITIVE = frozenset({"roles/owner", "roles/editor"})
_CALLED = frozenset({"roles/run.invoker", "roles/cloudfunctions.invoker"})


def _check(document: Document) -> Iterator[Report]:
    for block in (
        *resource.blocks(document),
        *resource.blocks(document, "google_iam_policy", kind="data"),
    ):
        if not block.labels[0].startswith("google_"):
            continue
        for holder in (block, *block.each("binding")):
            role = holder.string("role")
            for node in (*holder.each("member"), *holder.each("members")):
                if node.text in _EVERYBODY:
                    site = role in _CALLED
                    yield Report(
                        f"{node.text} is everybody on the internet"
                        + (" with an account" if node.text != "allUsers" else "")
                        + ": name the accounts or groups that need this.",
                        node.span,
                        severity=Severity.LOW if site else None,
                        tentative=site,
                    )
                elif role in _PRIMITIVE and "serviceAccount:" in node.text:
                    yield Report(
                        f"{role} lets this account change everything in the project: give it the roles that it "
                        "needs.",
                        node.span,
                        severity=Severity.MEDIUM,
                        tentative=True,
                    )


RULE = ConfigurationRule(
    id="terraform/all-users",
    title="Right that everybody on the internet has",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(284, 732, 668),
    page="""
`allUsers` is everybody on the internet, `allAuthenticatedUsers` everybody with any Google account, not only
the people of one's own organisation. Whatever the role allows on this resource, a stranger may do.
""",
    attack="Calls the resource from anywhere, with an account made for the purpose if one is asked for.",
    advice="Name users, groups or service accounts; put what is to be public behind a load balancer.",
    bad=(
        """\
resource "google_storage_bucket_iam_member" "a" {
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}
""",
        """\
resource "google_bigquery_dataset_iam_binding" "a" {
  role    = "roles/bigquery.dataViewer"
  members = ["group:team@example.com", "allAuthenticatedUsers"]
}
""",
        """\
data "google_iam_policy" "a" {
  binding {
    role    = "roles/pubsub.publisher"
    members = ["allUsers"]
  }
}
""",
        """\
resource "google_project_iam_member" "a" {
  role   = "roles/editor"
  member = "serviceAccount:app@p.iam.gserviceaccount.com"
}
""",
    ),
    good=(
        """\
resource "google_storage_bucket_iam_member" "a" {
  role   = "roles/storage.objectViewer"
  member = "group:team@example.com"
}
""",
        """\
resource "google_project_iam_member" "a" {
  role   = "roles/logging.logWriter"
  member = "serviceAccount:app@p.iam.gserviceaccount.com"
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
