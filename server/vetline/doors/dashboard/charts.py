"""Charts of weeks as inline SVG: leather draws them, the page's own style colours them, and a table beside each tells the same."""

from __future__ import annotations

import re
from itertools import count, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import leather
from leather import theme
from leather.scales import Ordinal

from vetline.doors.dashboard.markup import Markup, joined, tag
from vetline.figures import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT = 400, 170
_SPARK = (120, 28)
_LEGEND = 18  # what leather leaves free above several lines; the page has a legend of its own
_FOOT = 20  # what leather leaves free below, for the words of an axis
_EDGE = 12  # around what is drawn, for words that stand out
_MOST_TICKS = 5
_STEPS = (1, 2, 5)
_TIMES = (60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 432_000, 864_000, 2_592_000)  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.\d+(?:E[-+]?\d+)?|E[-+]?\d+)")
_DASHES = (None, "6 3", "1 4")
_BOUNDS = {"target": "8 4", "alert": "2 3"}
# What it would otherwise write into the picture; the style of the page says all of it.
_LOOKS = ("fill", "stroke", "stroke-width", "font-family", "font-size")


# How much room it leaves; it has these for all of a process.
theme.margin = 0.0
theme.tick_font_char_width, theme.tick_font_char_height = 7, 12


class Line(NamedTuple):
    """A line of a chart: its name, and a value for each week or None; `bound` where it is a target or an alert."""

    name: str
    values: Sequence[float | None]
    bound: str = ""


class Course(NamedTuple):
    """A chart: its title, the unit of its values, the last day of each week, and its lines."""

    title: str
    unit: Unit
    weeks: Sequence[str]
    lines: Sequence[Line]


def chart(course: Course, name: str) -> Markup:
    """A chart with its legend and its table; a sentence where there is nothing to draw.

    Args:
        course: what to draw.
        name: what its parts are called in the page.
    """
    drawn = [line for line in course.lines if any(v is not None for v in line.values)]
    title = tag("figcaption", course.title)
    if not any(not line.bound for line in drawn):
        nothing = tag("p", f"No week of the last {len(course.weeks)} has a value.", class_="quiet")
        return tag("figure", title, nothing)
    keys = [_key(line, course) for line in drawn] if len(drawn) > 1 else []
    legend = tag("p", *keys, class_="legend", aria_hidden="true") if keys else None
    picture = tag("div", _drawn(course, drawn, _WIDTH, _HEIGHT), class_="picture")
    return tag("figure", title, legend, picture, _table(course, name))


def spark(course: Course) -> Markup:
    """A small line without axes, for the eye alone: what it shows is told beside it."""
    lines = [line for line in course.lines if not line.bound]
    if sum(v is not None for line in lines for v in line.values) < 2:  # noqa: PLR2004 - no line through one point
        return Markup()
    return _drawn(course, lines, *_SPARK, small=True)


def _key(line: Line, course: Course) -> Markup:
    kind = line.bound or f"s{course.lines.index(line)}"
    value = f" {course.unit.said(line.values[0])}" if line.bound else ""
    return tag("span", tag("span", class_=f"key {kind}"), f"{line.name}{value}", class_="entry")


def _table(course: Course, name: str) -> Markup:
    lines = [line for line in course.lines if not line.bound]
    head = tag(
        "tr",
        tag("th", "Week up to", scope="col"),
        *(tag("th", line.name, scope="col", class_="n") for line in lines),
    )
    body = [
        tag(
            "tr",
            tag("th", week, scope="row"),
            *(tag("td", course.unit.said(line.values[at]), class_="n") for line in lines),
        )
        for at, week in enumerate(course.weeks)
    ]
    table = tag(
        "table",
        tag("caption", course.title, class_="unseen"),
        tag("thead", head),
        tag("tbody", *body),
    )
    summary = tag(
        "summary", "As a table", tag("span", f": {course.title}", class_="unseen"), id=f"{name}-s"
    )
    return tag("details", summary, table, class_="twin", id=name)


# -- drawing


def _drawn(
    course: Course, lines: Sequence[Line], width: int, height: int, *, small: bool = False
) -> Markup:
    chart = leather.Chart()
    weeks = range(len(course.weeks))
    top = max((v for line in lines for v in line.values if v is not None), default=1) or 1
    ticks = _ticks(course.unit, top)
    chart.set_x_scale(Ordinal(list(weeks)))
    chart.add_y_scale(0, ticks[-1])
    chart.add_x_axis(
        ticks=list(weeks)[:: -1 if len(weeks) < _MOST_TICKS else -3][::-1],
        tick_formatter=lambda at, *_: course.weeks[at][5:],
    )
    chart.add_y_axis(
        ticks=ticks, tick_formatter=lambda v, *_: "" if small else _short(course.unit.said(v))
    )
    for line in lines:
        rank = course.lines.index(line)
        kind = line.bound or f"s{rank}"
        dash = _BOUNDS[line.bound] if line.bound else _DASHES[rank % len(_DASHES)]
        points = list(zip(weeks, line.values, strict=True))
        chart.add_line(points, stroke_color=kind, stroke_dasharray=dash)
        if not line.bound and not small:
            chart.add_dots(points, fill_color=kind)
    above = 0 if small and len(lines) == 1 else _LEGEND
    group = chart.to_svg_group(width, height + above + (_FOOT if small else 0))
    return _written(group, course, lines, (above, width, height), small=small)


def _short(said: str) -> str:
    """A round value without the digits that are nothing."""
    return said.replace(".00", "").replace(".0 ", " ")


def _ticks(unit: Unit, top: float) -> list[float]:
    """Where the lines of an axis lie: round values from 0 to beyond the largest."""
    if unit is Unit.SECONDS and top <= _TIMES[-1] * _MOST_TICKS:
        step: float = next((s for s in _TIMES if top <= s * _MOST_TICKS), _TIMES[-1])
    else:
        sizes = (s * 10.0**power for power in count(-3) for s in _STEPS)
        step = next(s for s in sizes if top <= s * _MOST_TICKS)
        if unit is Unit.COUNT:
            step = max(step, 1)
    below = takewhile(lambda n: (n - 1) * step < top, count())
    return [round(n * step, 6) for n in below]


def _written(
    group: Any, course: Course, lines: Sequence[Line], box: tuple[int, int, int], *, small: bool
) -> Markup:
    """The picture as a part of the page: without colours, fonts and superfluous digits."""
    above, width, height = box
    margins = group[1]
    group.remove(group[0])  # the background
    header = margins[0]
    margins.remove(header)  # the legend
    if small:
        for axes in margins.iter("g"):
            for axis in [one for one in axes if one.get("class", "").startswith("axis ")]:
                axes.remove(axis)
    for element in group.iter():
        colour = element.get("fill") if element.tag == "circle" else element.get("stroke")
        for name in _LOOKS:
            element.attrib.pop(name, None)
        if element.tag in {"path", "circle"}:
            element.set("class", f"line {colour}" if element.tag == "path" else f"dot {colour}")
        for name, value in element.attrib.items():
            element.set(name, _NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value))
    _titled(group, course, lines)
    inside = Markup(ET.tostring(group, encoding="unicode"))
    edge = 2 if small else _EDGE
    view = f"0 {above - edge} {width + edge} {height + 2 * edge}"
    if small:
        return tag("svg", inside, class_="spark", viewBox=view, aria_hidden="true")
    said = joined(course.title, ": ", "; ".join(_told(course, lines)))
    return tag("svg", inside, class_="chart", viewBox=view, role="img", aria_label=said)


def _titled(group: Any, course: Course, lines: Sequence[Line]) -> None:
    """Let each point say under the pointer what it is."""
    dots = [one for one in group.iter("g") if one.get("class") == "series dots"]
    for line, marks in zip((line for line in lines if not line.bound), dots, strict=False):
        known = [(at, value) for at, value in enumerate(line.values) if value is not None]
        for (at, value), mark in zip(known, marks, strict=False):
            said = f"{line.name}, week up to {course.weeks[at]}: {course.unit.said(value)}"
            ET.SubElement(mark, "title").text = said


def _told(course: Course, lines: Sequence[Line]) -> Iterator[str]:
    """Each line in a few words."""
    for line in lines:
        known = [value for value in line.values if value is not None]
        if line.bound:
            yield f"{line.name} {course.unit.said(known[0])}"
        else:
            first, last = course.unit.said(known[0]), course.unit.said(known[-1])
            span = f"between {course.unit.said(min(known))} and {course.unit.said(max(known))}"
            yield f"{line.name} from {first} to {last}, {span}"
