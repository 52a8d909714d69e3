"""Review files: how a request or a decision comes to lie under `.vetline/reviews/`, so that it travels with the code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vetline import disk, git, statement
from vetline.doors.options import UsageError

if TYPE_CHECKING:
    from vetline.statement import Signed
    from vetline.stores import Location


def put(location: Location, signed: Signed) -> str:
    """Write a statement's file, where the project is a git repository; what is there already stays.

    Returns:
        Its path, relative to the repository's root; "" outside of one, where nothing carries it.

    Raises:
        UsageError: it cannot be written, or a link leads elsewhere.
    """
    if git.git_dir(location.base) is None:
        return ""
    path, content = statement.to_file(signed)
    file = location.base / path
    try:
        if os.path.realpath(file) != os.path.join(os.path.realpath(location.base), path):  # noqa: PTH118 - a loop of links raises nothing here
            raise UsageError(f"{path} leads elsewhere: remove the link")
        file.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(file) and disk.read(file, statement.LIMIT) == content:
            return path
        disk.write(file, content)
    except OSError as error:
        raise UsageError(f"{path} {disk.reason(error)}: the review would not travel") from None
    return path
