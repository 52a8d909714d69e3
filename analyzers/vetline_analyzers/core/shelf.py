"""A shelf: a package whose modules each hold one thing of the same kind."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def load(package: str, attribute: str) -> dict[str, Any]:
    """The `attribute` of each module in the package of that name, by module name, sorted by it.

    A module without it is machinery and is passed over.
    """
    found: dict[str, Any] = {}
    path = importlib.import_module(package).__path__
    for name in sorted(info.name for info in pkgutil.iter_modules(path) if not info.ispkg):
        module = importlib.import_module(f"{package}.{name}")
        if hasattr(module, attribute):
            found[name] = getattr(module, attribute)
    return found
