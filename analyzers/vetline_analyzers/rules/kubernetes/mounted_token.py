"""A token of the cluster in a pod that may not need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_NAME = "automountServiceAccountToken"


def _check(document: Document) -> Iterator[Report]:
    spec = kubernetes.pod(document)
    own = document.root if document.root.string("kind") == "ServiceAccount" else None
    for holder in (spec, own):
        node = holder.get(_NAME) if holder is not None else None
        if node is not None and node.text.lower() == "true":
            yield Report(
                "Every container of the pod can read a token for the cluster: leave it out unless the pod "
                "talks to the API server.",
                node.span,
                fix=put(node, "false", "Mount no token", safe=False),
            )


RULE = ConfigurationRule(
    id="kubernetes/mounted-token",
    title="Token of the cluster mounted into a pod",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    persona=Persona.PEDANTIC,
    cwe=(272, 522),
    page="""
The pod's account has a token, and it is put into every container as a file. Few applications talk to the API
server; for the others it is only there for whoever breaks in, with all the rights that the account has today
or gets later.
""",
    attack="Reads the token with a flaw that shows files, and asks the API server for secrets.",
    advice="Set `automountServiceAccountToken: false`, and true only for the pods that need it.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  automountServiceAccountToken: true
  containers: []
""",
        """\
apiVersion: v1
kind: ServiceAccount
automountServiceAccountToken: true
""",
        """\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec: {automountServiceAccountToken: true}
""",
    ),
    good=(
        """\
apiVersion: v1
kind: Pod
spec:
  automountServiceAccountToken: false
  containers: []
""",
        """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: a}
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
