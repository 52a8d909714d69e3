"""`check --fix` and `--diff`: what the fixes of findings make of the files, and writing it down.

A fix may uncover a finding or make room for another fix, so files are looked at again until nothing more
can be mended. A fix stays out when the text would parse worse, when an analyzer can no longer read it, or
when its finding is still there afterwards.
"""

from __future__ import annotations

import difflib
import os
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, files, formats
from vetline.doors import additions
from vetline.doors import options as words
from vetline.doors.survey import renewed, survey
from vetline.git import GitError
from vetline.history import exposed
from vetline.worker import Worker
from vetline_analyzers import engine
from vetline_analyzers.core.text import Snapshot, Span
from vetline_analyzers.engine import Failure
from vetline_analyzers.engine.identity import MASK, everywhere, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vetline.doors.survey import Plan, Survey
    from vetline.gate import Sighting
    from vetline_analyzers.core.finding import Addition, Finding

    Shown = Callable[[Survey], Iterable[Sighting]]

ROUNDS = 100  # where fixes do no good each rule has a round of its own
_NO_END = "\n\\ No newline at end of file"
_NAMED = 5  # files in one sentence
_STYLES = {"-": "high", "+": "pass", "@": "low"}


class Changed(NamedTuple):
    """A file with fixes in it.

    Attributes:
        before: its text as it was.
        old, new: its bytes without and with the fixes.
        text: its text with them.
        fixed: how many they are.
        additions: lines that the fixes need in other files.
        secrets: the secrets that they took out, each with its rule and the lines that its fix needs elsewhere.
        is_new: there is no such file yet.
    """

    before: Snapshot
    old: bytes
    new: bytes
    text: str
    fixed: int
    additions: tuple[Addition, ...] = ()
    secrets: tuple[tuple[str, str, tuple[Addition, ...]], ...] = ()
    is_new: bool = False


class Outcome(NamedTuple):
    """What fixes would make of the files: what is seen in them then, and by place those that change."""

    seen: Survey
    changed: Mapping[str, Changed]

    @property
    def fixed(self) -> int:
        """How many findings were mended."""
        return sum(file.fixed for file in self.changed.values())


def mend(plan: Plan, seen: Survey, shown: Shown, *, unsafe: bool) -> Outcome:
    """Put fixes into the texts of files; nothing is written.

    Args:
        plan: what was looked at.
        seen: what was seen.
        shown: gives the sightings that count.
        unsafe: take fixes that may change behaviour, too.
    """
    with closing(Worker()) as machine:
        bench = _Bench(plan, machine)
        for _ in range(ROUNDS):
            todo: dict[str, list[Finding]] = {}
            for sighting in shown(seen):
                if bench.takes(sighting, unsafe=unsafe):
                    todo.setdefault(sighting.path, []).append(sighting.finding)
            refused = bench.refused
            made = {place: made for place in todo if (made := bench.put(seen, place, todo[place]))}
            if not made and bench.refused == refused:
                break
            texts = {place: file.new for place, (file, _) in made.items()}
            again = survey(replace(plan, again=texts))
            good = {place for place in made if bench.is_better(seen, again, place, made[place][1])}
            bench.changed |= {place: made[place][0] for place in good}
            seen = renewed(seen, again, good)
        return Outcome(seen, bench.changed)


class _Bench:
    """The files under way, and the fixes that are of no use."""

    def __init__(self, plan: Plan, machine: Worker) -> None:
        self._plan = plan
        self._machine = machine
        self._refused: set[tuple[str, str]] = set()
        # Places where it must be seen which rule's fix does what.
        self._one_by_one: set[str] = set()
        self.changed: dict[str, Changed] = {}

    @property
    def refused(self) -> int:
        """How many fixes were found to be of no use."""
        return len(self._refused)

    def takes(self, sighting: Sighting, *, unsafe: bool) -> bool:
        """Whether there is a fix that is to be tried."""
        finding, place = sighting.finding, sighting.path
        if finding.fix is None or not (finding.fix.safe or unsafe):
            return False
        names = ("", finding.rule, finding.fingerprint)
        return not any((place, name) in self._refused for name in names)

    def put(
        self, seen: Survey, place: str, findings: list[Finding]
    ) -> tuple[Changed, Counter[str]] | None:
        """A file with the findings' fixes in it, and of which rules they are; None when none fits."""
        if place in self._one_by_one:
            findings = [finding for finding in findings if finding.rule == findings[0].rule]
        try:
            return self._put(seen.texts[place], place, findings)
        except OSError as error:
            self._refuse(place, f"it {disk.reason(error)}")
        except ValueError as error:
            self._refuse(place, f"it {error}")
        return None

    def _put(
        self, snapshot: Snapshot, place: str, findings: list[Finding]
    ) -> tuple[Changed, Counter[str]] | None:
        last = self.changed.get(place)
        old = last.old if last else self._raw(place)
        now = last.new if last else old
        if files.decode(now, snapshot.language)[0] != snapshot.text:
            raise ValueError("is another text by now")
        fixes = [finding.fix for finding in findings if finding.fix]
        mended = self._machine.mend(snapshot, fixes, self._plan.config.settings.timeout)
        if isinstance(mended, str):
            raise ValueError(f"could not be mended: {mended}")  # noqa: TRY004 - it says why there is none
        for number in mended.spoiling:
            self._refuse(place, "the text would parse worse with it", findings[number].fingerprint)
        if not mended.done:
            return None
        new = files.encode(mended.text, now, snapshot.language)
        before, count = (last.before, last.fixed) if last else (snapshot, 0)
        done = [findings[number] for number in mended.done]
        rules = Counter(finding.rule for finding in done)
        lines = [line for finding in done if finding.fix for line in finding.fix.additions]
        gone = [
            (f.rule, snapshot.slice(f.span), f.fix.additions) for f in done if f.secret and f.fix
        ]
        changed = Changed(
            before,
            old,
            new,
            mended.text,
            count + rules.total(),
            (*(last.additions if last else ()), *lines),
            (*(last.secrets if last else ()), *gone),
        )
        return changed, rules

    def is_better(self, seen: Survey, again: Survey, place: str, rules: Counter[str]) -> bool:
        """Whether the fixed findings are gone and the file can be checked as well as before."""
        blind = _blind(again, place) - _blind(seen, place)
        if blind:
            self._refuse(place, f"{', '.join(map(str, sorted(blind)))} could not read it any more")
            return False
        was, is_ = _rules(seen, place), _rules(again, place)
        stay = [rule for rule in rules if is_[rule] >= was[rule]]
        if stay and len(rules) > 1:  # another rule's fix may have brought it
            self._one_by_one.add(place)
        elif stay:
            self._refuse(place, "the finding would still be there", stay[0])
        return not stay

    def _raw(self, place: str) -> bytes:
        if self._plan.standard:
            return self._plan.standard.raw
        settings = self._plan.config.settings
        return disk.read(self._plan.config.root / place, files.bound(place, settings.max_file_size))

    def _refuse(self, place: str, why: str, name: str = "") -> None:
        self._refused.add((place, name))
        what = f"a fix of {name}" if "/" in name else "a fix" if name else "what could be fixed"
        words.tell("check", f"{_from_here(place, self._plan)}: {what} is left out: {why}")


def write(plan: Plan, first: Survey, outcome: Outcome) -> Outcome:
    """Write the files that change; of those that cannot be written, what was seen first holds.

    They are failures of the survey that comes back. What the fixes need in other files is written after them.
    """
    failed: dict[str, Failure] = {}
    for place, file in outcome.changed.items():
        try:
            disk.replace(plan.config.root / place, file.old, file.new)
        except OSError as error:
            why = f"its fixes are not written: it {_unwritten(error)}"
            failed[place] = Failure(place, why)
    seen = renewed(outcome.seen, first, failed.keys())
    seen = seen._replace(failures=(*seen.failures, *failed.values()))
    written = {p: file for p, file in outcome.changed.items() if p not in failed}
    for file in _beside(plan, written):
        path = plan.config.root / file.before.path
        try:
            disk.create(path, file.new) if file.is_new else disk.replace(path, file.old, file.new)
        except OSError as error:
            _tell_lacking(plan, file.before.path, _unwritten(error))
    return Outcome(seen, written)


def _unwritten(error: OSError) -> str:
    said = error.strerror or "unknown error"
    return said if said.startswith("is ") else f"cannot be written: {said.lower()}"


def warn_of_exposed(plan: Plan, outcome: Outcome) -> None:
    """Say of each secret that was taken out whether a commit holds it, a line each."""
    until = time.monotonic() + exposed.SECONDS
    for place, file in sorted(outcome.changed.items()):
        kinds = {secret: rule for rule, secret, _ in file.secrets}
        left = until - time.monotonic()
        try:
            found = exposed.exposed(plan.config.root, place, kinds, left) if kinds else {}
        except GitError as error:
            why = f"{error}; a secret that was ever committed must be revoked"
            words.tell("check", f"{_from_here(place, plan)}: its commits were not searched: {why}")
            continue
        for secret, commit in found.items():
            title = engine.rules()[kinds[secret]].title
            words.tell("check", f"{_from_here(place, plan)}: {commit.sentence(title)}")


def warn_of_shared(plan: Plan, outcome: Outcome) -> None:
    """Say of each name that stands for other secrets in other files: one value cannot be all of them."""
    named: dict[Addition, dict[str, set[str]]] = {}
    for place, file in sorted(outcome.changed.items()):
        for _, secret, lines in file.secrets:
            for line in lines:
                named.setdefault(line, {}).setdefault(secret, set()).add(place)
    for line, secrets in named.items():
        if len(secrets) > 1:
            places = sorted(
                {_from_here(place, plan) for some in secrets.values() for place in some}
            )
            told = ", ".join(places[:_NAMED]) + (" and more" if len(places) > _NAMED else "")
            name = line.line.partition("=")[0]
            words.tell(
                "check",
                f"{name} now stands for {len(secrets)} different secrets: rename it in some of {told}",
            )


def _beside(plan: Plan, changed: Mapping[str, Changed]) -> Iterator[Changed]:
    """The other files that the fixes add lines to, with these lines."""
    wanted = additions.by_file(
        line for _, file in sorted(changed.items()) for line in file.additions
    )
    for place, lines in wanted.items():
        try:
            found = additions.look(plan.config.root, place)
            more = additions.missing(found.text, lines)
            old = found.raw or b""
            new = files.encode(found.text + more, old)
        except (OSError, ValueError) as error:
            why = disk.reason(error) if isinstance(error, OSError) else str(error)
            _tell_lacking(plan, place, why)
            continue
        if more:
            before = Snapshot(files.uri_of(found.path), "text", 0, found.text, place)
            yield Changed(before, old, new, found.text + more, 0, is_new=found.raw is None)


def _tell_lacking(plan: Plan, place: str, why: str) -> None:
    words.tell(
        "check", f"{_from_here(place, plan)} is left as it is, without the new names: it {why}"
    )


def show(plan: Plan, outcome: Outcome, *, no_color: bool) -> list[Failure]:
    """Write what would change to standard output, as a unified diff with every secret masked.

    Returns:
        The files whose secrets are not known, so that their diffs are not shown.
    """
    lost: list[Failure] = []
    screen = words.screen(sys.stdout, no_color=no_color)
    terminal = sys.stdout.isatty()
    covered = False
    with closing(Worker()) as machine:
        others = {file.before.path: file for file in _beside(plan, outcome.changed)}
        for place, file in (*sorted(outcome.changed.items()), *others.items()):
            after = replace(file.before, text=file.text)
            texts = _masked(plan, machine, file.before, after)
            if texts is None:
                why = "its diff is not shown: it could not be searched for secrets"
                lost.append(Failure(place, why))
                continue
            name = formats.visible(_from_here(place, plan))
            old = os.devnull if file.is_new else name
            for line in difflib.unified_diff(*texts, old, name, lineterm=""):
                covered = covered or MASK in line
                told = "\n".join(map(formats.visible, line.split("\n"))) if terminal else line
                style = _STYLES.get(line[:1])
                words.write((screen.paint(told, style) if style else told) + "\n", encoding="utf-8")
    if covered:
        words.tell("check", "secrets in the diff are masked: it cannot be applied as it is")
    return lost


def _masked(
    plan: Plan, machine: Worker, before: Snapshot, after: Snapshot
) -> tuple[list[str], list[str]] | None:
    """The lines of both texts, the secrets of either masked in each; None when they cannot be told."""
    found = []
    for snapshot in (before, after):
        hidden = engine.to_mask(
            machine.examine(snapshot, engine.MASKERS, plan.config.settings.timeout)
        )
        if hidden is None:
            return None
        found.append((snapshot, hidden))
    known = [snapshot.slice(span) for snapshot, hidden in found for span in hidden]
    old, new = (list(_lines(s, everywhere(s.text, hidden, known))) for s, hidden in found)
    return old, new


def _lines(snapshot: Snapshot, hidden: list[Span]) -> Iterator[str]:
    at = 0
    *lines, last = snapshot.text.split("\n")
    for line in (*lines, *([last] if last else [])):
        span = Span(at, at + len(line))
        told = masked(snapshot, span, hidden) if hidden else line
        at = span.end + 1
        yield told if at <= len(snapshot.text) else told + _NO_END


def _blind(seen: Survey, place: str) -> Counter[str]:
    return Counter(failure.analyzer for failure in seen.failures if failure.path == place)


def _rules(seen: Survey, place: str) -> Counter[str]:
    return Counter(s.finding.rule for s in seen.sightings if s.path == place)


def _from_here(place: str, plan: Plan) -> str:
    return formats.visible(words.from_here(place, plan.config.root))
