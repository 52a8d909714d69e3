"""What a person can do about a package that a finding is on: the one that is meant, a declaration, a name of one's own.

An action is planned here, over the text at hand, the manifests from its folder up to the project's root, what is open
beside it, and the settings; what the client gets is made of the plan elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, files
from vetline.doors import additions
from vetline.project import environment, manifest_edits
from vetline_analyzers import manifests
from vetline_analyzers.core.text import Edit, Snapshot, Span
from vetline_analyzers.core.universe import Ecosystem, of_purl
from vetline_analyzers.core.universe import package as named
from vetline_analyzers.sites import python
from vetline_analyzers.supply.distributions import module_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline.doors.lsp.exposure import Reach
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.universe import Package

ACTIONS = MEANT, DECLARE, OWN = "meant", "declare", "own"
_IMPORTS = "imports"  # the analyzer whose findings stand on modules, not on packages
_DECLARABLE = frozenset({"import/not-declared", "package/obscure", "package/unverified"})
_OWNABLE = frozenset({
    "package/nonexistent", "package/typosquat", "package/unverified", "package/obscure",
    "package/obscure-or-young", "import/not-declared",
})  # fmt: skip
_WRONG = "package/wrong-distribution"
_MOST_ENTRIES = 2_000  # of a folder that manifests are looked for in
_MOST_MANIFESTS = 30
_METADATA = 1_000_000  # bytes of an installed package's package.json
_INFO = re.compile(r"(?P<name>[^-]+)-(?P<version>[0-9][^-]*)\.dist-info")
_REQUIREMENTS = "requirements"  # files for pip may lie in a folder of that name


class Plan(NamedTuple):
    """What an action changes.

    Attributes:
        here: edits of the text at hand.
        there: of other files, open or not, what they hold and their edits, by URI.
        new: URIs of those that are to be made.
    """

    here: tuple[Edit, ...] = ()
    there: tuple[tuple[Snapshot, tuple[Edit, ...]], ...] = ()
    new: tuple[str, ...] = ()


def offers(snapshot: Snapshot, finding: Finding, reach: Reach) -> Iterator[tuple[str, str]]:
    """The actions on a finding's package: a word for `plan`, and the title. Asks the disk for names only."""
    package = of_purl(finding.package)
    if package is None:
        return
    if finding.meant:
        yield MEANT, f"Did you mean {finding.meant}?"
    if finding.rule in _DECLARABLE and finding.analyzer == _IMPORTS:
        ranked = (
            manifest_edits.rank(place, package.ecosystem) for place in _around(snapshot, reach)
        )
        if any(rank is not None for rank in ranked):
            yield DECLARE, f"Declare dependency {package.name}"
    if finding.rule in _OWNABLE and (reach.creates or _settings(reach)[1]):
        key, value = _own(snapshot, finding, package)
        what = "module" if key == "own-modules" else "package"
        yield OWN, f"This is our own {what}: {value}"


def plan(snapshot: Snapshot, finding: Finding, action: str, reach: Reach) -> Plan | None:
    """What an action changes; None when it does not apply any more.

    Args:
        snapshot: the text that the finding is in; of a notebook all its cells.
        finding: what was found.
        action: one of `offers`.
        reach: what may be touched.
    """
    package = of_purl(finding.package)
    if package is None:
        return None
    if action == MEANT:
        return _meant(snapshot, finding, package, reach)
    if action == DECLARE:
        return _declared(snapshot, package, reach)
    return _owned(snapshot, finding, package, reach)


# -- the package that is meant


def _meant(snapshot: Snapshot, finding: Finding, package: Package, reach: Reach) -> Plan | None:
    made: dict[str, tuple[Snapshot, tuple[Edit, ...]]] = {snapshot.uri: (snapshot, ())}
    for other, findings in reach.open():
        edits = {*_imports(other, finding, package, reach)}
        for found in findings:
            if (found.package, found.meant) == (finding.package, finding.meant):
                edits |= {*_in_text(other, found, package)}
        if edits:
            made.setdefault(other.uri, (other, tuple(sorted(edits))))
    for place in _around(snapshot, reach):
        manifest = _read(place, reach)
        if manifest is not None and manifest.uri not in made:
            edits = {*manifest_edits.renamed(place, manifest.text, package, finding.meant)}
            made[manifest.uri] = (manifest, tuple(sorted(edits)))
    here = _in_text(snapshot, finding, package)
    there = tuple(pair for pair in made.values() if pair[1])
    return Plan(here, there) if here or there else None


def _in_text(snapshot: Snapshot, finding: Finding, package: Package) -> tuple[Edit, ...]:
    """The edits that put the right name in the place of the wrong one, in the text of the finding."""
    own = finding.fix.edits if finding.fix else ()
    if finding.analyzer != _IMPORTS:
        edits = manifest_edits.renamed(snapshot.path, snapshot.text, package, finding.meant)
        return edits or own or (Edit(finding.span, finding.meant),)
    if (
        package.ecosystem is Ecosystem.PYPI
    ):  # the module has a name of its own: whoever found it knows
        return tuple(sorted({*own, *(use for edit in own for use in _uses(snapshot, edit))}))
    start, at = finding.span.start, snapshot.slice(finding.span).find(package.name)
    place = Span(start + at, start + at + len(package.name))
    return own or ((Edit(place, finding.meant),) if at >= 0 else ())


def _imports(
    snapshot: Snapshot, finding: Finding, package: Package, reach: Reach
) -> tuple[Edit, ...]:
    """The edits that rename a module in a text where nothing is found, for a manifest declares the wrong name."""
    if (package.ecosystem, snapshot.language) != (Ecosystem.PYPI, "python"):
        return ()
    new = module_of(finding.meant, reach.universe)
    # Of a wrong distribution the module is the right one: that is what gives it away.
    if not new or finding.rule == _WRONG or new == package.name.replace("-", "_"):
        return ()
    edits: set[Edit] = set()
    for one in python.found(snapshot.text, python.code(snapshot.text)):
        top = one.module.partition(".")[0]
        if top and named(Ecosystem.PYPI, top) == package:
            edit = Edit(Span(one.span.start, one.span.start + len(top)), new)
            edits |= {edit, *_uses(snapshot, edit)}
    return tuple(edits)


def _top(snapshot: Snapshot, finding: Finding) -> Span:
    """The top-level name of the module that a finding stands on."""
    start, written = finding.span.start, snapshot.slice(finding.span)
    return Span(start, start + len(written.partition(".")[0].rstrip()))


def _uses(snapshot: Snapshot, edit: Edit) -> Iterator[Edit]:
    """Where the code uses the module that `import NAME` binds, when that is what is edited."""
    text, (span, new) = snapshot.text, edit
    name = snapshot.slice(span)
    line = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    if not (name.isidentifier() and re.match(r"[ \t]*import\b", line)):
        return
    if re.match(r"[\w.]*[ \t]+as\b", text[span.end : span.end + 200]):
        return
    is_code = python.code(text)
    for match in re.finditer(rf"(?<![\w.]){re.escape(name)}(?!\w)", text):
        if match.start() != span.start and is_code(match.start()):
            yield Edit(Span(*match.span()), new)


# -- a declaration


def _declared(snapshot: Snapshot, package: Package, reach: Reach) -> Plan | None:
    by_folder: dict[PurePosixPath, list[tuple[int, str]]] = {}
    for place in _around(snapshot, reach):
        if (rank := manifest_edits.rank(place, package.ecosystem)) is not None:
            by_folder.setdefault(PurePosixPath(place).parent, []).append((rank, place))
    for ranked in by_folder.values():
        for _, place in sorted(ranked):
            other = _read(place, reach)
            if other is None:
                continue
            version = _version(package, other.path, reach)
            edits = manifest_edits.declared(place, other.text, package, version)
            if edits is not None:
                return Plan(there=((other, edits),)) if edits else None
    return None


def _version(package: Package, place: str, reach: Reach) -> str:
    """The version that is installed for a manifest's code; "" when none is."""
    if package.ecosystem is Ecosystem.NPM:
        for folder in PurePosixPath(place).parents:
            path = reach.root / folder / "node_modules" / package.name / "package.json"
            found = re.search(
                r'"version"\s{0,9}:\s{0,9}"([0-9][\w.+-]{0,99})"', disk.text(path, _METADATA)
            )
            if found:
                return found[1]
        return ""
    where = environment.find(reach.root, reach.root, reach.python, {})
    for site in environment.site_folders(where) if where else ():
        for name in _names(site):
            info = _INFO.fullmatch(name)
            if info and environment.normalised(info["name"]) == package.name:
                return info["version"]
    return ""


# -- a name of one's own


def _owned(snapshot: Snapshot, finding: Finding, package: Package, reach: Reach) -> Plan | None:
    path, exists = _settings(reach)
    key, value = _own(snapshot, finding, package)
    other = _read(files.relative(path, reach.root), reach) if exists else None
    if other is None:
        if exists or not reach.creates:
            return None
        other = Snapshot(files.uri_of(path), "toml", 0, "", path.name)
    edits = manifest_edits.listed(path.name, other.text, key, value)
    new = () if exists else (other.uri,)
    return Plan(there=((other, edits),), new=new) if edits else None


def _own(snapshot: Snapshot, finding: Finding, package: Package) -> tuple[str, str]:
    """The setting that calls a name one's own, and what goes into its list."""
    if finding.analyzer == _IMPORTS and package.ecosystem is Ecosystem.PYPI:
        return "own-modules", snapshot.slice(_top(snapshot, finding))
    return "internal-packages", package.name


def _settings(reach: Reach) -> tuple[Path, bool]:
    """The file that settings go into, and whether it is there."""
    if reach.settings is not None:
        return reach.settings, True
    project = reach.root / "pyproject.toml"
    return (project, True) if project.is_file() else (reach.root / "vetline.toml", False)


# -- files


def _around(snapshot: Snapshot, reach: Reach) -> list[str]:
    """The manifests from a text's folder up to the project's root, the nearest first, relative to the root."""
    places: list[str] = []
    for folder in PurePosixPath(snapshot.path).parents:
        for inner in (folder, folder / _REQUIREMENTS):
            for name in _names(reach.root / inner):
                place = (inner / name).as_posix()
                if manifests.of_path(place) is not None:
                    places.append(place)
    return places[:_MOST_MANIFESTS]


def _names(folder: Path) -> Iterable[str]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
    return names[:_MOST_ENTRIES]


def _read(place: str, reach: Reach) -> Snapshot | None:
    """A file of the project as the editor shows it, else as it is on the disk; None when it cannot be read."""
    try:
        found = additions.look(reach.root, place)
    except OSError:
        return None
    uri = files.uri_of(found.path)
    if (shown := reach.shown(uri)) is not None:
        return shown
    return Snapshot(uri, "text", 0, found.text, place) if found.raw is not None else None
