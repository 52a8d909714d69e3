"""A role that may do everything to everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    if document.root.string("kind") not in {"Role", "ClusterRole"}:
        return
    for rule in document.root.each("rules"):
        verb, resource = _star(rule, "verbs"), _star(rule, "resources")
        if verb is not None and resource is not None:
            yield Report(
                "This role may do everything to everything: list the verbs and resources that it needs.",
                resource.span,
            )
        elif found := verb or resource:
            yield Report(
                "The star includes what the next version of the cluster brings: list what is needed.",
                found.span,
                severity=Severity.MEDIUM,
                tentative=True,
            )


def _star(rule: Node, key: str) -> Node | None:
    return next((node for node in rule.each(key) if node.text == "*"), None)


RULE = ConfigurationRule(
    id="kubernetes/wildcard-role",
    title="Role that may do everything",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269, 732),
    page="""
A rule with `*` for verbs and resources is the cluster's administrator under another name: it reads every
secret, starts privileged pods and changes the roles themselves. Whoever gets the token of one pod that has
the role has the cluster.
""",
    attack="Breaks into a pod that has the role, takes its mounted token, and reads all secrets of "
    "the cluster.",
    advice="List the verbs (`get`, `list`, `watch`, …), the resources, and where it is possible their names.",
    bad=(
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
""",
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
rules:
- resources:
  - '*'
  verbs:
  - '*'
""",
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: ["*"]
""",
    ),
    good=(
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
rules:
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [get, list]
""",
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
rules:
  - apiGroups: ["*"]
    resources: [pods/log]
    verbs: [get]
""",
    ),
    url="https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
