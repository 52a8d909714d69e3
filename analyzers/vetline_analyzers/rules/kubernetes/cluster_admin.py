"""The cluster's administrator, given to everybody or to a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import kubernetes
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_ADMINS = frozenset({"cluster-admin", "admin", "edit"})
_STRANGERS = frozenset({"system:anonymous", "system:unauthenticated"})
_EVERYBODY = _STRANGERS | {"system:authenticated", "system:serviceaccounts"}


def _check(document: Document) -> Iterator[Report]:
    if document.root.string("kind") not in {"ClusterRoleBinding", "RoleBinding"}:
        return
    role = document.root.string("roleRef", "name")
    for subject in document.root.each("subjects"):
        name = subject.get("name")
        if name is None:
            continue
        if name.text in _STRANGERS or (name.text in _EVERYBODY and role in _ADMINS):
            yield Report(
                f"The role {role or 'named here'} is given to {name.text}: bind it to one account.",
                name.span,
                severity=Severity.CRITICAL if role in _ADMINS else None,
            )
        elif role == "cluster-admin" and subject.string("kind") == "ServiceAccount":
            default = name.text == "default"
            yield Report(
                "Every pod with this account rules the cluster: give it a role with what it needs.",
                name.span,
                tentative=not default,
                severity=None if default else Severity.MEDIUM,
            )


RULE = ConfigurationRule(
    id="kubernetes/cluster-admin",
    title="Rights given to everybody or to every pod",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269, 732, 306),
    page="""
A binding gives a role to people who have not even logged in, to every account there is, or gives the role of
the cluster's administrator to an account whose token is mounted into pods. The `default` account is the one of
every pod that asks for none.
""",
    attack="Sends a request to the API server without a token, or with that of any pod, and rules the "
    "cluster.",
    advice="Bind a role with the few rights that are needed to one service account made for the purpose.",
    bad=(
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
roleRef: {kind: ClusterRole, name: cluster-admin}
subjects:
  - kind: ServiceAccount
    name: default
    namespace: app
""",
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
roleRef:
  name: view
subjects:
  - {kind: User, name: 'system:anonymous'}
""",
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
roleRef: {name: edit}
subjects:
- kind: Group
  name: system:authenticated
""",
    ),
    good=(
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
roleRef: {kind: ClusterRole, name: view}
subjects:
  - kind: ServiceAccount
    name: default
    namespace: app
""",
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
roleRef: {name: cluster-admin}
subjects:
  - {kind: Group, name: platform-team}
""",
    ),
    language="yaml",
    path=kubernetes.PATH,
    kinds=("kubernetes",),
    check=_check,
)
