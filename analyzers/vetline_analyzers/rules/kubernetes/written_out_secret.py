"""A secret that is written into a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.literal import is_secret_name, is_written_out
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for name, value in _values(document):
        if (
            is_secret_name(name)
            and not value.pairs
            and not value.items
            and is_written_out(value.text)
        ):
            yield Report(
                f"The value of {name} stands in the manifest for everybody who can read it: take it from a "
                "Secret that is made outside the repository.",
                value.span._replace(start=value.at, end=value.at + len(value.text)),
                secret=True,
            )


def _values(document: Document) -> Iterator[tuple[str, Node]]:
    """What is given to names: to variables of containers, to keys of a ConfigMap or a plain Secret."""
    for container in kubernetes.containers(document):
        for variable in container.each("env"):
            value = variable.get("value")
            if value is not None:
                yield variable.string("name"), value
    kind = document.root.string("kind")
    holder = document.root.get({"Secret": "stringData", "ConfigMap": "data"}.get(kind, ""))
    yield from ((pair.key, pair.value) for pair in (holder.pairs if holder is not None else ()))


RULE = ConfigurationRule(
    id="kubernetes/written-out-secret",
    title="Secret written into a manifest",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(798, 259, 312),
    page="""
A password or key stands in the manifest. Everybody who can read the repository, or describe the pod in the
cluster, has it, and it cannot be changed without deploying anew.
""",
    attack="Reads the manifest in the repository, or runs `kubectl describe pod`, and logs in.",
    advice="Use `valueFrom: {secretKeyRef: …}` and make the Secret outside the repository, or sealed.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      env:
        - name: DB_PASSWORD
          value: correcthorse
""",
        f"""\
apiVersion: v1
kind: Secret
stringData:
  api-token: {"batterystaple"}
""",
        """\
apiVersion: v1
kind: ConfigMap
data:
  JWT_SECRET: 'correcthorse'
  LEVEL: info
""",
    ),
    good=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      env:
        - name: DB_PASSWORD
          valueFrom: {secretKeyRef: {name: db, key: password}}
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      env:
        - {name: DB_PASSWORD_FILE, value: /run/secrets/db}
        - {name: TOKEN, value: $(OTHER)}
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
