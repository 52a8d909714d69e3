"""A container with a capability that is as good as root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.container import DANGEROUS, STRONG, capability
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for context in kubernetes.contexts(document):
        capabilities = context.get("capabilities")
        for node in capabilities.each("add") if capabilities is not None else ():
            name = capability(node.text)
            if name in STRONG:
                yield Report(
                    f"With {name} the container can take over its node or its network: leave it out, or name "
                    "a narrower capability.",
                    node.span,
                    tentative=name not in DANGEROUS or kubernetes.is_system(document),
                    severity=None if name in DANGEROUS else Severity.LOW,
                )


RULE = ConfigurationRule(
    id="kubernetes/dangerous-capability",
    title="Container with a capability that is as good as root",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269),
    page="""
Some capabilities give back all that a container was to be kept from: with `SYS_ADMIN` a process mounts disks,
with `SYS_MODULE` it loads code into the node's kernel, with `SYS_PTRACE` and the node's processes in view it
enters them, and `ALL` is all of them.
""",
    attack="Breaks into the container and uses the capability to mount the node's disk or to load a "
    "kernel module.",
    advice="Write `drop: [ALL]` and add the narrow ones that are needed, such as `NET_BIND_SERVICE`.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        capabilities:
          add:
            - SYS_ADMIN
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        capabilities: {add: ["ALL"]}
""",
        """\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: a
          securityContext: {capabilities: {add: [NET_ADMIN, SYS_MODULE]}}
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
        capabilities:
          drop: [ALL]
          add: [NET_BIND_SERVICE]
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        capabilities: {drop: [SYS_ADMIN]}
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
