"""What the environment of a project has: modules, and parts of namespaces that many distributions share."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Environment:
    """Answers for many imports, of an environment that may have thousands of modules.

    Args:
        installed: as of `Facts`.
    """

    def __init__(self, installed: Mapping[str, tuple[str, ...]]) -> None:
        """Look at nothing yet."""
        self._installed = installed

    def has(self, module: str) -> bool:
        """Whether a module is there; of a shared namespace, that part of it."""
        top, dot, _ = module.partition(".")
        if top not in self._installed or not dot:
            return top in self._installed
        if top not in self._holders or module in self._holders or module in self._installed:
            return True
        return any(above in self._installed for above in _above(module) if above != top)

    @cached_property
    def _holders(self) -> frozenset[str]:
        """What something lies in."""
        return frozenset(above for name in self._installed for above in _above(name))


def _above(name: str) -> Iterator[str]:
    """What a dotted name lies in: "a" and "a.b" for "a.b.c"."""
    return accumulate(name.split(".")[:-1], "{}.{}".format)
