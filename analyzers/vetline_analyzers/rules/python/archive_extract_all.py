"""An archive that may write outside its folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.syntax.around import extended
from vetline_analyzers.syntax.python_web import last_part
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_CHECKED = re.compile(
    r"\.\.|commonpath|commonprefix|is_relative_to|relative_to|realpath|abspath|resolve\(|isabs|islnk|issym"
    r"|\w*(?:safe|sanit|valid)\w*\(|extraction_filter"
)
_TAR_NAME = re.compile(r"(?:\w*_)?tar(?:_?(?:file|ball|archive|obj|ref))?(?:_\w+)?")
_TAR = re.compile(r"\.tar\b|\.tgz|\.t[bx]z|tar(?:file)?[._]|gztar|bztar|xztar", re.IGNORECASE)


def _check(hit: Hit) -> Report | None:
    if hit.keyword("filter") is not None:
        return None
    if hit.name == "shutil.unpack_archive":
        return _unpacked(hit)
    if last_part(hit) == "extractall" and hit.either(1, "members") is not None:
        return None
    owner = _owner(hit)
    opened = owner is not None and ("tarfile" in _made(hit, owner) or _is_tar(hit, owner))
    if not opened and (not hit.uses("tarfile") or "zipfile" in _made(hit, owner)):
        return None
    if _CHECKED.search(hit.before()):
        return None
    if not opened and hit.uses("zipfile"):  # whose method it is is not known; zipfile's is careful
        return Report(_MESSAGE, persona=Persona.PEDANTIC, confidence=Confidence.LOW)
    return Report(_MESSAGE, fix=_fix(hit))


def _owner(hit: Hit) -> Node | None:
    function = callee(hit.node)
    return function.child_by_field_name("object") if function is not None else None


def _is_tar(hit: Hit, owner: Node) -> bool:
    """Whether only the name of an archive is left to say what it is."""
    return hit.is_excerpt() and _TAR_NAME.fullmatch(hit.text(owner)) is not None


def _made(hit: Hit, owner: Node | None) -> str:
    """Which library's opener the thing whose method is called comes from, "" when that is not seen."""
    if owner is None:
        return ""
    if owner.type != "identifier":
        return hit.resolve(callee(owner)) if owner.type == "call" else ""
    opened = re.search(
        rf"(?:\b(\w+)\.)?(\w+)\([^()]{{0,99}}(?:\([^()]{{0,99}}\))?[^()]{{0,99}}\)\s+as\s+{re.escape(hit.text(owner))}\b",
        hit.before(),
    )
    if opened:
        named = ".".join(part for part in opened.groups() if part)
        aliases = hit.scope.context.aliases.get(named.partition(".")[0], (named,))
        return f"{aliases[0]} {named}"
    return " ".join(hit.resolve(callee(v)) for v in hit.scope.values(owner) if v.type == "call")


def _unpacked(hit: Hit) -> Report | None:
    name, kind = hit.argument(0), hit.either(2, "format")
    known = " ".join(filter(None, (hit.string(name), hit.string(kind))))
    if known and not _TAR.search(known):
        return None
    if (name is not None and hit.constant(name)) or _CHECKED.search(hit.before()):
        return None
    return Report(_MESSAGE, fix=_fix(hit), tentative=not known)


def _fix(hit: Hit) -> Fix | None:
    """Not safe: old releases of Python know no filter, and it refuses absolute links."""
    add = extended(hit, 'filter="data"')
    given = hit.node.child_by_field_name("arguments")
    if add is None or given is None or not given.named_child_count:
        return None
    return Fix('Extract with filter="data"', (add,), safe=False)


_MESSAGE = (
    "A member of this archive may be called `../…` or be a link out of the folder: "
    'extract with filter="data".'
)

RULE = PatternRule(
    id="python/archive-extract-all",
    title="Archive extracted without a filter",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(22, 59),
    page="""
Before Python 3.14 `tarfile` writes each member where its name says: `../../.ssh/authorized_keys` leaves
the folder, and a link in the archive can lead the next member anywhere. `shutil.unpack_archive` does the
same with tar files, and so does extracting the members one by one.
""",
    attack="Uploads a tar whose member is called `../../home/app/.ssh/authorized_keys`.",
    advice='Pass `filter="data"` (Python 3.12, and security releases since 3.8).',
    bad=(
        """\
import tarfile

def unpack(path, to):
    tarfile.open(path).extractall(to)
""",
        """\
import tarfile

def unpack(path):
    with tarfile.open(path) as tar:
        tar.extractall(path='x')
""",
        """\
import tarfile

def unpack(path, to):
    with tarfile.open(path) as tar:
        for member in tar:
            tar.extract(member, to)
""",
        """\
from shutil import unpack_archive

def unpack(upload, to):
    unpack_archive(upload.path, to, "gztar")
""",
    ),
    good=(
        """\
import tarfile

def unpack(path, to):
    tarfile.open(path).extractall(to, filter="data")
""",
        """\
import zipfile

def unpack(path, to):
    zipfile.ZipFile(path).extractall(to)
""",
        """\
import os
import tarfile

def unpack(path, to):
    with tarfile.open(path) as tar:
        for member in tar:
            if not os.path.realpath(os.path.join(to, member.name)).startswith(to + os.sep):
                raise ValueError(member.name)
            tar.extract(member, to)
""",
        """\
import shutil

shutil.unpack_archive("assets.zip", folder)
""",
    ),
    same_as=("bandit/B202",),
    url="https://docs.python.org/3/library/tarfile.html#extraction-filters",
    names=("shutil.unpack_archive",),
    methods=("extractall", "extract"),
    check=_check,
)
