"""What is to be said of an import of a Python project's own module: whether it leads to a file."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Finding, Fix
from vetline_analyzers.core.text import Edit
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.sites import python as sites
from vetline_analyzers.supply import hosts, local, readers
from vetline_analyzers.supply.import_rules import BROKEN_LOCAL
from vetline_analyzers.supply.provided import NAMESPACES, PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.sites.python import Import

_MAX_LEVELS = 4  # of a dotted name that may be a distribution's


class Own:
    """Follows the imports of one text into its own project."""

    def __init__(self, snapshot: Snapshot, facts: Facts, name: str) -> None:
        """Follow them with what is known of the project; `name` is the analyzer's."""
        self._text, self._path, self._facts, self._name = snapshot.text, snapshot.path, facts, name
        above = accumulate(snapshot.path.split("/")[:-1], "{}/{}".format)
        self._near = [f"{folder}/" for folder in above]
        self._follows = bool(facts.files) and not readers.is_data(snapshot.path)

    def has(self, module: str, top: str) -> bool:
        """Whether a module is the project's: anywhere on the path, or beside the file or above it."""
        modules = self._facts.modules
        if top in modules or any(near + top in modules for near in self._near):
            return True
        return "." in module and any(
            prefix in modules for prefix in accumulate(module.split("."), "{}.{}".format)
        )

    def relative(self, found: Import) -> Iterator[Finding]:
        """Findings on a relative import."""
        if not self._follows:
            return
        names = dict(sites.names(self._text, found))
        missed = local.relative(self._path, found.module, names, self._facts.files)
        missed = missed or self._unbound(found.module, names)
        if missed is not None:
            yield self._broken(found, names, *missed)

    def absolute(self, found: Import, top: str) -> Iterator[Finding]:
        """Findings on an import that `has` says is the project's."""
        facts, module = self._facts, found.module
        if not self._follows or top in facts.stdlib or hosts.has(module):
            return
        prefixes = accumulate(module.split("."), "{}.{}".format)
        if any(prefix in facts.modules for prefix in prefixes if "." in prefix):
            return  # the settings name it
        tops = local.folders(top, facts.files)
        if not tops or not self._is_ours(top, tops):
            return
        names = dict(sites.names(self._text, found))
        missed = local.absolute(module, names, facts.files, tops)
        missed = missed or self._unbound(module, names)
        if missed is not None and not self._is_elsewhere(module, top, tops, missed[1]):
            yield self._broken(found, names, *missed)

    def _unbound(self, module: str, names: Iterable[str]) -> tuple[str, local.Missing] | None:
        """What an import takes from a regular package of the project that neither has nor so much as names it."""
        package = self._facts.neighbours.get(module)
        folder, _, file = package.path.rpartition("/") if package else ("", "", "")
        if package is None or file != "__init__.py" or not folder:
            return None
        return local.unbound(folder, package.text, names, self._facts.files)

    def _is_ours(self, top: str, tops: list[str]) -> bool:
        """Whether folders are where the modules of that name are: packages, or a namespace of the project's own."""
        if any(local.is_package(folder, self._facts.files) for folder in tops):
            return True
        roots = (folder.rpartition("/")[0] for folder in tops)
        are_near = all(root in ("", "src", "lib") or f"{root}/" in self._near for root in roots)
        return are_near and not self._is_public(top)

    def _is_portion(self, top: str, tops: list[str]) -> bool:
        """Whether a folder is the project's portion of a namespace: `corp` of corp-billing."""
        if any(local.is_package(folder, self._facts.files) for folder in tops):
            return False
        head = package(Ecosystem.PYPI, top).name + "-"
        own = (one.name for one in self._facts.own_packages if one.ecosystem is Ecosystem.PYPI)
        return any(name.startswith(head) for name in own)

    def _is_elsewhere(self, module: str, top: str, tops: list[str], missing: local.Missing) -> bool:
        """Whether modules of that name come from elsewhere, too: an installed portion, a namespace others share."""
        facts = self._facts
        if missing.depth == 1 and self._is_portion(top, tops):
            return True
        known = facts.declared | facts.locked
        parts = module.split(".")[:_MAX_LEVELS]
        for count in range(2, len(parts) + 1):  # `poetry.core` of poetry-core
            name = package(Ecosystem.PYPI, ".".join(parts[:count]))
            if name.name in known or (facts.universe is not None and facts.universe.rank(name)):
                return True
        own = {one.name for one in facts.own_packages if one.ecosystem is Ecosystem.PYPI}
        if facts.universe is not None and own.isdisjoint({package(Ecosystem.PYPI, top).name}):
            others = set(facts.universe.providers(top)) - own
            if len(others) > 1 or (others and own & set(facts.universe.providers(top))):
                return True
        if top in NAMESPACES or (facts.installed is not None and top in facts.installed):
            return package(Ecosystem.PYPI, top) not in facts.own_packages
        inside = any(self._path.startswith(f"{folder}/") for folder in tops)
        return self._is_public(top) and not inside and package(Ecosystem.PYPI, top).name not in own

    def _is_public(self, top: str) -> bool:
        universe = self._facts.universe
        if universe is None:
            return top in PROVIDERS
        return bool(universe.providers(top) or universe.rank(package(Ecosystem.PYPI, top)))

    def _broken(
        self, found: Import, names: Mapping[str, Span], name: str, missing: local.Missing
    ) -> Finding:
        """The finding on a module of the project that is not there."""
        module = found.module
        span = names[name] if name else found.span
        said = f"{module}{'' if module.endswith('.') else '.'}{name}" if name else module
        message = f"{said!r} leads to no file of the project: there is no {missing.base}.py."
        fix = None
        meant = ""
        if missing.near:
            dots = said[: len(said) - len(said.lstrip("."))]
            parts = said.lstrip(".").split(".")
            parts[missing.depth - bool(dots)] = missing.near
            meant = dots + ".".join(parts)
            message += f" Did you mean {meant!r}?"
            fix = Fix(f"Import {meant!r}", (Edit(span, parts[-1] if name else meant),), safe=False)
        finding = BROKEN_LOCAL.found(self._name, span, message, fix=fix)
        evidence = (f"no {missing.base}.py, no folder of that name, nothing it is made from",)
        return replace(finding, meant=meant, evidence=evidence)
