"""A pod that is not kept apart from its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_SHARED = {
    "hostPID": "sees and may signal every process of its node",
    "hostIPC": "shares the memory of its node's processes",
    "hostNetwork": "reaches all that listens on its node, past network policies",
}


def _check(document: Document) -> Iterator[Report]:
    spec = kubernetes.pod(document)
    for key, what in _SHARED.items() if spec is not None else ():
        node = spec.get(key) if spec is not None else None
        if node is not None and node.text.lower() in {"true", "yes", "on"}:
            usual = key == "hostNetwork" or kubernetes.is_system(document)
            yield Report(
                f"This pod {what}: set {key} to false.",
                node.span,
                fix=put(node, "false", f"Leave {key} off", safe=False),
                tentative=usual,
            )


RULE = ConfigurationRule(
    id="kubernetes/host-namespace",
    title="Pod that shares a namespace with its node",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(668, 653, 250),
    page="""
A pod is kept apart from its node by namespaces. With `hostPID` it reads the environment of every process
there, secrets of other pods among them; with `hostNetwork` it talks to the kubelet and to the cloud's metadata
service as the node, and network policies do not hold for it.
""",
    attack="Breaks into the pod and reads other pods' secrets in `/proc`, or asks the metadata "
    "service for the node's.",
    advice="Remove the line; use a Service or a hostPort for a port, and a sidecar for what must be watched.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  hostPID: true
  containers: []
""",
        """\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      hostNetwork: true
""",
        """\
apiVersion: batch/v1
kind: Job
spec:
  template:
    spec: {hostIPC: true, containers: []}
""",
    ),
    good=(
        """\
apiVersion: v1
kind: Pod
spec:
  hostPID: false
  containers: []
""",
        """\
apiVersion: v1
kind: Pod
spec:
  shareProcessNamespace: true
  containers: []
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
