"""What the gate has to know of a change beside its findings: that it changes what it is judged by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vetline import files, statement, trust
from vetline.dossier import papers
from vetline.notices import Notice
from vetline.review import State, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vetline.dossier.grounds import Grounds
    from vetline.dossier.papers import Papers
    from vetline.review import Standing
    from vetline_analyzers.core.text import Snapshot

_NAMED = 3  # files that a notice names
_SIGNERS = partial(Notice, "gate/signers-changed")
_UNREADABLE = partial(Notice, "gate/review-unreadable")
_LOOK = "have a person look at it and merge it apart"


def notices(
    grounds: Grounds, found: Papers, of_file: Callable[[str, Snapshot], Standing | None]
) -> tuple[Notice, ...]:
    """What was tampered with, or cannot be trusted.

    Args:
        grounds: what is trusted.
        found: the review files.
        of_file: gives what reviews of a whole file are worth.

    Raises:
        GitError: git does not give what is trusted.
    """
    told = [
        _signers(grounds, of_file),
        *_gone(grounds, found),
        *_unread(found),
        _guess(grounds, found),
    ]
    return tuple(notice for notice in told if notice)


def _signers(
    grounds: Grounds, of_file: Callable[[str, Snapshot], Standing | None]
) -> Notice | None:
    """Whether the change says itself whose signature counts."""
    now, path = _normal(grounds.present), grounds.signers
    if not grounds.rev or now == _normal(grounds.allowed):
        return None
    if now == _normal(trust.text(grounds.root, grounds.fork, path) or b""):
        return None  # it was changed where the change goes to, not here
    if not grounds.allowed:
        text = f"{path} is new in this change, so that nobody in it can approve this change"
        return _SIGNERS(text, _LOOK, blocks=False, path=path)
    text = f"{path} is changed here; whose signature counts is what commit {grounds.rev[:12]} says"
    uri = files.uri_of(grounds.root / path)
    snapshot = files.of_bytes(grounds.present, uri, path, named=True).snapshot
    worth = of_file(path, snapshot) if snapshot else None
    if worth and worth.status is Status.APPROVED:
        return _SIGNERS(f"{text}; {worth.by} approved the change", blocks=False, path=path)
    if worth:
        text += f"; the review {worth.review} of the change does not count: {worth.why}"
    out = (
        f"have somebody who may sign already approve the whole file: vetline review request {path}"
    )
    return _SIGNERS(text, out, path=path)


def _gone(grounds: Grounds, found: Papers) -> list[Notice]:
    """What the change took away: a rejection must stand, whatever else may go."""
    gone: dict[bool, list[str]] = {True: [], False: []}
    for paper in found.all:
        if paper.gone:
            rejects = paper.signed.statement.decision == State.REJECTED
            gone[rejects].append(paper.signed.path)
    return [_missing(grounds, sorted(paths), rejects) for rejects, paths in gone.items() if paths]


def _missing(grounds: Grounds, paths: Sequence[str], rejects: bool) -> Notice:  # noqa: FBT001 - of a private function
    what = "a rejection" if rejects else "a review"
    many = what if len(paths) == 1 else f"{len(paths)} {what[2:]}s"
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    text = f"this change deletes or rewrites {many}: {', '.join(paths[:_NAMED])}{more}"
    out = f"it counts all the same; restore it: git checkout {grounds.fork[:12]} -- {paths[0]}"
    return Notice("gate/review-deleted", text, out, blocks=rejects, path=paths[0])


def _unread(found: Papers) -> list[Notice]:
    """What lies among the review files and cannot be read: it may be a rejection."""
    told = []
    if found.faults:
        path, why = min(found.faults.items())
        more = f", and {len(found.faults) - 1} more cannot be used" if len(found.faults) > 1 else ""
        out = "restore it from git, or remove it if it never was a review"
        told.append(_UNREADABLE(f"{path} {why}{more}", out, path=path))
    if found.left:
        text = f"there are {papers.MOST + found.left:,} review files, more than the {papers.MOST:,} that are read"
        out = "remove those of code that is no longer there, in a change of its own"
        told.append(_UNREADABLE(text, out, path=statement.FOLDER))
    return told


def _guess(grounds: Grounds, found: Papers) -> Notice | None:
    if not found.all or not trust.is_guessed(grounds.root, grounds.rev, grounds.given):
        return None
    text = "nothing tells which commit this change starts from, so all that is committed is trusted"
    return Notice("gate/no-base", text, "name it: --diff-base COMMIT", blocks=False)


def _normal(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").strip()
