"""package.json (docs.npmjs.com, "package.json"), with what Yarn and pnpm add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, json_places, npm_spec
from vetline_analyzers.manifests.json_places import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.manifests import Requirement

_KINDS = {
    "dependencies": (False, False),
    "devDependencies": (False, True),
    "peerDependencies": (True, False),
    "optionalDependencies": (True, False),
}
# The last name of "a>b", "**/b", "a/b@^1": the one whose version is forced.
_FORCED = late(r"(?:^|[>/ ])(?P<name>(?:@[^/@>\s]{1,214}/)?[^/@>\s*]{1,214})(?:@[^>]{0,214})?$")
_MAX_FORCED = 5_000  # dictionaries in one another


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "package.json"


def read(text: str) -> Reading:
    """What a text of this format says."""
    root, whole = json_places.read(text)
    found: list[Requirement] = []
    for kind, (optional, dev) in _KINDS.items():
        for name, spec in json_places.pairs(root, kind):
            if isinstance(spec, Text):
                found += _known(npm_spec.read(name, spec, optional=optional, dev=dev))
    for keys in (("overrides",), ("resolutions",), ("pnpm", "overrides")):
        found += _forced(json_places.below(root, *keys))
    own = json_places.string(root, "name")
    return Reading(
        tuple(sorted(found, key=lambda each: each.span)),
        own=(package(Ecosystem.NPM, own),) if own else (),
        missing="" if whole else "not valid JSON: it was read as far as possible",
    )


def _known(found: Requirement | None) -> list[Requirement]:
    return [found] if found is not None else []


def _forced(table: Any) -> Iterator[Requirement]:
    """What is to be installed in the place of what dependencies ask for; npm's may lie in one another."""
    waiting = [table]
    for one in waiting:  # grows while it is read
        for key, spec in json_places.pairs(one):
            if isinstance(spec, dict) and len(waiting) < _MAX_FORCED:
                waiting.append(spec)
            match = _FORCED.search(key)
            if match is None or not isinstance(spec, Text) or spec.startswith(("$", "-")):
                continue
            name = Text(match["name"])
            name.at = key.at + match.start("name")
            yield from _known(npm_spec.read(name, spec, optional=True))


MANIFEST = Manifest("package.json", matches, read, Ecosystem.NPM)
