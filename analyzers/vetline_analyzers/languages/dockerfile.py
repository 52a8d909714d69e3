"""Dockerfiles, which podman calls Containerfiles."""

from __future__ import annotations

from vetline_analyzers.languages import Language

LANGUAGE = Language(
    name="dockerfile",
    suffixes=(".dockerfile", ".containerfile"),
    names=("dockerfile", "containerfile"),
    language_ids=("containerfile",),
)
