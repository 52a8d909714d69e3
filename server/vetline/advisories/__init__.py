"""What is known to be wrong with versions of packages: a dated store of OSV records, made by `vetline advisories update`.

Nothing is shipped: advisories of a month ago are not advisories. Without a store nothing counts as audited.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from vetline import places

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.advisories.store import Store

log = logging.getLogger(__name__)
_NAME = "advisories.store"


def place(chosen: str | Path | None = None) -> str:
    """Where the store lies: where the setting `advisories` says, else in the user's cache; "" without a home."""
    if chosen:
        return os.path.abspath(chosen)  # noqa: PTH100 - absolute() would keep ".."
    folder = places.cache_folder("advisories")
    return os.path.join(folder, _NAME) if folder else ""  # noqa: PTH118 - as `places` has it


def load(chosen: str | Path | None = None) -> Store | None:
    """The advisories at hand; None where there are none. A damaged store is said and counts as none.

    Args:
        chosen: the setting `advisories`, as a path.
    """
    from vetline.advisories.store import DamagedError, opened  # noqa: PLC0415 - `place` needs none of it

    path = place(chosen)
    if not path:
        return None
    try:
        return opened(path)
    except FileNotFoundError:
        if chosen:
            log.warning("setting advisories: %s is not there", path)
    except DamagedError as error:
        log.warning("%s", error)
    return None
