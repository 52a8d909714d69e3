"""A workflow that does not look whom it talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document import shell, workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report
from vetline_analyzers.syntax.document.stage import taken_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_MESSAGE = (
    "Certificates are not checked here, so anybody on the way can answer in the server's place: add the "
    "missing authority and leave the check on."
)
_SWITCHES = {
    "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    "PYTHONHTTPSVERIFY": "0",
    "GIT_SSL_NO_VERIFY": "1",
}


def _check(document: Document) -> Iterator[Report]:
    holders = [document.root, *(job.value for job in workflow.jobs(document))]
    for step in workflow.steps(document):
        holders.append(step.node)
        run = step.node.get("run")
        if run is None:
            continue
        for found in shell.unverified(shell.without_comments(run.text)):
            span = Span(run.at + found.start, run.at + found.end)
            yield Report(
                _MESSAGE, span, fix=taken_out(run.at, found, "Check certificates", safe=False)
            )
    for holder in holders:
        for name, value in _SWITCHES.items():
            node = holder.get("env", name)
            if node is not None and node.text.lower() in {value, "true" if value == "1" else value}:
                yield Report(_MESSAGE, node.span)


RULE = ConfigurationRule(
    id="github-actions/tls-check-off",
    title="Certificate check switched off in a workflow",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(295, 494),
    page="""
A step tells a tool not to check certificates, or sets the variable that says so. Then whoever is between the
runner and the server can answer in its place, take the token that is sent along, and send other code back.
""",
    attack="Stands between a self-hosted runner and the server, and reads the token in the request.",
    advice="Add the authority's certificate to the runner's trust store and leave the check on.",
    bad=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: curl --insecure -u "$TOKEN" https://api.example.com/deploy
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          npm config set strict-ssl false
          npm ci
""",
        """\
on: push
env:
  NODE_TLS_REJECT_UNAUTHORIZED: '0'
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: kubectl --insecure-skip-tls-verify apply -f x.yaml
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: curl -u "$TOKEN" https://api.example.com/deploy
      - run: curl -k https://localhost:8443/health
""",
        """\
on: push
env:
  NODE_EXTRA_CA_CERTS: ca.pem
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: npm ci
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
