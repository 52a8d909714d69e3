"""For a person at a terminal: each finding with its line of code, its fix and its CWE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.formats import Format, Screen, summary, tags, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.gate import Place, Policy, Report, Sighting

_TAB = 4
_EVIDENCE = 2  # lines
_LEAST = 30  # columns for code, however narrow the screen says it is


def render(report: Report, screen: Screen) -> str:
    """Findings in the order of the files, then the summary."""
    blocks = [_block(sighting, report.policy, screen) for sighting in report.shown()]
    return "".join(f"{block}\n\n" for block in blocks) + summary(report, screen)


def _block(sighting: Sighting, policy: Policy, screen: Screen) -> str:
    finding, start = sighting.finding, sighting.start
    severity = str(finding.severity)
    place = f"{visible(sighting.path)}:{start.line + 1}:{start.column + 1}"
    head = f"{screen.paint(place, 'bold')}: {screen.paint(f'{severity}[{finding.rule}]', severity)}"
    lines = [f"{head} {visible(finding.message)}", *_excerpt(sighting, screen)]
    margin = " " * (_gutter(sighting) + 1)
    lines += [f"{margin}{line}" for line in _places(sighting, screen)]
    if finding.fix:
        care = "" if finding.fix.safe else " (look at it first: it may change behaviour)"
        lines.append(f"{margin}{screen.paint('fix', 'bold')}: {visible(finding.fix.title)}{care}")
    if said := tags(sighting, policy):
        lines.append(margin + screen.paint(visible(" · ".join(said)), "dim"))
    lines += [
        margin + screen.paint(line, "dim") for line in _evidence(sighting, screen, len(margin))
    ]
    return "\n".join(lines)


def _evidence(sighting: Sighting, screen: Screen, margin: int) -> list[str]:
    """What a finding on a package rests on, in a line or two."""
    if not sighting.finding.evidence:
        return []
    import textwrap  # noqa: PLC0415 - few findings have evidence

    whole = visible("evidence: " + "; ".join(sighting.finding.evidence))
    room = max(_LEAST, screen.width - margin)
    return textwrap.wrap(whole, room, max_lines=_EVIDENCE, placeholder=" …")


def _places(sighting: Sighting, screen: Screen) -> Iterator[str]:
    """The way the value came, without its end, which the excerpt shows; then what else explains."""
    for word, places in (("from", _before_sink(sighting)), ("see", sighting.related)):
        for place in places:
            there = f"{visible(place.path)}:" if place.path else "line "
            where = f"{there}{place.start.line + 1}"
            yield f"{screen.paint(word, 'bold')} {where}: {visible(place.text)}"


def _before_sink(sighting: Sighting) -> tuple[Place, ...]:
    *steps, last = sighting.flow or (None,)
    at_sink = last is None or (not last.path and last.start.line == sighting.start.line)
    return tuple(step for step in (steps if at_sink else sighting.flow) if step)


def _gutter(sighting: Sighting) -> int:
    return max(4, len(str(sighting.start.line + 1)) + 1)


def _excerpt(sighting: Sighting, screen: Screen) -> list[str]:
    """The line of code and the carets under the finding."""
    if not sighting.excerpt.strip():
        return []
    gutter = _gutter(sighting)
    cells = [_cell(char) for char in sighting.excerpt]
    first, last = sighting.caret
    room = max(_LEAST, screen.width - gutter - 3)
    before = _tail("".join(cells[:first]), room * 2 // 3 if first else 0)
    inside = "".join(cells[first:last])
    line = _head(before + inside + "".join(cells[last:]), room)
    indent = _width(before)
    carets = "^" * max(1, min(_width(inside), room - indent))
    bar = screen.paint("|", "dim")
    number = screen.paint(f"{sighting.start.line + 1:>{gutter}}", "dim")
    return [
        f"{number} {bar} {line.rstrip()}",
        f"{' ' * gutter} {bar} {' ' * indent}"
        + screen.paint(carets, str(sighting.finding.severity)),
    ]


def _cell(char: str) -> str:
    return " " * _TAB if char == "\t" else visible(char)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - most code is ASCII and needs no tables

    return cell_len(text)


def _tail(text: str, room: int) -> str:
    """The end of `text`, as much as fits; "…" says that it was cut."""
    if _width(text) <= room:
        return text
    while _width(text) > room - 1:
        text = text[1:]
    return "…" + text


def _head(text: str, room: int) -> str:
    """The start of `text`, as much as fits; "…" says that it was cut."""
    if _width(text) <= room:
        return text
    while _width(text) > room - 1:
        text = text[:-1]
    return text + "…"


FORMAT = Format(render, for_people=True, quotes=True)
