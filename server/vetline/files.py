"""Files: which to check, and what their text is. Nothing here is cached."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from vetline import disk
from vetline.git import git_dir
from vetline_analyzers import languages, manifests
from vetline_analyzers.core.text import Snapshot, line_starts
from vetline_analyzers.engine import Failure
from vetline_analyzers.places import is_lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NOTEBOOK = (
    "is a notebook: its secrets, hidden characters, imports and install commands were looked at; insecure patterns, the "
    "flow of data and members of modules were not (an editor looks at them in each cell)"
)
LIMIT = 2_000_000  # bytes, unless the settings say otherwise

# Never anybody's source, ignored by git or not. Environments are told by what is in them.
SKIPPED = {
    *(
        ".git",
        ".hg",
        ".svn",
        ".jj",
        ".venv",
        ".tox",
        ".nox",
        ".eggs",
        "node_modules",
        "__pycache__",
    ),
    *("bower_components", "__pypackages__", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
    *(".hypothesis", ".import_linter_cache", ".pytype", ".cache", ".vetline"),
}
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(rb"[ \t\f]*(?:#|$)")
_SHEBANG = re.compile(rb"#![^\n]*\b(?P<javascript>node)|#![^\n]*\b(?P<python>python)")
_BOMS = {  # UTF-32's begins with UTF-16's
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_HEAD = 8192  # bytes that tell a binary file
_DRIVE = re.compile(r"/[A-Za-z]:")


class Found(NamedTuple):
    """A file to check.

    Attributes:
        path: where it is.
        place: the same relative to the root, POSIX; what is reported.
        named: somebody asked for this very file.
    """

    path: Path
    place: str
    named: bool = False


class Reading(NamedTuple):
    """What reading a file gave: its text, what could not be checked of it, or both.

    It is neither when the file is a binary one that nobody named.
    """

    snapshot: Snapshot | None = None
    failures: tuple[Failure, ...] = ()


class _Folder(NamedTuple):
    """A folder to walk, its place with a slash at the end, and the rules of those above it."""

    path: str
    place: str
    rules: tuple[_Rules, ...]


class _Rules(NamedTuple):
    """Ignore patterns and the length of the path, with its slash, of the folder they hold in."""

    spec: Any
    base: int


def discover(
    paths: Sequence[Path], root: Path, exclude: Sequence[str] = (), tracked: Sequence[str] = ()
) -> Iterator[Found | Failure]:
    """The files to check, folder by folder in the order of their names, each once.

    Folders are walked as git would: `.gitignore` files and `.git/info/exclude` hold, links are not
    followed. A file or folder that is named is checked whatever they say.

    Args:
        paths: files and folders.
        root: the folder that reported paths and `exclude` are relative to.
        exclude: patterns as in `.gitignore`, for what is found in folders.
        tracked: files, relative to the root, that are found in their folders whatever git is told to ignore; links among
            them are followed.

    Yields:
        Files as they are found, and a Failure for what is not there or cannot be looked into.
    """
    seen: set[str] = set()
    for path in paths:
        name = os.path.abspath(path)  # noqa: PTH100 - ".." goes without following links
        if os.path.isdir(name):  # noqa: PTH112 - never raises
            items: Iterable[Found | Failure] = _walk(name, root, exclude)
        elif os.path.lexists(name):
            items = [found_at(path, root)]
        else:
            items = [Failure(relative(path, root), "no such file or folder")]
        for item in items:
            if isinstance(item, Found):
                if item.place in seen:
                    continue
                seen.add(item.place)
            yield item
    tops = tuple(os.path.join(os.path.abspath(path), "") for path in paths)  # noqa: PTH100, PTH118 - as above
    spec: Any = _spec(exclude) if tracked else None
    for place in tracked:
        name = os.path.join(os.path.abspath(root), place)  # noqa: PTH100, PTH118 - as above
        is_file = os.path.isfile(name)  # noqa: PTH113 - never raises
        if is_file and place not in seen and name.startswith(tops) and not spec.match_file(place):
            yield Found(Path(name), place)


def found_at(path: Path, root: Path) -> Found:
    """The file at `path`, named by somebody."""
    return Found(Path(os.path.abspath(path)), relative(path, root), named=True)  # noqa: PTH100 - ".." goes without following links


def _walk(top: str, root: Path, exclude: Sequence[str]) -> Iterator[Found | Failure]:
    place = relative(Path(top), root)
    outer = _rules_above(top)
    excluded = _spec(exclude) if exclude else None
    # The folder was named: what leaves it out as a whole does not hold inside.
    if _ignored(top, outer, folder=True):
        outer = ()
    if excluded and excluded.match_file(place + "/"):
        excluded = None
    stack: list[_Folder | Found] = [_Folder(top, "" if place == "." else place + "/", outer)]
    while stack:
        if isinstance(item := stack.pop(), Found):
            yield item
            continue
        try:
            with os.scandir(item.path) as scan:
                entries = sorted(scan, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Failure(item.place.rstrip("/") or ".", disk.reason(error))
            continue
        stack += _inside(item, entries, excluded, is_top=item.path == top)


def _inside(
    folder: _Folder, entries: list[os.DirEntry[str]], excluded: Any, *, is_top: bool
) -> Iterator[_Folder | Found]:
    """The folders to walk and the files to check in a folder."""
    names = {entry.name for entry in entries}
    if disk.is_virtualenv(names) and not is_top:
        return
    # The rules of a repository end where another one begins.
    rules = _rules_in(folder.path, names, () if ".git" in names else folder.rules)
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder and (entry.name in SKIPPED or entry.name.endswith(".egg-info")):
            continue
        if not is_folder and not entry.is_file(follow_symlinks=False):
            continue
        place = folder.place + entry.name + ("/" if is_folder else "")
        if (excluded and excluded.match_file(place)) or _ignored(
            entry.path, rules, folder=is_folder
        ):
            continue
        yield _Folder(entry.path, place, rules) if is_folder else Found(Path(entry.path), place)


def _spec(lines: Iterable[str]) -> Any:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - not everybody ignores something

    good = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line], backend="simple")
        except ValueError:
            continue  # git passes over what it does not understand, too
        good.append(line)
    return GitIgnoreSpec.from_lines(good, backend="simple")


def _rules_in(folder: str, names: set[str], rules: tuple[_Rules, ...]) -> tuple[_Rules, ...]:
    """The rules that hold in a folder of these entries, the most local last."""
    base = len(folder.rstrip(os.sep)) + 1
    sources = []
    if ".git" in names and (git := git_dir(Path(folder))):
        sources.append(git / "info" / "exclude")
    if ".gitignore" in names:
        sources.append(Path(folder, ".gitignore"))
    for source in sources:
        if lines := disk.text(source, LIMIT).splitlines():
            rules = (*rules, _Rules(_spec(lines), base))
    return rules


def _rules_above(folder: str) -> tuple[_Rules, ...]:
    """The rules of the repository's folders above `folder`."""
    chain: list[Path] = []
    for parent in (Path(folder), *Path(folder).parents):
        chain.append(parent)
        if os.path.lexists(parent / ".git"):
            break
    else:
        return ()
    rules: tuple[_Rules, ...] = ()
    for parent in reversed(chain[1:]):
        names = {name for name in (".git", ".gitignore") if os.path.lexists(parent / name)}
        rules = _rules_in(str(parent), names, rules)
    return rules


def _ignored(path: str, rules: tuple[_Rules, ...], *, folder: bool) -> bool:
    for spec, base in reversed(rules):
        inner = path[base:].replace(os.sep, "/")
        if not folder:
            verdict = spec.check_file(inner).include
        else:  # check_file weighs `!*/` for what lies in the folder, not for the folder
            matches = (p.include for p in reversed(spec.patterns) if p.match_file(inner + "/"))
            verdict = next(matches, None)
        if verdict is not None:
            return bool(verdict)
    return False


def read(found: Found, limit: int = LIMIT) -> Reading:
    """The text of a file; one of more than `bound` has for it is not read."""
    path, place, named = found
    limit = bound(place, limit)
    try:
        return of_bytes(disk.read(path, limit), uri_of(path), place, named=named)
    except disk.TooLargeError as error:
        known = named or languages.of_path(place) is not languages.TEXT
        if not known and _is_binary(path):
            return Reading()
        return _not_checked(place, f"{error.strerror}: raise max-file-size or exclude it")
    except OSError as error:
        return _not_checked(place, disk.reason(error))


def of_bytes(raw: bytes, uri: str, place: str, *, named: bool = False) -> Reading:
    """The reading of a file of that content; `place` is its path relative to the root."""
    language = _language(place, raw)
    known = language != languages.TEXT.name
    text, reason = decode(raw, language)
    if "\0" in text:
        if not known:
            return _not_checked(place, "is a binary file") if named else Reading()
        reason = reason or "has NUL characters in it; it was checked as far as possible"
    snapshot = Snapshot(uri, language, 0, text, place)
    if place.lower().endswith(".ipynb"):
        return Reading(snapshot, (Failure(place, _NOTEBOOK),))
    if reason and (known or named):
        return Reading(snapshot, (Failure(place, reason),))
    return Reading(snapshot)


def bound(place: str, limit: int) -> int:
    """How many bytes of the file at a place are read, where the settings say `limit`.

    Of a manifest or a lock file at least as many as are read where it vouches for imports.
    """
    form = manifests.of_path(place)
    if form is not None:
        return max(limit, form.limit)
    return max(limit, manifests.LOCK_LIMIT) if is_lock(place) else limit


def _not_checked(place: str, reason: str) -> Reading:
    return Reading(failures=(Failure(place, reason),))


def decode(raw: bytes, language: str = "") -> tuple[str, str]:
    """The text that `raw` means, without a byte order mark, and what is wrong with it or "".

    What cannot be decoded becomes U+FFFD, so that the rest can be checked.
    """
    for mark, encoding in _BOMS.items():
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], encoding)
    encoding = _cookie(raw) if language == "python" else ""
    if encoding and not _reads_ascii(encoding):
        return _decoded(raw, "utf-8")[0], f"declares an encoding we do not know: {encoding[:40]}"
    return _decoded(raw, encoding or "utf-8")


def encode(text: str, raw: bytes, language: str = "") -> bytes:
    """`text` as bytes, in the encoding and with the byte order mark of the file that held `raw`.

    Raises:
        ValueError: the encoding of `raw` is not known for sure, or cannot hold `text`.
    """
    mark, encoding = next(((m, e) for m, e in _BOMS.items() if raw.startswith(m)), (b"", ""))
    if not encoding:
        encoding = (_cookie(raw) if language == "python" else "") or "utf-8"
        if not _reads_ascii(encoding):
            raise ValueError("declares an encoding we do not know")
    try:
        if mark + raw[len(mark) :].decode(encoding).encode(encoding) == raw:
            return mark + text.encode(encoding)
    except UnicodeError:
        pass
    raise ValueError(f"is not plain {encoding.upper()}")


def _decoded(raw: bytes, encoding: str) -> tuple[str, str]:
    try:
        return raw.decode(encoding), ""
    except UnicodeError as error:
        good = raw[: error.start] if isinstance(error, UnicodeDecodeError) else b""
        line = len(line_starts(good.decode(encoding, "replace")))
        reason = f"not valid {encoding.upper()} at line {line}; the rest was checked"
        return raw.decode(encoding, "replace"), reason


def _cookie(raw: bytes) -> str:
    """The encoding that a Python file declares (PEP 263), "" when none."""
    for line in re.split(rb"\r\n|\n|\r", raw[:_HEAD], maxsplit=2)[:2]:
        if match := _COOKIE.match(line):
            return match[1].decode("ascii")
        if not _BLANK.match(line):
            break
    return ""


def _reads_ascii(encoding: str) -> bool:
    """Whether Python would read source in it; `idna` takes ages on a long text."""
    sample = b"# coding: x"
    try:
        codec = codecs.lookup(encoding).name
        return codec != "idna" and sample.decode(encoding) == sample.decode("ascii")
    except (LookupError, ValueError, UnicodeError):
        return False


def _language(place: str, raw: bytes) -> str:
    found = languages.of_path(place)
    if found is languages.TEXT and (shebang := _SHEBANG.match(raw[:_HEAD])):
        return shebang.lastgroup or found.name
    return found.name


def _is_binary(path: Path) -> bool:
    try:
        head = disk.head(path, _HEAD)
    except OSError:
        return False
    return b"\0" in head and not head.startswith(tuple(_BOMS))


def relative(path: Path, root: Path) -> str:
    """`path` relative to `root`, POSIX; with ".." when it lies outside."""
    name = os.path.abspath(path)  # noqa: PTH100 - ".." goes without following links
    with contextlib.suppress(ValueError):  # another drive
        name = os.path.relpath(name, root.absolute())
    return name.replace(os.sep, "/")


def uri_of(path: Path) -> str:
    """The file URI of a path."""
    return path.absolute().as_uri()


def path_of(uri: str, *, windows: bool = os.name == "nt") -> Path | None:
    """The path that a file URI means; None when it means none here."""
    try:
        parts = urlsplit(uri)
        name = os.fsdecode(unquote_to_bytes(parts.path))
    except ValueError:
        return None
    host = "" if parts.netloc == "localhost" else parts.netloc
    if parts.scheme != "file" or not name.startswith("/") or "\0" in name or (host and not windows):
        return None
    if windows and _DRIVE.match(name):
        name = name[1:]
    return Path(f"//{host}{name}" if host else name)
