"""An image that is another one tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.image import floating
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for container in kubernetes.containers(document):
        node = container.get("image")
        if node is not None and floating(node.text):
            yield Report(
                "This image has no fixed version: name a tag, or better a digest.", node.span
            )


RULE = ConfigurationRule(
    id="kubernetes/unpinned-image",
    title="Image without a version",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(1357, 829),
    page="""
The image is named without a tag, or with `latest`. Each node runs what the registry gave it on the day it
pulled: two copies of one pod can differ, going back to an earlier version is not possible, and who may push
the tag decides what runs.
""",
    attack="Pushes a new image under the moving tag, and every pod that starts from then on runs it.",
    advice="Name a version, better a digest (`image@sha256:…`).",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      image: nginx:latest
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - {name: a, image: registry.example.com:5000/team/app}
""",
        """\
apiVersion: batch/v1
kind: Job
spec:
  template:
    spec:
      containers:
      - image: 'busybox'
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
      image: nginx:1.27.2
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      image: {{ .Values.image }}
""",
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - {name: a, image: 'app@sha256:"
        + "0123456789abcdef" * 4
        + "'}\n",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
