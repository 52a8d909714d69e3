"""`check --fix` and `--diff`: what the fixes of findings make of the files, and writing it down.

A fix may uncover a finding or make room for another fix, so files are looked at again until nothing more
can be mended. A fix stays out when the text would parse worse, when an analyzer can no longer read it, or
when its finding is still there afterwards.
"""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, files, formats
from vetline.doors import options as words
from vetline.doors.survey import renewed, survey
from vetline.worker import Worker
from vetline_analyzers.core.text import Span
from vetline_analyzers.engine import Failure
from vetline_analyzers.engine.identity import MASK, join, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vetline.doors.survey import Plan, Survey
    from vetline.gate import Sighting
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

    Shown = Callable[[Survey], Iterable[Sighting]]

ROUNDS = 100  # where fixes do no good each rule has a round of its own
_NO_END = "\n\\ No newline at end of file"
_STYLES = {"-": "high", "+": "pass", "@": "low"}


class Changed(NamedTuple):
    """A file with fixes in it.

    Attributes:
        before: its text as it was.
        old, new: its bytes without and with the fixes.
        text: its text with them.
        fixed: how many they are.
    """

    before: Snapshot
    old: bytes
    new: bytes
    text: str
    fixed: int


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
        rules = Counter(findings[number].rule for number in mended.done)
        return Changed(before, old, new, mended.text, count + rules.total()), rules

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
        return disk.read(self._plan.config.root / place, settings.max_file_size)

    def _refuse(self, place: str, why: str, name: str = "") -> None:
        self._refused.add((place, name))
        what = f"a fix of {name}" if "/" in name else "a fix" if name else "what could be fixed"
        words.tell("check", f"{_from_here(place, self._plan)}: {what} is left out: {why}")


def write(plan: Plan, first: Survey, outcome: Outcome) -> Outcome:
    """Write the files that change; of those that cannot be written, what was seen first holds.

    They are failures of the survey that comes back.
    """
    failed: dict[str, Failure] = {}
    for place, file in outcome.changed.items():
        try:
            disk.replace(plan.config.root / place, file.old, file.new)
        except OSError as error:
            said = error.strerror or "unknown error"
            why = said if said.startswith("is ") else f"cannot be written: {said.lower()}"
            failed[place] = Failure(place, f"its fixes are not written: it {why}")
    seen = renewed(outcome.seen, first, failed.keys())
    seen = seen._replace(failures=(*seen.failures, *failed.values()))
    return Outcome(seen, {p: file for p, file in outcome.changed.items() if p not in failed})


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
        for place, file in sorted(outcome.changed.items()):
            after = replace(file.before, text=file.text)
            texts = [_masked_lines(plan, machine, text) for text in (file.before, after)]
            if any(lines is None for lines in texts):
                why = "its diff is not shown: it could not be searched for secrets"
                lost.append(Failure(place, why))
                continue
            name = formats.visible(_from_here(place, plan))
            for line in difflib.unified_diff(
                texts[0] or [], texts[1] or [], name, name, lineterm=""
            ):
                covered = covered or MASK in line
                told = "\n".join(map(formats.visible, line.split("\n"))) if terminal else line
                style = _STYLES.get(line[:1])
                words.write((screen.paint(told, style) if style else told) + "\n", encoding="utf-8")
    if covered:
        words.tell("check", "secrets in the diff are masked: it cannot be applied as it is")
    return lost


def _masked_lines(plan: Plan, machine: Worker, snapshot: Snapshot) -> list[str] | None:
    """The lines of a text, secrets masked in each; None when they cannot be told."""
    said = machine.examine(snapshot, ("secrets",), plan.config.settings.timeout)
    if said.failures:
        return None
    hidden = join(finding.span for finding in said.findings)
    return list(_lines(snapshot, hidden))


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
