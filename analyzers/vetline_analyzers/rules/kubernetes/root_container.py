"""A container that is told to run as root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for context in kubernetes.contexts(document):
        user, forbidden = context.get("runAsUser"), context.get("runAsNonRoot")
        if user is not None and user.text == "0":
            yield Report("This runs as root: choose a user of its own, such as 10001.", user.span)
        elif forbidden is not None and context.is_false("runAsNonRoot") and user is None:
            yield Report(
                "An image whose user is root is allowed here: set runAsNonRoot: true and a runAsUser.",
                forbidden.span,
            )


RULE = ConfigurationRule(
    id="kubernetes/root-container",
    title="Container that is told to run as root",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(250, 269),
    page="""
The manifest says that the container's process is root, or that it may be. Without user namespaces that is the
node's root, held back only by what the runtime takes away: one flaw in it, one folder of the node that is
mounted, and whoever broke into the application has the node.
""",
    attack="Breaks into the application and uses root in the container to get out of it.",
    advice="Set `runAsNonRoot: true` and `runAsUser: 10001`, and give that user the files it needs.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  securityContext:
    runAsUser: 0
  containers: []
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext: {runAsNonRoot: false}
""",
        """\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: a
          securityContext:
            runAsNonRoot: false
            runAsUser: 0
""",
    ),
    good=(
        """\
apiVersion: v1
kind: Pod
spec:
  securityContext:
    runAsUser: 10001
    runAsNonRoot: true
  containers: []
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext: {runAsUser: 1000}
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
