"""`vetline git-hook NAME [ARGS]`: what git's hooks call, so that who wrote a line is known of commits.

Its exit code is 0 and it prints nothing; of what goes wrong it says one line. `pre-push` is another matter: it asks the
gate (`pre_push.py`), and what it says no to is not pushed. Where nothing was recorded
yet it looks at a few files and is gone: git is not run and nothing heavy is imported.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING

from vetline import disk, places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from vetline.authors import Authors
    from vetline.places import Place
    from vetline.provenance import Attribution
    from vetline_analyzers.core.text import Snapshot

# ruff: noqa: PTH110, PTH112, PTH113, PTH118, PTH208 - pathlib costs a hook 5 ms
_USAGE = """usage: vetline git-hook NAME [ARGS] [< INPUT]

Called by git's hooks NAME (prepare-commit-msg, post-commit, post-rewrite, post-merge, pre-push) with what git
gives them; `vetline install-hooks --git` sets them up.
"""
_SECONDS = 10.0  # that git may be kept waiting
_GRACE = 2.0  # more, in which to end by ourselves
_INPUT = 1_000_000  # characters of what git says was rewritten
_REFS = 64_000_000  # bytes
_MOST = 300  # characters of what is said


def main(argv: list[str]) -> int:
    """Do what a hook of git's asks for. Exit 0; 2 when there is no such hook."""
    if argv in (["--help"], ["-h"]):
        sys.stdout.write(_USAGE)
        return 0
    if argv[:1] == ["pre-push"]:
        from vetline.doors import pre_push

        return pre_push.main(argv[1:])
    hook = _HOOKS.get(argv[0]) if argv else None
    if hook is None:
        sys.stderr.write(_USAGE)
        return 2
    watch = threading.Timer(_SECONDS + _GRACE, _give_up, [argv[0]])
    watch.daemon = True
    watch.start()
    try:
        _try(argv[0], _call, hook, argv[1:])
    finally:
        watch.cancel()
    return 0


def _call(hook: Callable[[Place, list[str]], None], arguments: list[str]) -> None:
    place = places.place_of(os.curdir)
    if place.base:
        hook(place, arguments)


def _try(name: str, do: Callable[..., None], *arguments: object) -> None:
    try:
        do(*arguments)
    except Exception as error:  # noqa: BLE001 - a commit is not to fail for a fault of ours
        _tell(name, str(error) or type(error).__name__)


def _tell(name: str, what: str) -> None:
    from vetline.formats import visible

    line = visible(" ".join(what.split()))[:_MOST]
    sys.stderr.write(f"vetline git-hook {name}: {line}\n")


def _give_up(name: str) -> None:
    """End, since something does not come back; git goes on."""
    os.write(2, f"vetline git-hook {name}: took over {_SECONDS + _GRACE:g} s\n".encode())
    os._exit(0)


# -- the hooks


def _prepare_commit_msg(place: Place, _arguments: list[str]) -> None:
    if not _is_made_of_others(place) or not _has_notes(place):
        return
    from pathlib import Path

    from vetline import history

    history.prepare(Path(place.base), seconds=_SECONDS)


def _post_commit(place: Place, _arguments: list[str]) -> None:
    try:
        if _is_known(place):
            _record(place)
    finally:
        if not _is_in_a_rebase(place):  # it ends with a hook of its own
            _keep("post-commit", place)


def _keep(name: str, place: Place) -> None:
    """Anchor the ledger at the commit, and let go of texts that are older than the settings let them be.

    What goes wrong with one keeps nobody from the other.
    """
    _try(name, _anchor, place)
    _try(name, _let_go, place)


def _anchor(place: Place) -> None:
    folders = (*place.folders, *place.former)
    if any(name == "ledger.db" or name.startswith("team-") for name in _names(folders)):
        from datetime import UTC, datetime
        from pathlib import Path

        from vetline import anchors, ledger, stores

        root, now = Path(place.base), ledger.timestamp(datetime.now(UTC))
        anchors.write(root, stores.locate(root), at=now, seconds=_SECONDS)


def _let_go(place: Place) -> None:
    if "provenance.db" in _names((*place.folders, *place.former)):
        from pathlib import Path

        from vetline.doors.audit import erasing

        erasing.retain(Path(place.base))


def _names(folders: Iterable[str]) -> set[str]:
    return {name for folder in folders for name in disk.names(folder)}


def _record(place: Place) -> None:
    from pathlib import Path

    from vetline import history

    root = Path(place.base)

    @cache
    def authors() -> Authors:
        """Only when asked for: what is picked or rebased was not written now."""
        from vetline import config
        from vetline.authors import Authors

        opened = Authors(root, store_text=config.load(root).settings.store_text)
        opened.drain()
        return opened

    @cache
    def reported() -> set[str]:
        from vetline.stores import origins

        return {name for folder in place.folders for name in origins.touched_since(Path(folder), 0)}

    def said(text: Snapshot) -> list[Attribution]:
        asked = authors()  # takes in what waits, and so comes first
        # Git is asked a lot for each file; of those of which there is no record it knows no new line.
        if not _is_recorded(place, text, reported()):
            return []
        # What was staged in part is not what the file is now.
        return asked.attributions(text, keep=_is_on_disk(root / text.path, text.text))

    history.record(root, "HEAD", said, seconds=_SECONDS)


def _is_recorded(place: Place, text: Snapshot, reported: set[str]) -> bool:
    """Whether there is a report of a file, or a state of it or of the same text under another name."""
    from pathlib import Path

    from vetline.stores import origins

    subject = places.subject(place, os.path.join(place.base, text.path))
    return subject in reported or any(
        origins.latest(Path(folder), subject, place.base)
        or origins.exact(Path(folder), "", text.digest, place.base)
        for folder in place.folders
    )


def _is_on_disk(path: Path, text: str) -> bool:
    raw = text.encode("utf-8", "surrogateescape")
    try:
        return disk.read(path, len(raw)) == raw
    except OSError:
        return False


def _post_rewrite(place: Place, arguments: list[str]) -> None:
    told = sys.stdin.read(_INPUT) if sys.stdin else ""
    try:
        if _has_notes(place):
            from pathlib import Path

            from vetline import history

            history.rewritten(Path(place.base), _pairs(told), seconds=_SECONDS)
    finally:
        if arguments[:1] == ["rebase"]:
            _keep("post-rewrite", place)


def _post_merge(place: Place, arguments: list[str]) -> None:
    """A merge adds nothing to its parents, unless by hand: then it is a commit. A squash will be one."""
    if arguments[:1] == ["1"]:
        _prepare_commit_msg(place, [])


def _pairs(told: str) -> Iterable[tuple[str, str]]:
    """What git says was rewritten: an old and a new commit on each line, and perhaps more."""
    for line in told.splitlines():
        if len(words := line.split()) > 1:
            yield words[0], words[1]


_HOOKS: dict[str, Callable[[Place, list[str]], None]] = {
    "prepare-commit-msg": _prepare_commit_msg,
    "post-commit": _post_commit,
    "post-rewrite": _post_rewrite,
    "post-merge": _post_merge,
}


# -- whether there is anything to do


def _is_known(place: Place) -> bool:
    """Whether anything was recorded here of who wrote what."""
    for folder in (*place.folders, *place.former):
        if os.path.isfile(os.path.join(folder, "provenance.db")):
            return True
        try:
            if any(name.endswith(".json") for name in os.listdir(os.path.join(folder, "spool"))):
                return True
        except OSError:
            continue
    return _has_notes(place)


def _is_made_of_others(place: Place) -> bool:
    """Whether git is in the middle of a pick or a squash, or we remember one."""
    own = os.environ.get("GIT_DIR") or os.path.join(place.base, ".git")
    if os.path.isfile(own) or any(
        os.path.exists(os.path.join(own, name)) for name in ("CHERRY_PICK_HEAD", "SQUASH_MSG")
    ):
        return True
    try:
        kept = os.listdir(os.path.join(places.git_dir(place.base), "vetline"))
    except OSError:
        return False
    return any(name.startswith("sources-") for name in kept)


def _is_in_a_rebase(place: Place) -> bool:
    own = os.environ.get("GIT_DIR") or os.path.join(place.base, ".git")
    return any(os.path.isdir(os.path.join(own, name)) for name in ("rebase-merge", "rebase-apply"))


def _has_notes(place: Place) -> bool:
    """Whether there are notes of any kind on commits."""
    git = places.git_dir(place.base)
    if any(os.path.isdir(os.path.join(git, *name)) for name in (("refs", "notes"), ("reftable",))):
        return True
    try:
        return b" refs/notes/" in disk.read(os.path.join(git, "packed-refs"), _REFS)
    except disk.TooLargeError:
        return True
    except OSError:
        return False
