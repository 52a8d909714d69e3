"""A pod that no profile confines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_MESSAGE = (
    "The profile that keeps the container from dangerous calls of the kernel is off: use the runtime's "
    "default, or one of your own."
)


def _check(document: Document) -> Iterator[Report]:
    for context in kubernetes.contexts(document):
        for key in ("seccompProfile", "appArmorProfile"):
            node = context.get(key, "type")
            if node is not None and node.text == "Unconfined":
                fix = put(node, "RuntimeDefault", "Use the runtime's profile", safe=False)
                yield Report(_MESSAGE, node.span, fix=fix)
    for holder in (document.root, document.root.get("spec", "template")):
        notes = holder.get("metadata", "annotations") if holder is not None else None
        for pair in notes.pairs if notes is not None else ():
            if "apparmor.security" in pair.key and pair.value.text == "unconfined":
                yield Report(_MESSAGE, pair.value.span)


RULE = ConfigurationRule(
    id="kubernetes/unconfined",
    title="Pod that no profile confines",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(693, 250),
    page="""
The profiles of seccomp and AppArmor forbid calls of the kernel and paths of the node that no ordinary program
needs. This container runs without them, so a flaw of the kernel in one of those calls is open to whoever
breaks into it.
""",
    attack="Breaks into the container and uses a kernel call that the profile would have refused.",
    advice="Write `type: RuntimeDefault`, or `Localhost` with a profile that allows what is missing.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  securityContext:
    seccompProfile:
      type: Unconfined
  containers: []
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext: {appArmorProfile: {type: Unconfined}}
""",
        """\
apiVersion: v1
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/a: unconfined
spec:
  containers: []
""",
    ),
    good=(
        """\
apiVersion: v1
kind: Pod
spec:
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  containers: []
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
