"""Anchors: what the head of a ledger was, kept in git's notes at each commit, where a cut-off ledger cannot take it along.

A chain shows each change within it but not that its end was cut off, or that all of it was written anew. An anchor
lies elsewhere, in `refs/notes/vetline-anchors`, and is pushed with the notes. Each note has one line of JSON an anchor.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from vetline import git, ledger, stores
from vetline.history import asking, shelf
from vetline.stores import chains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from vetline.history.asking import Repository
    from vetline.stores import Location

REF = shelf.ANCHORS
VERSION = 1
SECONDS = 10.0  # that git may be asked
_REMOTES, _LEAF = "refs/notes/remotes/", "/vetline-anchors"
_LIMIT = 1_000_000  # bytes of a note
_ATTEMPTS = 5
_LONGEST = 20_000  # characters of a line; a signature has some hundred
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{16}")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the head of a ledger was at a time.

    Attributes:
        ledger: which repository's ledger: the same for all anchors that one clone sets, whatever becomes of its ledger.
        chain: the hash of the chain's first event.
        seq, hash: the number and the hash of the last event there was.
        at: when, as `ledger.timestamp` writes it.
        signature: the armored SSH signature over `payload`; "" when it is not signed.
        commit: the commit whose note it stands in; "" when it was given otherwise.
    """

    ledger: str
    chain: str
    seq: int
    hash: str
    at: str
    signature: str = ""
    commit: str = ""


class Known(NamedTuple):
    """What of a chain is held against anchors.

    Attributes:
        first: the hash of its first event.
        last: the number of its last.
        hashes: by number the hashes of its events, at least of those that the anchors name.
    """

    first: str
    last: int
    hashes: Mapping[int, str]


class Held(NamedTuple):
    """What anchors say of chains.

    Attributes:
        borne: those that bear a chain out.
        broken: those that a chain does not agree with, and why, a sentence each.
        foreign: those of other ledgers.
    """

    borne: tuple[Anchor, ...] = ()
    broken: tuple[tuple[Anchor, str], ...] = ()
    foreign: tuple[Anchor, ...] = ()


def payload(anchor: Anchor) -> bytes:
    """The bytes that are signed: canonical JSON of all but the signature and the commit."""
    said = {name: getattr(anchor, name) for name in ("at", "chain", "hash", "ledger", "seq")}
    return ledger.canonical({**said, "version": VERSION}).encode()


def to_json(anchor: Anchor) -> dict[str, object]:
    """The anchor with its version; what is empty is left out."""
    return {"version": VERSION, **{name: value for name, value in asdict(anchor).items() if value}}


def of_json(data: object) -> Anchor:
    """The anchor that `to_json` gave.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError("is no anchor that this version knows")
    known = Anchor(
        ledger=_word(data, "ledger", _ID),
        chain=_word(data, "chain", _HASH),
        seq=_number(data.get("seq")),
        hash=_word(data, "hash", _HASH),
        at=_word(data, "at", _AT),
    )
    try:
        datetime.fromisoformat(known.at)
    except ValueError:
        raise ValueError("is no anchor: at is no time") from None
    signature, commit = data.get("signature", ""), data.get("commit", "")
    if not isinstance(signature, str) or not isinstance(commit, str):
        raise ValueError("is no anchor: its signature or its commit is no text")  # noqa: TRY004 - one type for what others write
    return replace(known, signature=signature, commit=commit)


def parse(note: str) -> list[Anchor]:
    """The anchors in a note; lines that are none, as others may have written, are passed over."""
    found = []
    for line in note.split("\n"):
        if not line.strip() or len(line) > _LONGEST:
            continue
        try:
            found.append(of_json(json.loads(line)))
        except (ValueError, RecursionError):
            continue
    return list(dict.fromkeys(found))


def identity(key: bytes) -> str:
    """What the anchors of one repository's ledger have in common, from its secret key."""
    return hashlib.blake2b(b"ledger", key=key, digest_size=8).hexdigest()


# -- in git


def read(root: Path, *, seconds: float = SECONDS) -> list[Anchor]:
    """The anchors in a repository's notes, those fetched from remotes too, in the order of their numbers.

    Raises:
        GitError: git does not answer, or there is no repository.
    """
    repository = asking.opened(root, seconds)
    found = git.refs(repository.common, "refs/notes/")
    fetched = sorted(ref for ref in found if ref.startswith(_REMOTES) and ref.endswith(_LEAF))
    anchors = [
        anchor for ref in (REF, *fetched) if ref in found for anchor in _of(repository, found[ref])
    ]
    return sorted(dict.fromkeys(anchors), key=lambda anchor: (anchor.seq, anchor.at))


def _of(repository: Repository, at: str) -> Iterable[Anchor]:
    noted = shelf.noted(repository, shelf.Shelf(REF, at))
    raw = asking.contents(repository, asking.named(repository, noted.values()), _LIMIT)
    for commit, blob in noted.items():
        for anchor in parse(raw.get(blob, b"").decode("utf-8", "replace")):
            yield replace(anchor, commit=commit)


def write(
    root: Path,
    location: Location,
    *,
    at: str,
    sign: Callable[[bytes], str] | None = None,
    seconds: float = SECONDS,
) -> list[Anchor]:
    """Set an anchor for each ledger of a repository, in the note on HEAD.

    Args:
        root: the work tree's root.
        location: where its ledgers lie.
        at: the time, as `ledger.timestamp` writes it.
        sign: gives the armored signature over bytes; without it the anchor is not signed.
        seconds: how long git may be asked.

    Returns:
        The anchors; none when no ledger has an event.

    Raises:
        LedgerError: a ledger cannot be read.
        GitError: there is no commit, or the note cannot be written.
    """
    heads = chains.heads(location)
    if not heads:
        return []
    repository = asking.opened(root, seconds)
    commit = git.commit(root, "HEAD", timeout=seconds)
    if not commit:
        raise git.GitError("there is no commit to anchor the ledger at: make one first")
    own = identity(stores.key(location))
    anchors = [Anchor(own, head.first, head.seq, head.hash, at) for head in heads]
    if sign is not None:
        anchors = [replace(anchor, signature=sign(payload(anchor))) for anchor in anchors]
    _add(repository, commit, "".join(ledger.canonical(to_json(one)) + "\n" for one in anchors))
    return [replace(anchor, commit=commit) for anchor in anchors]


def _add(repository: Repository, commit: str, lines: str) -> None:
    """Add lines to the note on a commit, also when others add theirs at the same time."""
    for attempt in range(_ATTEMPTS):
        before = git.refs(repository.common, "refs/notes/").get(REF, "")
        there = _note(repository, before, commit) if before else ""
        start = there if not there or there.endswith("\n") else there + "\n"
        try:
            shelf.put(repository, {commit: start + lines}, before, ref=REF)
        except git.GitError:
            # One who wrote meanwhile set an anchor that is not to be lost: it is read again.
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _note(repository: Repository, at: str, commit: str) -> str:
    """The note on a commit, whoever wrote it; "" when there is none.

    Raises:
        GitError: there is one that is too large to be added to.
    """
    names = (commit, f"{commit[:2]}/{commit[2:]}", f"{commit[:2]}/{commit[2:4]}/{commit[4:]}")
    named = asking.named(repository, (f"{at}:{name}" for name in names))
    there = [each for each in named if each[1] == "blob"]
    raw = asking.contents(repository, there, _LIMIT)
    if there and not raw:
        raise git.GitError(f"the note on commit {commit[:12]} in {REF} is too large to be added to")
    return next(iter(raw.values()), b"").decode("utf-8", "replace")


# -- what they are good for


def hold(ledgers: Iterable[Known], own: str, anchors: Iterable[Anchor]) -> Held:
    """Whether chains still have what anchors say they had.

    Args:
        ledgers: those of the repository that have an event; `ledger.verify` says whether each is whole in itself.
        own: `identity` of the repository's key; an anchor that bears it must be of one of the chains.
        anchors: what was found.
    """
    # Several may begin alike: what was imported into a team's ledger still lies in the one it came from.
    by_first: dict[str, list[Known]] = {}
    for chain in sorted(ledgers, key=lambda chain: chain.last):
        by_first.setdefault(chain.first, []).append(chain)
    borne, broken, foreign = [], [], []
    for anchor in anchors:
        if alike := by_first.get(anchor.chain):
            whys = [_unlike(chain, anchor) for chain in alike]
            why = whys[-1] if all(whys) else ""
        elif anchor.ledger == own:
            why = (
                f"the ledger whose event {anchor.seq} was {anchor.hash[:12]} is gone, or was written anew"
                " from its first event"
            )
        else:
            foreign.append(anchor)
            continue
        if why:
            broken.append((anchor, why))
        else:
            borne.append(anchor)
    return Held(tuple(borne), tuple(broken), tuple(foreign))


def _unlike(chain: Known, anchor: Anchor) -> str:
    """Why a chain is not what an anchor says it was; "" when it is."""
    last, there = chain.last, chain.hashes.get(anchor.seq)
    if anchor.seq > last:
        gone = anchor.seq - last
        what = "event was" if gone == 1 else "events were"
        return f"{gone} {what} cut off its end: it has {last}, and had {anchor.seq}"
    if there is None:
        return f"event {anchor.seq}, which was {anchor.hash[:12]}, is missing"
    if there != anchor.hash:
        return (
            f"event {anchor.seq} is another one ({there[:12]}) than there was"
            f" ({anchor.hash[:12]}): the ledger was written anew from there or before"
        )
    return ""


def _word(data: Mapping[str, object], name: str, form: re.Pattern[str]) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(f"is no anchor: {name} is missing or of another form")
    return value


def _number(value: object) -> int:
    if type(value) is not int or not 1 <= value < 1 << 62:
        raise ValueError("is no anchor: seq is no number of an event")
    return value
