"""A shelf: a package whose modules each hold one thing of the same kind."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection


def load(package: str, attribute: str, only: Collection[str] | None = None) -> dict[str, Any]:
    """The `attribute` of each module in the package of that name, by module name, sorted by it.

    A module without it is machinery and is passed over. Of modules that are not among `only`, if that
    is given, none is imported.
    """
    found: dict[str, Any] = {}
    path = importlib.import_module(package).__path__
    for name in sorted(info.name for info in pkgutil.iter_modules(path) if not info.ispkg):
        if only is not None and name not in only:
            continue
        module = importlib.import_module(f"{package}.{name}")
        if hasattr(module, attribute):
            found[name] = getattr(module, attribute)
    return found
