"""The files that say which packages a project needs: one file a format, for all who ask what stands there.

Analyzers ask it for findings, the server for a project's facts, `check` for what was audited and `sbom` for what there
is. Reading is a function of path and text; it resolves nothing and includes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core import shelf
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.core.text import Span
    from vetline_analyzers.core.universe import Package

LIMIT = 2_000_000  # bytes or characters of a manifest that are read, by whomever
LOCK_LIMIT = 10 * LIMIT  # of a lock file; it is gone through in a second or two


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One package that a file asks for or locks.

    Attributes:
        package: which.
        span: its name as it stands there: where a finding stands and what a fix replaces.
        written: the name as it is written.
        specifier: what is said of its version, as written: ">=2,<3", "^1.2.0"; "" for nothing.
        version: the one version that it comes in, where the file says so: "==2.1.0", a lock's version.
        version_span: where `specifier` stands, in a lock file its version; None where there is none.
        hashed: a hash of what is installed stands beside it.
        source: where it comes from when that is not the public registry: a URL or a path, "git+https://…",
            "registry+https://…" for another index, "conda:CHANNEL" for a package of conda, which has names of its own.
        optional: only in an extra, a group, for other circumstances (an environment marker).
        dev: it is needed for development only.
    """

    package: Package
    span: Span
    written: str
    specifier: str = ""
    version: str = ""
    version_span: Span | None = None
    hashed: bool = False
    source: str = ""
    optional: bool = False
    dev: bool = False

    @property
    def is_proved(self) -> bool:
        """Whether a lock that names it was had from somewhere: a hash or a place tells, a name anybody can write."""
        return self.hashed or bool(self.source)


class Reading(NamedTuple):
    """What a file says.

    Attributes:
        requirements: in the order of the text.
        locks: it is a lock file: everything that is installed stands in it, with one version each.
        own: packages that it says the project is (`[project] name`, package.json's `name`).
        includes: other manifests it takes in (`-r base.txt`), relative to its folder.
        indexes: index URLs it names, extra ones too, in their order, credentials masked.
        extra_index: it lets more than one index answer for any name (`--extra-index-url`).
        missing: what could not be read of it, one line without its text; "" for nothing.
    """

    requirements: tuple[Requirement, ...] = ()
    locks: bool = False
    own: tuple[Package, ...] = ()
    includes: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    extra_index: bool = False
    missing: str = ""


class Manifest(NamedTuple):
    """One format: each file of this folder has one as `MANIFEST`.

    Attributes:
        name: as people call it: "poetry.lock".
        matches: whether a file of that POSIX path is one.
        read: what a text of it says; never raises, whatever the text is.
        ecosystem: whose packages stand in it.
        locks: it is a lock file, whatever a text of it says.
    """

    name: str
    matches: Callable[[str], bool]
    read: Callable[[str], Reading]
    ecosystem: Ecosystem = Ecosystem.PYPI
    locks: bool = False

    @property
    def limit(self) -> int:
        """How many characters of it are read: what vouches for an import is checked itself, and the reverse."""
        return LOCK_LIMIT if self.locks else LIMIT


@cache
def _all() -> tuple[Manifest, ...]:
    return tuple(shelf.load(__name__, "MANIFEST").values())


def of_path(path: str) -> Manifest | None:
    """The format of the file at a POSIX path; None when it is no manifest."""
    return next((format_ for format_ in _all() if format_.matches(path)), None)
