"""Who wrote a file's lines, as far as it is remembered: what hooks reported, what was stored, what git's notes say.

Joins the spool, the store of origins, the ledger and git's history into a `Tracker`. Blocks on disk and runs
git: not for an event loop's thread. One instance serves one thread.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import history, ledger, past, places, provenance, reports, spool, stores
from vetline.ledger import LedgerError, LedgerUnwritableError
from vetline.provenance import Attribution, Change, Origin, Tier, Tracker
from vetline.provenance.tracker import WINDOW
from vetline.provenance.window import texts
from vetline.stores import origins, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vetline.agents import FileEdit
    from vetline.ledger import Draft
    from vetline.places import Place
    from vetline.provenance import Claim
    from vetline.stores.origins import Saved, Taken
    from vetline_analyzers.core.text import Snapshot

# ruff: noqa: PTH110, PTH118, PTH120 - places are strings
log = logging.getLogger(__name__)

_ALWAYS = float("-inf")
_MARK_BYTES = 8


class _Spot(NamedTuple):
    """Where a text's records are."""

    place: Place
    folder: Path
    subject: str


class Authors:
    """What is remembered of the texts of a project.

    Args:
        root: the folder that snapshots' paths are relative to.
        store_text: keep copies of texts, so that what changed while nobody watched can be told apart
            within a line; without them only digests of lines are kept.
    """

    def __init__(self, root: Path, *, store_text: bool = True) -> None:
        """Read nothing yet."""
        self._root = root
        self._store_text = store_text
        self._given: dict[str, list[tuple[int, Claim]]] = {}
        self._seen: dict[str, int] = {}
        self._human: str | None = None
        self._key: bytes | None = None

    # -- what doors ask

    @property
    def known(self) -> bool:
        """Whether there is anything to know: somebody was recorded here, or left notes."""
        place = places.place_of(str(self._root))
        return (
            spool.waits(place.folders)
            or any(os.path.exists(os.path.join(f, tables.NAME)) for f in place.folders)
            or (bool(place.base) and history.has_notes(Path(place.base)))
        )

    def drain(self) -> bool:
        """Take what hooks left in the spool; whether there was anything.

        Raises:
            LedgerError: it cannot be stored; it stays in the spool.
        """
        return self._drain(places.place_of(str(self._root)))

    def attributions(self, snapshot: Snapshot, *, keep: bool = True) -> list[Attribution]:
        """What is said of each line of a text; see `tracker`.

        Raises:
            LedgerError: what is stored cannot be read.
        """
        return self.tracker(snapshot, keep=keep).attributions(snapshot)

    def tracker(self, snapshot: Snapshot, *, keep: bool = True) -> Tracker:
        """The owners of a text: as stored, else as the reports since and git's notes tell.

        Args:
            snapshot: the text.
            keep: it is the file as it is now. What is staged or committed may be less than that, and
                must not be taken for the last that was seen of it.

        Raises:
            LedgerError: what is stored cannot be read.
        """
        spot = self._spot(snapshot)
        self._drain(spot.place)
        now = time.time()
        saved, claims = self._remembered(spot, snapshot)
        committed = past.committed(spot.place.base, spot.subject)
        try:
            tracker = self._led(spot, snapshot, saved, [claim for _, claim in claims], now)
        except (ValueError, TypeError, KeyError) as error:
            log.warning("%s: %s; they are learned anew", spot.subject, error)
            tracker = self._led(spot, snapshot, None, [claim for _, claim in claims], now)
        tracker.human = self.human
        if committed is not None:
            known, theirs = past.painted(committed, snapshot, (_ALWAYS, now))
            theirs.rewrite(known, snapshot, (_ALWAYS, now))
            tracker.fill(snapshot, theirs)
        self._given[spot.subject] = claims
        named = (spot.subject, snapshot.digest)
        news = bool(claims) or (saved is not None and (saved.subject, saved.digest) != named)
        if keep and news:
            try:
                self._save(spot, snapshot, tracker, now)
            except LedgerError as error:  # it will be found out again
                log.warning("%s", error)
        return tracker

    def reports(self, snapshot: Snapshot) -> list[Claim]:
        """What was reported of a text's file since `tracker` or this was last asked.

        Raises:
            LedgerError: what is stored cannot be read.
        """
        spot = self._spot(snapshot)
        self._drain(spot.place)  # a repository in the project's has a spool of its own
        after = self._seen.get(spot.subject, 0)
        taken = origins.claims(spot.folder, spot.subject, after=after)
        claims = self._claims(spot, taken)
        self._given.setdefault(spot.subject, []).extend(claims)
        self._seen[spot.subject] = max([after, *(one.seq for one in taken)])
        return [claim for _, claim in claims]

    def save(self, snapshot: Snapshot, tracker: Tracker) -> None:
        """Store a text's owners, so that they are known again when the text is.

        Raises:
            LedgerError: they cannot be stored.
        """
        self._save(self._spot(snapshot), snapshot, tracker, time.time())

    @property
    def human(self) -> str:
        """Who works here, "Name <address>" where git knows it."""
        if self._human is None:
            self._human = ledger.actor(self._root)
        return self._human

    @property
    def key(self) -> bytes:
        """The repository's key, for digests of short texts."""
        if self._key is None:
            self._key = stores.key(stores.locate(self._root))
        return self._key

    # -- places

    def _spot(self, snapshot: Snapshot) -> _Spot:
        path = os.path.join(self._root, snapshot.path)
        place = places.place_of(os.path.dirname(path))
        folders = [f for f in place.folders if os.path.exists(os.path.join(f, tables.NAME))]
        folder = (folders or [*place.folders])[0] if place.folders else os.devnull
        return _Spot(place, Path(folder), places.subject(place, path))

    # -- the spool

    def _drain(self, place: Place) -> bool:
        last = ""
        while (pending := spool.pending(place.folders)) and pending[-1][0] > last:
            last = pending[-1][0]
            self._take(place, pending)
        for folder in map(Path, place.folders):
            self._tell(place, folder)
        return bool(last)

    def _take(self, place: Place, pending: list[tuple[str, dict[str, Any]]]) -> None:
        subjects = {name: reports.subjects_of(place, record) for name, record in pending}
        kept = [
            (
                name,
                {"human": self.human}
                | (record if self._store_text else reports.without_prompt(record)),
            )
            for name, record in pending
        ]
        self._somewhere(
            place,
            lambda folder: origins.take(folder, kept, subjects, keep_text=self._store_text),
        )
        self._somewhere(place, lambda folder: origins.prune(folder, datetime.now(UTC)))
        spool.done(place.folders, [name for name, _ in pending])

    def _tell(self, place: Place, folder: Path) -> None:
        """Put what was taken, and the ledger does not have yet, into the ledger."""
        if not origins.untold(folder):
            return
        with origins.telling(folder) as untold:
            told = [reports.drafts_of(place, taken, self.key) for taken in untold]
            if drafts := [draft for each in told for draft in each]:
                self._append(place, drafts)

    # -- what is stored

    def _remembered(
        self, spot: _Spot, snapshot: Snapshot
    ) -> tuple[Saved | None, list[tuple[int, Claim]]]:
        """The stored state that is nearest to a text, and the reports it does not know of, by number."""
        folder, subject, tree = spot.folder, spot.subject, spot.place.base
        saved = origins.exact(folder, subject, snapshot.digest, tree)
        saved = saved or origins.latest(folder, subject, tree)
        waiting = _waiting(saved)
        after = saved.seq if saved else 0
        taken = origins.claims(folder, subject, after=min([after, *(seq - 1 for seq in waiting)]))
        taken = [one for one in taken if one.seq > after or one.seq in waiting]
        if saved is None:
            former = (edit.moved_from for one in taken for edit in reports.edits_of(one.record))
            for name in filter(None, former):
                path = os.path.join(reports.event_of(taken[0].record)["cwd"], name)
                saved = saved or origins.latest(folder, places.subject(spot.place, path), tree)
        if saved is None and not taken:  # a file that was renamed is still the same text
            saved = origins.exact(folder, "", snapshot.digest, tree)
        self._seen[subject] = max([after, *(one.seq for one in taken)])
        return saved, self._claims(spot, taken)

    def _led(
        self, spot: _Spot, snapshot: Snapshot, saved: Saved | None, claims: list[Claim], now: float
    ) -> Tracker:
        """The owners of a text, by way of what it was when it was seen last.

        Raises:
            ValueError: what is stored is damaged.
        """
        if saved is None and not claims:
            return Tracker.fresh(snapshot)
        if saved is not None and saved.digest == snapshot.digest:
            tracker = provenance.from_json(json.loads(saved.state)["tracker"], snapshot)
            for claim in claims:
                tracker.claim(snapshot, claim)
            return tracker
        between = (reports.seconds(saved.seen) if saved else _ALWAYS, now)
        if saved is not None and saved.text is None:
            both = _hexadecimal(saved.lines), _hexadecimal(marks(snapshot, self.key))
            data = json.loads(saved.state)["tracker"]
            tracker = provenance.from_marks(data, both, snapshot, between)
            for claim in claims:
                tracker.claim(snapshot, claim)
            return tracker
        if saved is not None:
            known = replace(snapshot, text=saved.text or "")
            tracker = provenance.from_json(json.loads(saved.state)["tracker"], known)
        elif (before := past.before(spot.place.base, spot.subject, claims[0])) is not None:
            known = replace(snapshot, text=before)
            tracker = Tracker.fresh(known)
        else:
            known = replace(snapshot, text="")
            tracker = Tracker.fresh(known, Change(*between))
        for left in provenance.replay(tracker, known, claims, snapshot, between):
            tracker.claim(snapshot, left)  # what it tells of may still come
        return tracker

    def _save(self, spot: _Spot, snapshot: Snapshot, tracker: Tracker, now: float) -> None:
        data = provenance.to_json(tracker)
        if not data["sources"]:
            return
        given = self._given.get(spot.subject, [])
        unused = [(seq, claim) for seq, claim in given if claim.pieces and not claim.used]
        waiting = [seq for seq, claim in unused if claim.at + WINDOW >= now]
        alive = {o for o in tracker.sources.values() if isinstance(o, Origin) and o.ai}
        saved = origins.Saved(
            subject=spot.subject,
            tree=spot.place.base,
            digest=snapshot.digest,
            seen=ledger.timestamp(datetime.fromtimestamp(now, UTC)),
            seq=self._seen.get(spot.subject, 0),
            state=json.dumps({"tracker": data, "waiting": waiting}, separators=(",", ":")),
            lines=marks(snapshot, self.key),
            text=snapshot.text if self._store_text else None,
            authors=tuple({(o.agent, o.model, o.session, o.prompt) for o in alive}),
        )
        self._somewhere(spot.place, lambda folder: origins.save(folder, saved))
        self._given[spot.subject] = [(seq, claim) for seq, claim in unused if seq in waiting]
        lapsed = {seq: claim for seq, claim in unused if seq not in waiting}.values()
        if lapsed:
            drafts = [reports.unmatched(spot.subject, claim.origin) for claim in lapsed]
            self._append(spot.place, drafts)
        if not self._store_text:
            origins.drop_texts(spot.folder)

    def _append(self, place: Place, drafts: list[Draft]) -> None:
        location = stores.locate(Path(place.base) if place.base else self._root)
        at = ledger.timestamp(datetime.now(UTC))
        stores.append(location, drafts, at=at, actor=self.human)

    def _somewhere(self, place: Place, write: Callable[[Path], object]) -> None:
        """Write to the first folder that can be written.

        Raises:
            LedgerError: none can, or others write all the time.
        """
        why = LedgerUnwritableError("there is no folder for origins: set XDG_STATE_HOME")
        for folder in place.folders:
            try:
                write(Path(folder))
            except LedgerUnwritableError as error:
                why = error
            else:
                return
        raise why

    # -- reports

    def _claims(self, spot: _Spot, taken: Iterable[Taken]) -> list[tuple[int, Claim]]:
        return [
            (one.seq, provenance.claim(reports.seconds(reports.at_of(one.record)), origin, edit))
            for one in taken
            for edit in reports.edits_of(one.record)
            if reports.subject_of(spot.place, one.record, edit) == spot.subject
            for origin in [self._origin(spot.folder, one, edit)]
        ]

    def _origin(self, folder: Path, taken: Taken, edit: FileEdit) -> Origin:
        event = reports.event_of(taken.record)
        session, turn = event["session"], event["turn"]
        source = taken.record.get("source", "hook")
        return Origin(
            Tier.REPORTED if source == "hook" else Tier.IMPORTED,
            agent=event["agent"],
            model=event["model"] or origins.model_of(folder, session),
            session=session,
            turn=turn,
            tool_call=event["tool_call"],
            prompt=origins.prompt_of(folder, session, turn, before=taken.seq),
            source=source,
            human=self.human,
            at=reports.at_of(taken.record),
            event=taken.id,
            modified=edit.modified,
        )


def marks(snapshot: Snapshot, key: bytes) -> bytes:
    """A keyed digest of each line without the spaces at its edges; nothing but zeros for a blank one."""
    keyed = hashlib.blake2b(key=key, digest_size=_MARK_BYTES)
    made = []
    for text in texts(snapshot):
        one = keyed.copy()
        one.update(text.strip().encode("utf-8", "surrogatepass"))
        made.append(one.digest() if text.strip() else bytes(_MARK_BYTES))
    return b"".join(made)


def _waiting(saved: Saved | None) -> set[int]:
    """The numbers of the reports that a stored state still waits to see borne out."""
    try:
        return {int(seq) for seq in json.loads(saved.state)["waiting"]} if saved else set()
    except (ValueError, TypeError, KeyError):
        return set()


def _hexadecimal(marks: bytes) -> list[str]:
    size = _MARK_BYTES
    words = [marks[at : at + size].hex() for at in range(0, len(marks), size)]
    return ["" if not word.strip("0") else word for word in words]
