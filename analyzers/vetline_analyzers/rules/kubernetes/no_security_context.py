"""A container about whose rights nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for container in kubernetes.containers(document):
        name = container.get("name")
        if name is None:
            continue
        if container.get("securityContext") is None:
            yield Report(
                "Nothing limits this container: give it a securityContext with runAsNonRoot, "
                "allowPrivilegeEscalation: false and no capabilities.",
                name.span,
            )
        elif not container.is_true("securityContext", "readOnlyRootFilesystem"):
            yield Report(
                "The container may change its own program: set readOnlyRootFilesystem: true and mount an "
                "emptyDir where it must write.",
                name.span,
            )


RULE = ConfigurationRule(
    id="kubernetes/no-security-context",
    title="Container that nothing limits",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(250, 276, 732),
    page="""
Without a `securityContext` a container gets what the image and the runtime happen to give: often root, with
fourteen capabilities, and a file system in which an intruder can put tools or replace the program.
""",
    attack="Breaks into the application, replaces its program, and stays until the pod is made anew.",
    advice="Set `runAsNonRoot`, `allowPrivilegeEscalation: false`, `readOnlyRootFilesystem: true` and "
    "`capabilities: {drop: [ALL]}`.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      image: app:1
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        runAsUser: 10001
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext:
        readOnlyRootFilesystem: false
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
        readOnlyRootFilesystem: true
        runAsNonRoot: true
""",
        """\
apiVersion: v1
kind: Service
spec:
  ports: []
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
