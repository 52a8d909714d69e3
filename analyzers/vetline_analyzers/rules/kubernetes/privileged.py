"""A container with all the rights of its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for context in kubernetes.contexts(document):
        node = context.get("privileged")
        if node is not None and context.is_true("privileged"):
            yield Report(
                "This container has every right on its node: add the capabilities that it needs instead.",
                node.span,
                fix=put(node, "false", "Run without privileges", safe=False),
                tentative=kubernetes.is_system(document),
            )


RULE = ConfigurationRule(
    id="kubernetes/privileged",
    title="Container with all the rights of its node",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269, 276),
    page="""
A privileged container has every capability and every device of its node, and no profile confines it. Whoever
breaks into it mounts the node's disk, is root there, and from there has the secrets of all pods on the node.
""",
    attack="Breaks into the container, mounts the node's disk, and takes the kubelet's credentials.",
    advice="Remove it, drop all capabilities and add the single one that is needed.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        privileged: true
""",
        """\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      initContainers:
        - name: a
          securityContext: {privileged: true}
      containers: []
""",
        """\
apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - securityContext:
              privileged: true
            name: a
""",
    ),
    good=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        privileged: false
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        capabilities: {drop: [ALL]}
""",
    ),
    url="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
