"""One file a package manager: what its settings say of where packages come from.

Each file has `read(where) -> Iterator[Told]`, which reads what is there and raises nothing. Their formats and orders of
precedence are those of the tools' documentation; nothing of a tool is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf

if TYPE_CHECKING:
    from vetline.registries.index import Told
    from vetline.registries.where import Where


def read(where: Where) -> list[Told]:
    """What all tools' settings say."""
    return [told for reader in shelf.load(__name__, "read").values() for told in reader(where)]
