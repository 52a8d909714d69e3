"""What a project is written in: the languages and kinds of documents of its files, and the packages that it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, files
from vetline.files import Found
from vetline.project import declared, node
from vetline.project import tree as trees
from vetline_analyzers import languages
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.syntax.document import kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MAX_FILES = 50_000
_MAX_DOCUMENTS = 300  # YAML files that are read to see what they are
_LARGEST = 200_000  # bytes of one
# Whose rules hold for a language or a document.
_FAMILIES = {
    "typescript": "javascript", "tsx": "javascript",
    "workflow": "github-actions", "action": "github-actions",
}  # fmt: skip


class Written(NamedTuple):
    """What was found.

    Attributes:
        families: families of rules on these languages and documents: "python", "javascript", "dockerfile", "compose".
        packages: names of packages that its manifests declare, in PyPI's normal form or as npm writes them.
    """

    families: frozenset[str]
    packages: frozenset[str]


def read(root: Path, exclude: Sequence[str] = ()) -> Written:
    """What the project at `root` is written in. Walks its folders as git would; nothing of it is run.

    Args:
        root: its folder.
        exclude: patterns of files that do not count, as in `.gitignore`.
    """
    found: set[str] = set()
    documents = 0
    for number, item in enumerate(files.discover([root], root, exclude)):
        if number >= _MAX_FILES:
            break
        if not isinstance(item, Found):
            continue
        language = languages.of_path(item.place)
        if language.name == "yaml":
            documents += 1
            found.update(_kinds(item) if documents <= _MAX_DOCUMENTS else ())
        elif language is not languages.TEXT:
            found.add(_FAMILIES.get(language.name, language.name))
    tree = trees.walk(root)
    named = {name for one in node.read(root, tree.scripts) for name in one.declared}
    return Written(frozenset(found), frozenset({*declared.read(tree.declarations), *named}))


def _kinds(item: Found) -> set[str]:
    """Which of the documents that rules know a YAML file holds."""
    text = disk.text(item.path, _LARGEST)
    reading = kind.read(Snapshot(item.place, "yaml", 0, text), {})
    return {_FAMILIES.get(document.kind, document.kind) for document in reading.documents}
