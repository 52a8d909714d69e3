"""A container whose processes may gain rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

_NAME = "allowPrivilegeEscalation"


def _check(document: Document) -> Iterator[Report]:
    for context in kubernetes.contexts(document):
        node = context.get(_NAME)
        if node is not None and context.is_true(_NAME):
            yield Report(
                "Processes in this container may gain rights that it was started without: set "
                "allowPrivilegeEscalation: false.",
                node.span,
                fix=None
                if _needs_it(context)
                else put(node, "false", "Keep rights as they are", safe=False),
                tentative=kubernetes.is_system(document),
            )


def _needs_it(context: Node) -> bool:
    """Whether the API refuses `false` here, as it does beside these two."""
    added = {one.text for node in context.each("capabilities") for one in node.each("add")}
    return context.is_true("privileged") or not added.isdisjoint(
        {"SYS_ADMIN", "CAP_SYS_ADMIN", "ALL"}
    )


RULE = ConfigurationRule(
    id="kubernetes/privilege-escalation",
    title="Container whose processes may gain rights",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(269, 250),
    page="""
With `allowPrivilegeEscalation: true` a program with the setuid bit, or one with file capabilities, gets more
rights than the container was started with. A user that was chosen to be harmless is then one flaw in such a
program away from root.
""",
    attack="Breaks into the container as its user and runs a setuid program of the image to become root.",
    advice="Set `allowPrivilegeEscalation: false` in the container's `securityContext`.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        allowPrivilegeEscalation: true
""",
        """\
apiVersion: apps/v1
kind: DaemonSet
spec:
  template:
    spec:
      containers:
        - name: a
          securityContext: {runAsUser: 1000, allowPrivilegeEscalation: true}
""",
        """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  spec:
    containers:
    - name: a
      securityContext:
        allowPrivilegeEscalation: true
        privileged: true
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
        allowPrivilegeEscalation: false
""",
        """\
apiVersion: policy/v1
kind: Example
spec:
  allowPrivilegeEscalation: true
""",
    ),
    url="https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
