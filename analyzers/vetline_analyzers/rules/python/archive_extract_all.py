"""An archive that may write outside its folder."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    if not hit.uses("tarfile") or hit.keyword("filter") or hit.either(1, "members"):
        return None
    owner = hit.node.child_by_field_name("function")
    opened = owner is not None and "tarfile.open(" in hit.text(owner)
    if hit.uses("zipfile") and not opened:  # whose method it is is not known; zipfile's is careful
        return Report(_MESSAGE, persona=Persona.PEDANTIC, confidence=Confidence.LOW)
    arguments = hit.node.child_by_field_name("arguments")
    inside = arguments.named_children if arguments is not None else []
    fix = None
    if inside and inside[-1].type != "comment":
        edit = hit.insert_after(inside[-1], ', filter="data"')
        fix = Fix('Extract with filter="data"', (edit,), safe=True)
    return Report(_MESSAGE, fix=fix)


_MESSAGE = (
    "A member of this archive may be called `../…` or be a link out of the folder: "
    'extract with filter="data".'
)

RULE = PatternRule(
    id="python/archive-extract-all",
    title="Archive extracted without a filter",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(22,),
    page="""
Before Python 3.14 `tarfile` writes each member where its name says: `../../.ssh/authorized_keys` leaves
the folder, and a link in the archive can lead the next member anywhere.
""",
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
    ),
    same_as=("bandit/B202",),
    url="https://docs.python.org/3/library/tarfile.html#extraction-filters",
    methods=("extractall",),
    check=_check,
)
