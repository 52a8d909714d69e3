"""The verdict on a module that a Python text imports.

What vouches for it is asked in this order: the project's own files, the standard library, a program that embeds Python,
the environment, what is declared and locked, the map from import names to distributions, and at last a distribution of
the same name. The map comes first because a distribution of the same name is often a stranger's: `jwt` is not PyJWT.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from vetline_analyzers import places
from vetline_analyzers.core.finding import Finding, Fix, Persona, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.core.universe import Ecosystem, Package, is_name, package
from vetline_analyzers.sites import python as sites
from vetline_analyzers.supply import hosts, local, readers, rules, search_path
from vetline_analyzers.supply.distributions import is_shared, longer, module_of, of_member, unranked
from vetline_analyzers.supply.environment import Environment
from vetline_analyzers.supply.import_rules import NOT_DECLARED, NOT_INSTALLED, OBSOLETE
from vetline_analyzers.supply.obsolete import PYTHON_2, REMOVED
from vetline_analyzers.supply.own import Own
from vetline_analyzers.supply.provided import BUILDERS, NAMESPACES, PROVIDERS, candidates, likely
from vetline_analyzers.supply.slips import Slip, slip
from vetline_analyzers.supply.verdict import Kind, Verdict, malware, of_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.finding import Rule
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.sites.python import Import

MAX_NAMES = 300  # that nothing of the project vouches for and that are looked up, of one text
_MAX_LENGTH = 300  # of a module's name with its dots; nobody writes longer ones
_MAX_LEVELS = 4  # of a dotted name: "azure.mgmt.network.aio" is told by three
_SHARERS = 4  # distributions by which a package is known to be shared
_ALWAYS = BUILDERS | {"__main__", "__future__"}


class Judge:
    """Judges the imports of one text."""

    def __init__(
        self,
        snapshot: Snapshot,
        facts: Facts,
        script: frozenset[str],
        name: str,
        is_code: Callable[[int], bool],
    ) -> None:
        """Judge with what is known of the project.

        Args:
            snapshot: the text.
            facts: of its project.
            script: normalised names of what the text declares for itself (PEP 723).
            name: of the analyzer that asks.
            is_code: tells whether an offset of the text lies outside strings and comments.
        """
        self._text, self._path, self._facts, self._name = snapshot.text, snapshot.path, facts, name
        self._own = Own(snapshot, facts, name)
        self._script, self._is_code = script, is_code
        self._declared = facts.declared | script
        self._fine: set[str] = set()
        self.plain: set[str] = set()  # modules of which the name alone tells what is said
        self._asked: set[str] = set()
        self._environment = Environment(facts.installed or {})
        self._changes_path: bool | None = None
        self._fills_modules: bool | None = None

    def __call__(self, found: Import) -> Iterator[Finding]:
        """What is to be said of an import; nothing when all is well."""
        module = found.module
        if module in self._fine or len(module) > _MAX_LENGTH or self.is_cut:
            return
        if module[0] == ".":
            yield from self._own.relative(found)
            return
        top = module.partition(".")[0]
        if self._own.has(module, top):
            yield from self._own.absolute(found, top)
        elif top in PYTHON_2 or top in REMOVED:
            yield from self._obsolete(found, top)
        elif top in self._facts.stdlib or top in _ALWAYS or hosts.has(module):
            self._fine.add(module)
        elif count := self._namespace(module):
            yield from self._shared(found, count)
        else:
            self.plain.add(module)
            findings = list(self._foreign(found.span, top, module))
            if not findings:
                self._fine.add(module)
            yield from findings

    # -- the standard library of another day

    def _obsolete(self, found: Import, top: str) -> Iterator[Finding]:
        known = PYTHON_2.get(top) or REMOVED[top]
        installed = self._facts.installed or {}
        if top in installed or self._is_declared(candidates(top), top):
            return  # a backport, or a package that has taken the name
        has_it = top in REMOVED and top in self._facts.stdlib
        message = f"{top!r} is gone from the standard library since Python {known.since}."
        if known.instead:
            message += f" Use {known.instead!r}."
        finding = replace(
            OBSOLETE.found(self._name, found.span, message),
            meant=known.instead,
            evidence=(f"not in the standard library since Python {known.since}",),
        )
        if has_it:
            finding = replace(finding, severity=Severity.LOW, persona=Persona.PEDANTIC)
        yield finding

    # -- what others made

    def _namespace(self, module: str) -> int:
        """How many parts of a module's name are a namespace that many distributions share; 0 for none.

        A table tells, or the map: every distribution of `llama_index.readers` is called by that and something more.
        """
        universe = self._facts.universe
        parts = module.split(".")
        for count in range(min(len(parts), _MAX_LEVELS), 0, -1):
            prefix = ".".join(parts[:count])
            if prefix in NAMESPACES:
                return count
            by = universe.providers(prefix) if universe and count > 1 else ()
            head = package(Ecosystem.PYPI, prefix).name + "-"
            if len(by) >= _SHARERS and all(one.startswith(head) for one in by):
                return count
        return 0

    def _shared(self, found: Import, count: int) -> Iterator[Finding]:
        """Judge what is taken out of a namespace, which is so many parts of the module's name long."""
        asked: list[tuple[str, Span]] = [(found.module, found.span)]
        if found.module.count(".") < count:
            names = sites.names(self._text, found)
            asked = [(f"{found.module}.{name}", span) for name, span in names]
        for module, span in asked:
            if not hosts.has(module):
                yield from self._foreign(span, ".".join(module.split(".")[: count + 1]), module)

    def _foreign(self, span: Span, name: str, module: str) -> Iterator[Finding]:
        """Judge a module of somebody else.

        Args:
            span: where it stands.
            name: of it what tells which distribution is meant: "yaml", "google.cloud.storage".
            module: all of it.
        """
        facts = self._facts
        top = module.partition(".")[0]
        by = self._providers(module, name)
        wanted = candidates(module) | frozenset(by)
        if any(Package(Ecosystem.PYPI, one) in facts.own_packages for one in wanted):
            return
        is_declared = self._is_declared(wanted, name)
        is_installed = facts.installed is not None and self._environment.has(module)
        of = set(facts.installed.get(top, ())) if facts.installed and is_installed else set[str]()
        if bad := self._malware(of if "." not in name else of & wanted, wanted):
            yield from self._said(bad, span, name, ())
        elif is_installed:
            if not (is_declared or not of or not facts.declared or of & self._declared):
                yield self._undeclared(span, name, sorted(of), "is installed, but")
        elif is_declared:
            if _tells(facts.installed) and not wanted & self._script:
                yield self._not_installed(span, name, wanted)
        elif locked := wanted & (facts.locked - facts.unproved):
            yield self._undeclared(span, name, sorted(locked), "is locked, but")
        elif name not in NAMESPACES:
            yield from self._unvouched(span, name, module, by)

    def _malware(self, of: set[str], wanted: frozenset[str]) -> Verdict | None:
        """The verdict on malware among the distributions that a module comes from.

        Args:
            of: those that have it in the environment.
            wanted: those that it may come with, of which one may be declared or locked where none is installed.
        """
        facts = self._facts
        for one in sorted(of or wanted & (self._declared | facts.locked)):
            bad = malware(Package(Ecosystem.PYPI, one), facts, facts.versions.get(one, ""))
            if bad is not None:
                return bad
        return None

    def _providers(self, module: str, name: str) -> tuple[str, ...]:
        """Distributions known to provide a module, by the longest part of its name that is known."""
        universe = self._facts.universe
        parts = module.split(".")[:_MAX_LEVELS]
        for count in range(len(parts), name.count("."), -1):
            dotted = ".".join(parts[:count])
            if by := (universe.providers(dotted) if universe else ()) or PROVIDERS.get(dotted, ()):
                return by
        return ()

    def _is_declared(self, wanted: Iterable[str], name: str) -> bool:
        if not self._declared.isdisjoint(wanted):
            return True
        # `google.cloud` of google-cloud-storage: of a name that many share, and of any where no map tells.
        return is_shared(name, self._facts.universe) and bool(longer(name, self._declared))

    def _unvouched(
        self, span: Span, name: str, module: str, by: tuple[str, ...]
    ) -> Iterator[Finding]:
        """Judge a module that nothing of the project vouches for, by what the registry has."""
        facts = self._facts
        universe = facts.universe
        known = facts.declared or _tells(facts.installed)
        if universe is None:
            if by:
                yield from self._unmet(span, name, by)
            elif known and not self._is_readers(name):
                seen = Verdict(Kind.UNVERIFIED, package(Ecosystem.PYPI, name))
                yield from self._said(seen, span, name, ("no list of PyPI's names is at hand",))
            return
        real = [d for d in by if universe.rank(package(Ecosystem.PYPI, d))]
        real = real or self._by_form(module, name)
        if real:
            yield from self._unmet(span, name, tuple(real))
        elif not self._is_readers(name) and self._may_ask(name):
            verdict, evidence = self._verdict(name, module, by)
            if verdict.kind is Kind.WRONG:
                # Nothing is wrong with the import: it is the other package that is to be installed for it.
                yield from self._unmet(span, name, (verdict.meant,))
            else:
                yield from self._said(verdict, span, name, evidence)

    def _verdict(
        self, name: str, module: str, by: tuple[str, ...]
    ) -> tuple[Verdict, tuple[str, ...]]:
        """The verdict on a module that no much used distribution provides, and what else it rests on."""
        universe = self._facts.universe
        assert universe is not None  # noqa: S101 - who asks has looked
        itself = package(Ecosystem.PYPI, name)
        verdict = of_name(itself, self._facts)
        if verdict.kind is Kind.NONEXISTENT and (why := self._doubt(name)):
            return verdict._replace(kind=Kind.UNVERIFIED), (why,)
        if verdict.kind not in (Kind.NONEXISTENT, Kind.TYPOSQUAT, Kind.UNVERIFIED):
            return verdict, ()
        # Somebody's package may have any module; it clears no name that is a slip of the finger away from another.
        # Of a name that an index of one's own may have, `of_name` has told those of popular ones.
        is_told = verdict.kind is Kind.UNVERIFIED and universe.is_whole(Ecosystem.PYPI)
        near = () if is_told else universe.near(itself)
        slips = (one for one in near if slip(itself.name, one) is Slip.SMALL)
        if verdict.kind is Kind.TYPOSQUAT or (meant := next(slips, "")):
            kind = Kind.TYPOSQUAT
            return (
                verdict if verdict.kind is kind else verdict._replace(kind=kind, meant=meant)
            ), ()
        if by:
            provider = package(Ecosystem.PYPI, by[0])
            kind = Kind.YOUNG if universe.is_young(provider) else Kind.OBSCURE
            return Verdict(kind, provider), (f"{by[0]} provides it, which hardly anybody uses",)
        if "." not in name and universe.is_module(name):
            return Verdict(Kind.OBSCURE, itself), ("some distribution provides such a module",)
        if "." in name:
            deeper = (
                ".".join(module.split(".")[:n]) for n in range(name.count(".") + 2, _MAX_LEVELS + 1)
            )
            if any(universe.has(package(Ecosystem.PYPI, dotted)) for dotted in deeper):
                return Verdict(Kind.OK, itself), ()
        return verdict, ()

    def _is_put_there(self, name: str) -> bool:
        """Whether the text itself puts a module of that name where imports find it."""
        if self._fills_modules is None:
            self._fills_modules = "sys.modules" in self._text
        quoted = (f'"{name}"', f"'{name}'")
        return self._fills_modules and any(one in self._text for one in quoted)

    def _may_ask(self, name: str) -> bool:
        if not is_name(package(Ecosystem.PYPI, name)):
            return False
        self._asked.add(name)
        return len(self._asked) <= MAX_NAMES

    @property
    def is_cut(self) -> bool:
        """Whether there were more names than are looked up for one text."""
        return len(self._asked) > MAX_NAMES

    def _doubt(self, name: str) -> str:
        """Why a module may be there although nothing tells of it; "" for no reason."""
        if self._changes_path is None:
            self._changes_path = search_path.changes(
                self._text, self._is_code, self._path, self._facts.files
            )
        if self._changes_path:
            return "the text changes where modules are looked for"
        if one := unranked(longer(name, self._declared), self._facts.universe):
            return f"{one} is declared, which may bring it"
        return "the file is data of tests" if readers.is_data(self._path) else ""

    def _by_form(self, module: str, name: str) -> list[str]:
        """Much used distributions that are called as the ones of such modules often are."""
        universe = self._facts.universe
        assert universe is not None  # noqa: S101 - as above
        if "." not in name:
            forms: Iterable[str] = likely(name)
        else:
            parts = module.split(".")[:_MAX_LEVELS]
            dotted = [".".join(parts[:n]) for n in range(name.count(".") + 1, len(parts) + 1)]
            forms = [form for each in dotted for form in of_member(each)]
        if found := [form for form in forms if universe.rank(package(Ecosystem.PYPI, form))]:
            return found
        # `google.cloud.secretmanager` of google-cloud-secret-manager: of a member, only the hyphens are free.
        itself = package(Ecosystem.PYPI, name)
        letters = itself.name.replace("-", "")
        near = universe.near(itself) if "." in name else ()
        return [one for one in near if one.replace("-", "") == letters]

    def _is_readers(self, name: str) -> bool:
        """Whether a name stands for one of the reader's own, or is one that everybody has."""
        last = name.rpartition(".")[2]
        if readers.is_generic(last):
            return True
        if "." in name:
            return last[
                0
            ].isupper()  # a class: a namespace has none, and no package is called like that
        if readers.stands_for_another(name) or self._is_put_there(name):
            return True
        return bool(self._facts.files) and local.has_somewhere(name, self._facts.files)

    # -- findings

    def _steps(self) -> tuple[str, ...]:
        """What was looked at before the registry was."""
        facts = self._facts
        return (
            "no module of the project",
            "not in the standard library",
            "not installed in the environment"
            if facts.installed is not None
            else "no environment was found",
            "not declared" if self._declared else "no dependencies are declared",
        )

    def _said(
        self, verdict: Verdict, span: Span, name: str, evidence: tuple[str, ...]
    ) -> Iterator[Finding]:
        told = verdict._replace(evidence=(*self._steps(), *verdict.evidence, *evidence))
        finding = rules.found(told, self._name, span, module=name)
        if finding is None:
            return
        if verdict.kind is Kind.TYPOSQUAT and verdict.meant and "." not in name:
            meant = module_of(verdict.meant, self._facts.universe)
            if meant:
                edit = Edit(Span(span.start, span.start + len(name)), meant)
                finding = replace(finding, fix=Fix(f"Import {meant!r}", (edit,), safe=False))
        is_tests = places.is_test(self._path) or readers.is_data(self._path)
        if (
            verdict.kind is Kind.UNVERIFIED and is_tests
        ):  # which make modules up, and put them on the path
            finding = replace(finding, persona=Persona.PEDANTIC)
        yield finding

    def _unmet(self, span: Span, name: str, by: tuple[str, ...]) -> Iterator[Finding]:
        """A real package that the project neither declares nor has."""
        if self._facts.declared:
            yield self._undeclared(span, name, list(by), "is on PyPI, but")
        elif _tells(self._facts.installed):
            yield self._not_installed(span, name, by)

    def _undeclared(self, span: Span, name: str, by: list[str], how: str) -> Finding:
        message = f"{name!r} comes with {_listed(by)}, which {how} not declared by the project."
        return self._about(NOT_DECLARED, span, message, by[0])

    def _not_installed(self, span: Span, name: str, by: Iterable[str]) -> Finding:
        """A finding of its rule; softer where the project says that it can do without."""
        wanted = frozenset(by)
        told = sorted(wanted & self._declared)
        comes = told or ([*islice(by, 1)] if isinstance(by, tuple) else [])
        of = f" (it comes with {_listed(comes)})" if comes and comes[0] != name else ""
        declared = "declared but " if told else ""
        message = f"{name!r} is {declared}not installed in the project's environment{of}."
        distribution = comes[0] if comes else package(Ecosystem.PYPI, name).name
        finding = self._about(NOT_INSTALLED, span, message, distribution)
        if wanted & self._facts.optional:
            return replace(finding, persona=Persona.AUDITOR)
        return finding

    def _about(self, rule: Rule, span: Span, message: str, distribution: str) -> Finding:
        found = Package(Ecosystem.PYPI, distribution)
        return replace(rule.found(self._name, span, message), package=found.purl)


def _tells(installed: Mapping[str, tuple[str, ...]] | None) -> bool:
    """Whether more is installed than an empty environment has."""
    return installed is not None and not BUILDERS.issuperset(installed)


def _listed(names: Iterable[str]) -> str:
    return " or ".join([*names][:3])
