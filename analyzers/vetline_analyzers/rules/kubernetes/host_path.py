"""A pod that reaches into its node's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.container import is_control, is_socket
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    spec = kubernetes.pod(document)
    for volume in spec.each("volumes") if spec is not None else ():
        path = volume.get("hostPath", "path")
        if path is None:
            continue
        if is_socket(path.text):
            yield Report(
                "Whoever can talk to this socket starts containers with any rights, and is root on the node: "
                "leave it out.",
                path.span,
                tentative=kubernetes.is_system(document),
            )
        elif is_control(path.text):
            reads = _is_read_only(document, volume.string("name"))
            yield Report(
                "This part of the node decides who is root there: mount only the file that is needed, "
                "read-only.",
                path.span,
                severity=Severity.MEDIUM if reads else None,
                tentative=reads or kubernetes.is_system(document),
            )
        else:
            yield Report(
                "Files of a node outlive the pod and are there for whatever pod comes next: use a volume "
                "claim.",
                path.span,
                severity=Severity.LOW,
                persona=Persona.PEDANTIC,
            )


def _is_read_only(document: Document, name: str) -> bool:
    """Whether every container that sees a volume may only read it."""
    mounts: list[Node] = [
        mount
        for container in kubernetes.containers(document)
        for mount in container.each("volumeMounts")
        if mount.string("name") == name
    ]
    return bool(mounts) and all(mount.is_true("readOnly") for mount in mounts)


RULE = ConfigurationRule(
    id="kubernetes/host-path",
    title="Pod with its node's socket or system folders",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 668, 732),
    page="""
A `hostPath` puts a folder of the node into the pod. With the socket of the container runtime, or with `/`,
`/etc` or `/proc`, whoever breaks into the pod starts containers beside the cluster's rules or writes what the
node's root will run.
""",
    attack="Breaks into the pod and writes a job into the node's `/etc/cron.d`.",
    advice="Use a volume claim, a ConfigMap or an emptyDir; where one file of the node is needed, mount that one "
    "read-only.",
    bad=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers: []
  volumes:
    - name: d
      hostPath:
        path: /var/run/docker.sock
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers: []
  volumes:
    - {name: r, hostPath: {path: /}}
""",
        """\
apiVersion: apps/v1
kind: DaemonSet
spec:
  template:
    spec:
      volumes:
        - name: e
          hostPath: {path: /etc, type: Directory}
""",
    ),
    good=(
        """\
apiVersion: v1
kind: Pod
spec:
  containers: []
  volumes:
    - name: d
      emptyDir: {}
""",
        """\
apiVersion: v1
kind: Pod
spec:
  containers: []
  volumes:
    - name: d
      persistentVolumeClaim: {claimName: data}
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
