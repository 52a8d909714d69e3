"""Which files a project's facts are read from, so that an editor's client tells when one changes."""

from __future__ import annotations

from pathlib import Path

from vetline.project import declared, node, node_aliases
from vetline.project import tree as trees
from vetline.registries import where

_OWN = frozenset(
    {"vetline.toml", "pyvenv.cfg", "fingerprint-key", "baseline", ".secrets.baseline", ".gitignore"}
)
_SCRIPTS = "{js,cjs,mjs,ts,cts,mts,json}"

# As clients take them (LSP 3.17, `Pattern`), any folder before them. They are wider than what counts, and cheap.
GLOBS = (
    *(f"*{ending}" for ending in trees.TELLING),
    f"{{{','.join(node_aliases.BUNDLERS)},electron}}*.{_SCRIPTS}",
    ".babelrc*",
    ".npmrc",
    ".yarnrc",
    "pip.{conf,ini}",
    *sorted(name for name in _OWN if not name.endswith(trees.TELLING)),
)


def counts(path: str) -> bool:
    """Whether a change of the file at that POSIX path, its folders with it, may change the facts of its project."""
    name = path.rpartition("/")[2]
    return (
        name in _OWN
        or node.is_mark(name)
        or node_aliases.BUNDLER.fullmatch(name) is not None
        or where.is_settings(Path(path))
        or declared.is_declaration(path)
    )
