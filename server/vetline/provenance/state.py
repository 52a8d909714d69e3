"""A tracker as JSON, for the time between two sights of a text.

Lines of one owner are counted, the others told run by run. The text is not in it: its digest says which
text it is of.
"""

from __future__ import annotations

import contextlib
from itertools import groupby, islice, repeat
from typing import TYPE_CHECKING, Any

from vetline.provenance.align import hunks
from vetline.provenance.changes import Change, Guess
from vetline.provenance.origin import Origin
from vetline.provenance.runs import Line, plain
from vetline.provenance.tracker import Tracker
from vetline.provenance.window import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vetline.provenance.tracker import Source
    from vetline_analyzers.core.text import Snapshot

VERSION = 1


def to_json(tracker: Tracker) -> dict[str, Any]:
    """The tracker's owners and their sources; what nothing belongs to any more is left out."""
    used = {owner for line in tracker.lines for _, owner in line.runs}
    used |= {line.end for line in tracker.lines}
    number = {owner: new for new, owner in enumerate(sorted(used - {0}), 1)} | {0: 0}
    lines: list[Any] = []
    for one, group in groupby(tracker.lines, key=_only_owner):
        if one is not None:
            lines.append([sum(1 for _ in group), number[one]])
        else:
            lines += [
                {"runs": [[n, number[owner]] for n, owner in line.runs], "end": number[line.end]}
                for line in group
            ]
    sources = {
        str(number[owner]): _source(tracker.sources[owner])
        for owner in used & tracker.sources.keys()
    }
    return {"version": VERSION, "lines": lines, "sources": sources}


def from_json(data: dict[str, Any], snapshot: Snapshot) -> Tracker:
    """The tracker that `to_json` gave, for the text it was of.

    Raises:
        ValueError: it is damaged, of another text, or of a newer version.
    """
    with _told():
        sources = _sources(data)
        own = texts(snapshot)
        stored = list(islice(_stored(data), len(own) + 1))
    lines = [
        line if line is not None else plain(text, owner)
        for text, (owner, line) in zip(own, stored, strict=False)
    ]
    fits = len(stored) == len(own) and all(
        sum(run[0] for run in line.runs) == len(text) for line, text in zip(lines, own, strict=True)
    )
    if not fits:
        raise _UnusableError("the stored origins are of another text")
    return Tracker(lines, sources)


def from_marks(
    data: dict[str, Any],
    marks: tuple[Sequence[str], Sequence[str]],
    snapshot: Snapshot,
    between: tuple[float, float],
) -> Tracker:
    """The tracker of `snapshot`, from what `to_json` gave for a text of which only marks are kept.

    A line that was changed at all is of nobody knows whom.

    Args:
        data: what is stored.
        marks: a word for each line of the text it was of, and for each line of `snapshot`; equal for
            lines that are equal without the spaces at their edges, "" for blank ones.
        snapshot: the text.
        between: when the texts were seen, seconds since the epoch.

    Raises:
        ValueError: it is damaged, of another text, or of a newer version.
    """
    with _told():
        sources = _sources(data)
        stored = list(islice(_stored(data), len(marks[0]) + 1))
        if len(stored) != len(marks[0]):
            raise _UnusableError("the stored origins are of another text")
    tracker = Tracker([], sources)
    own = texts(snapshot)
    for hunk in hunks(*marks):
        owner = 0 if hunk.same else tracker.add(Change(*between))
        for step, text in enumerate(own[hunk.c : hunk.d]):
            old, line = stored[hunk.a + step] if hunk.same else (owner, None)
            fits = line is not None and sum(run[0] for run in line.runs) == len(text)
            whole = line.runs[0][1] if line and line.runs else old
            tracker.lines.append(line if line and fits else plain(text, whole))
    return tracker


class _UnusableError(ValueError):
    """What is stored cannot be used; says why in a line."""


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except _UnusableError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise _UnusableError("the stored origins are damaged") from error


def _sources(data: dict[str, Any]) -> dict[int, Source]:
    if data["version"] != VERSION:
        raise _UnusableError("the stored origins are of a newer version")
    return {int(owner): _read(source) for owner, source in data["sources"].items()}


def _stored(data: dict[str, Any]) -> Iterator[tuple[int, Line | None]]:
    """Each line's only owner, or how it is made up."""
    owners = {0, *map(int, data["sources"])}
    for item in data["lines"]:
        if isinstance(item, dict):
            line = Line(tuple((int(n), int(o)) for n, o in item["runs"]), int(item["end"]))
            if not owners.issuperset((line.end, *(owner for _, owner in line.runs))):
                raise _UnusableError("the stored origins are damaged")
            yield line.end, line
        else:
            count, owner = item
            if owner not in owners:
                raise _UnusableError("the stored origins are damaged")
            yield from repeat((int(owner), None), int(count))


def _only_owner(line: Line) -> int | None:
    return line.end if all(owner == line.end for _, owner in line.runs) else None


def _source(source: Source) -> dict[str, Any]:
    if isinstance(source, Origin):
        return {"origin": source.to_json()}
    return {
        "since": source.since if source.since > float("-inf") else None,
        "at": source.at,
        "guess": str(source.guess),
        "firm": source.firm,
        "human": source.human,
    }


def _read(data: dict[str, Any]) -> Source:
    if "origin" in data:
        return Origin.from_json(data["origin"])
    since = float("-inf") if data["since"] is None else float(data["since"])
    guess = Guess(data["guess"])
    return Change(since, float(data["at"]), guess, bool(data["firm"]), str(data.get("human", "")))
