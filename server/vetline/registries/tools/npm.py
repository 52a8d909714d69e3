"""npm and pnpm: .npmrc of the project, the user and the whole machine, pnpm's own files, variables.

Precedence as npm's documentation has it ("npmrc"): variables, the project's file, the user's, the machine's. A scope's
registry alone is asked for its packages, so nothing mixes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from vetline.registries import npmrc
from vetline.registries import where as places
from vetline.registries.index import Told
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vetline.registries.npmrc import Npmrc
    from vetline.registries.where import Where

_PREFIX = "npm_config_"


def read(where: Where) -> Iterator[Told]:
    """What npm and pnpm would ask, if anything tells of it."""
    environment = _of_environment(where.environ)
    projects = [*_of_project(where)]
    users = [*_of_user(where)]
    ours: npmrc.Logins = {}
    theirs: npmrc.Logins = {}
    for said, logins in ((users[::-1], ours), (projects, theirs)):
        for one in said:
            logins.update(one.logins)
    ours.update(environment.logins)
    scopes = {}
    for one in (*reversed(users), *projects, environment):
        scopes.update(one.scopes)
    default = next(
        (one.registry for one in (environment, *reversed(projects), *users) if one.registry), None
    )
    if default is None and not scopes:
        return
    pinned = tuple(
        (f"{scope}/*", npmrc.let_in(one, ours, theirs)) for scope, one in sorted(scopes.items())
    )
    first = (npmrc.let_in(default, ours, theirs),) if default else ()
    yield Told("npm", Ecosystem.NPM, first, pinned=pinned)


def _of_environment(environ: Mapping[str, str]) -> Npmrc:
    pairs = [
        (name[len(_PREFIX) :].lower() if "//" not in name else name[len(_PREFIX) :], value)
        for name, value in environ.items()
        if name.lower().startswith(_PREFIX) and value
    ]
    return npmrc.of_pairs(pairs, "environment npm_config_registry", own=True)


def _of_project(where: Where) -> Iterator[Npmrc]:
    """The project's files, the outermost folder's first."""
    for path in where.named(".npmrc"):
        yield npmrc.parse(places.text(path), path.name, own=False)
    for path in where.named("pnpm-workspace.yaml"):
        data = where.table(path)
        listed = data.get("registries")
        listed = listed if isinstance(listed, dict) else {}
        pairs = [
            ("registry" if name == "default" else f"{name}:registry", str(url))
            for name, url in listed.items()
        ]
        if isinstance(data.get("registry"), str):
            pairs.insert(0, ("registry", data["registry"]))
        yield npmrc.of_pairs(pairs, path.name, own=False)


def _of_user(where: Where) -> Iterator[Npmrc]:
    """The user's files and the machine's, what counts most first."""
    environ = {name.lower(): value for name, value in where.environ.items()}
    files = [Path(environ["npm_config_userconfig"])] if environ.get("npm_config_userconfig") else []
    if not files and where.home:
        files = [where.home / ".npmrc"]
    files += [folder / "pnpm" / "rc" for folder in where.configurations()]
    if named := environ.get("npm_config_globalconfig"):
        files.append(Path(named))
    elif prefix := _prefix(where):
        files.append(prefix / "etc" / "npmrc")
    for path in files:
        yield npmrc.parse(places.text(path), path.name, own=True, environ=where.environ)


def _prefix(where: Where) -> Path | None:
    """Where npm keeps what is the whole machine's: beside the folder with Node's program."""
    if told := where.environ.get("PREFIX"):
        return Path(told)
    node = shutil.which("node", path=where.environ.get("PATH", ""))
    return Path(node).parent.parent if node else None
