"""Kubernetes manifests as rules ask for them: pods, containers, rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

PATH = "deploy/app.yaml"  # where the rules' examples stand
_POD = {
    "Pod": ("spec",),
    "PodTemplate": ("template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_WORKLOADS = frozenset(
    {"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "Job"}
)
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def pod(document: Document) -> Node | None:
    """The specification of the pods that a manifest makes, None when it makes none."""
    kind = document.root.string("kind")
    if kind in _WORKLOADS:
        return document.root.get("spec", "template", "spec")
    return document.root.get(*_POD[kind]) if kind in _POD else None


def containers(document: Document) -> Iterator[Node]:
    """The containers of a manifest's pods."""
    spec = pod(document)
    if spec is not None:
        yield from (one for key in _CONTAINERS for one in spec.each(key) if one.pairs)


def contexts(document: Document) -> Iterator[Node]:
    """The security contexts of a manifest: its pods' and its containers'."""
    spec = pod(document)
    for holder in (spec, *containers(document)):
        node = holder.get("securityContext") if holder is not None else None
        if node is not None:
            yield node


def is_system(document: Document) -> bool:
    """Whether a manifest is a part of the cluster itself, which needs what others must not have."""
    return document.root.string("metadata", "namespace") == "kube-system"
