"""From the names of modules to those of distributions and back, as far as their forms and the map tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.supply.provided import NAMESPACES, PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def is_shared(name: str, universe: Universe | None) -> bool:
    """Whether a module's name is one that several distributions put modules under; also where no map tells."""
    if universe is None or name in NAMESPACES or name.rpartition(".")[0] in NAMESPACES:
        return True
    by = universe.providers(name)
    return sum(bool(universe.rank(package(Ecosystem.PYPI, one))) for one in by) > 1


def longer(name: str, declared: Iterable[str]) -> list[str]:
    """Distributions called by a module's name and something more, in order."""
    head = package(Ecosystem.PYPI, name).name + "-"
    return sorted(one for one in declared if one.startswith(head))


def unranked(names: Iterable[str], universe: Universe | None) -> str:
    """The first distribution that is not much used, so that nobody knows its modules; "" for none."""
    if universe is None:
        return ""
    unknown = (one for one in names if not universe.rank(package(Ecosystem.PYPI, one)))
    return next(unknown, "")
