"""Files that may be anybody's: regular ones are read to a limit, and replaced at once or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from pathlib import Path

    _AnyPath = Path | str

_STREAMS = ("/dev/", "/proc/")
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe that took the file's place has no writer


class TooLargeError(OSError):
    """A file is over the limit; `size` is how many bytes it has at least."""

    def __init__(self, size: int, limit: int) -> None:
        """Say how large it is."""
        super().__init__(0, f"is {size / 1e6:.1f} MB, over the limit of {limit / 1e6:.1f} MB")
        self.size = size


def read(path: _AnyPath, limit: int) -> bytes:
    """The content of the regular file at `path`.

    Raises:
        TooLargeError: it has more than `limit` bytes.
        OSError: it is not there, is no regular file or cannot be read; `strerror` says why.
    """
    raw = head(path, limit + 1)
    if len(raw) > limit:
        raise TooLargeError(max(len(raw), os.stat(path).st_size), limit)  # noqa: PTH116 - as in `head`
    return raw


def head(path: _AnyPath, count: int) -> bytes:
    """The first `count` bytes of the regular file at `path`.

    Raises:
        OSError: as `read` does.
    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - pathlib is not for hooks
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(0, "is a folder")
        if not stat.S_ISREG(mode):  # a pipe would wait for its writer, a device has no end
            raise OSError(0, "is not a regular file")
        with open(path, "rb", opener=_open) as stream:
            return stream.read(count)
    except ValueError:  # a NUL in the name
        raise OSError(0, "is not a possible file name") from None


def replace(path: _AnyPath, old: bytes, new: bytes) -> None:
    """Put `new` in the place of `old` in a file, at once or not at all; its mode stays.

    A link keeps pointing to the file it points to.

    Raises:
        OSError: the file holds something else by now, may not be written or cannot be; `strerror`
            says why.
    """
    real = os.path.realpath(path)
    known = os.stat(real)  # noqa: PTH116 - as in `head`
    _may_be_replaced(real, known)

    def unchanged() -> None:
        if head(real, len(old) + 1) != old:
            raise OSError(0, "is another text by now")

    _put(real, new, known, unchanged)


def write(path: _AnyPath, content: bytes) -> None:
    """Make a file, or put `content` in the place of what it holds, at once or not at all; its mode stays.

    A link keeps pointing to the file it points to. What is no regular file, as a device or a pipe, is written to.

    Raises:
        OSError: it may not be written or cannot be; `strerror` says why.
    """
    real = os.path.realpath(path)
    try:
        known = os.stat(real)  # noqa: PTH116 - as in `head`
    except FileNotFoundError:
        known = None
    # /dev/stdout leads to the file that a shell has open and goes on writing to.
    is_stream = os.path.abspath(path).startswith(_STREAMS)  # noqa: PTH100 - as in `head`
    if is_stream or (known is not None and not stat.S_ISREG(known.st_mode)):
        with open(path, "wb") as stream:  # noqa: PTH123 - as in `head`
            stream.write(content)
        return
    if known is not None:
        _may_be_replaced(real, known)
    _put(real, content, known, None)


def _may_be_replaced(real: str, known: os.stat_result) -> None:
    if not known.st_mode & 0o222 or not os.access(real, os.W_OK):
        raise PermissionError(0, "is read-only")
    if known.st_nlink > 1:
        raise OSError(0, "is a hard link: its other names would keep the old text")


def _put(
    real: str, content: bytes, known: os.stat_result | None, check: Callable[[], None] | None
) -> None:
    """Write beside a file, let `check` object, and take the file's place."""
    part = os.path.join(os.path.dirname(real), f".vetline-{os.urandom(8).hex()}")  # noqa: PTH118, PTH120 - as in `head`
    try:
        with open(part, "xb", opener=_open_for_us if known else None) as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if known:
            _like(part, known)
        if check:
            check()
        os.replace(part, real)  # noqa: PTH105 - as in `head`
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)  # noqa: PTH108 - as in `head`


def create(path: _AnyPath, content: bytes) -> None:
    """Make a file that is not there yet; nothing takes the place of one that is, nor of a link.

    Raises:
        OSError: something is there by now, or it cannot be written.
    """
    try:
        with open(path, "xb") as stream:  # noqa: PTH123 - as in `head`
            stream.write(content)
    except FileExistsError:
        raise OSError(0, "is another file by now") from None


def _like(path: str, known: os.stat_result) -> None:
    """Give a new file the mode and, where that is allowed, the owner of the one it replaces."""
    with contextlib.suppress(OSError, AttributeError):
        os.chown(path, known.st_uid, known.st_gid)
    os.chmod(path, stat.S_IMODE(known.st_mode))  # noqa: PTH101 - as in `head`


def text(path: Path, limit: int) -> str:
    """The text of a file, what is not UTF-8 replaced; "" when `read` would raise."""
    try:
        return read(path, limit).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def names(folder: _AnyPath) -> list[str]:
    """The names of what is in a folder, in no order; none when it is not there or cannot be looked into."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - as in `head`
    except (OSError, ValueError):  # a NUL in the name
        return []


def reason(error: OSError) -> str:
    """Why a file could not be read, as the end of a sentence about it."""
    words = error.strerror or "unknown error"
    return words if words.startswith("is ") else f"cannot be read: {words[:1].lower()}{words[1:]}"


def is_virtualenv(names: Container[str]) -> bool:
    """Whether a folder with these entries is a virtual environment, nobody's source.

    A `pyvenv.cfg` alone does not make one: anybody could hide code with it.
    """
    programs = "bin" in names or "Scripts" in names
    return "pyvenv.cfg" in names and programs and ("lib" in names or "Lib" in names)


def _open_for_us(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _open(name: str, flags: int) -> int:
    return os.open(name, flags | _AT_ONCE)
