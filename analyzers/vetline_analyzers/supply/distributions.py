"""From the names of modules to those of distributions and back, as far as their forms and the map tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.supply.provided import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.universe import Universe


def of_member(dotted: str) -> Iterator[str]:
    """Names of distributions for a member of a namespace: "google-cloud-vision" of `google.cloud.vision_v1` too."""
    name = package(Ecosystem.PYPI, dotted).name
    yield name
    bare = re.sub(r"-v\d\w*$", "", name)
    if bare != name:  # a client that is generated for a version of an interface
        yield bare
        yield bare.rpartition("-")[0]
    if dotted.startswith("airflow.providers."):
        yield "apache-" + name


def module_of(distribution: str, universe: Universe | None) -> str:
    """The import name of a distribution, by its normalised name; "" when it is not known for sure."""
    name = distribution.replace("-", "_")
    if not name.isidentifier() or universe is None:
        return ""
    for module, by in PROVIDERS.items():
        if distribution in by and module[0] != "_":
            return module
    by = universe.providers(name)
    return name if not by or distribution in by else ""
