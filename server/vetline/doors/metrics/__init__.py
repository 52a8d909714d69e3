"""`vetline metrics`: what the ledger comes to: the gate, findings, reviews, and whose lines bring them.

Exit codes: 0; 1 with --alert, a figure is past its alert or a rate jumped; 2 wrong usage or settings; 3 the ledger cannot be
read or written, or a collector cannot be reached.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from vetline import figures, ledger, metrics, stores
from vetline.doors import options as words
from vetline.doors.audit import checking, choosing
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.metrics import Bounds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from vetline.config import Config
    from vetline.formats import Screen
    from vetline.metrics import Sheet

_ALARMED, _USAGE, _UNREADABLE = 1, 2, 3
_SPAN = re.compile(r"([0-9]{1,4})([dw])")
_WEEK = 7
_MOST_DAYS = 36_500
FORMATS = ("text", "json", "openmetrics", "csv", "markdown")


class UnsentError(Exception):
    """What was to be sent was not; exit 3 with this one line."""


def main(argv: list[str]) -> int:
    """Tell the figures; gives the exit code."""
    try:
        choosing.refuse_empty(argv)
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell("metrics", str(error))
        return _USAGE
    except (LedgerError, GitError, UnsentError) as error:
        words.tell("metrics", str(error))
        return _UNREADABLE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline metrics", description=__doc__)
    parser.add_argument(
        "--since",
        default="30d",
        metavar="TIME",
        help="whole days in UTC up to today: 30d, 12w, or from 2026-03-01 (30d)",
    )
    parser.add_argument("--output-format", choices=FORMATS, default="text")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="write to this file")
    parser.add_argument(
        "--explain",
        default="",
        metavar="METRIC",
        help="what a figure is, and the events that it counts; as text or JSON",
    )
    parser.add_argument("--alert", action="store_true", help="exit 1 when something needs a look")
    parser.add_argument(
        "--count", action="store_true", help="first count the project's lines, and whose they are"
    )
    parser.add_argument(
        "--otlp", action="store_true", help="send the figures to an OpenTelemetry collector, too"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="read the whole ledger, whatever was kept of it"
    )
    words.add_config(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours")
    return parser


def _main(options: argparse.Namespace) -> int:
    options.analyzer = None
    known = words.load_config(options, {}, ["."])
    bounds = bounds_of(known)
    _check(options)
    now = ledger.timestamp(datetime.now(UTC))
    days = _days(options.since, now)
    location = stores.locate(known.root)
    if options.count:
        from vetline.doors.metrics import counting

        counting.count(known, location, now)
    sheet = metrics.sheet(
        metrics.load(location, fresh=options.fresh), now=now, days=days, bounds=bounds
    )
    if options.otlp:
        from vetline.doors.metrics import telemetry

        telemetry.send(sheet)
    screen = words.screen(sys.stdout, no_color=options.no_color or bool(options.output))
    if options.explain:
        from vetline.doors.metrics import explaining

        found = next(one for one in sheet.measured if one.figure.name == options.explain)
        text = explaining.told(found, sheet.period, location, options.output_format, screen)
    else:
        text = rendered(sheet, options.output_format, screen)
    checking.put(text, options.output)
    return _ALARMED if options.alert and sheet.alarming else 0


def _check(options: argparse.Namespace) -> None:
    if not (asked := options.explain):
        return
    if asked not in figures.names():
        hint = words.did_you_mean(asked, figures.names())
        raise words.UsageError(
            f"--explain {asked}: no such metric{hint or ': there are ' + ', '.join(figures.names())}"
        )
    if options.output_format not in {"text", "json"}:
        raise words.UsageError("--explain tells as text or JSON: give --output-format json")


def rendered(sheet: Sheet, form: str, screen: Screen) -> str:
    """A sheet in one of `FORMATS`."""
    if form == "openmetrics":
        from vetline.doors.metrics import openmetrics

        return openmetrics.rendered(sheet)
    from vetline.doors.metrics import sheets

    if form == "text":
        return sheets.as_text(sheet, screen)
    return {"json": sheets.as_json, "csv": sheets.as_csv, "markdown": sheets.as_markdown}[form](
        sheet
    )


def bounds_of(known: Config) -> Bounds:
    """The targets and alerts that the settings ask for.

    Raises:
        UsageError: one is of a figure that there is not.
    """
    told = known.settings
    return Bounds(
        _named("metrics.targets", told.metrics_targets),
        _named("metrics.alerts", told.metrics_alerts),
        _named("metrics.floors", told.metrics_floors),
    )


def _named(key: str, pairs: Iterable[str]) -> dict[str, float]:
    found = {}
    for name, _, number in (pair.partition("=") for pair in pairs):
        if name not in figures.names():
            hint = words.did_you_mean(name, figures.names())
            raise words.UsageError(f"{key}: there is no metric {name!a}{hint}")
        found[name] = float(number)
    return found


def _days(since: str, now: str) -> int:
    """How many days up to today are meant.

    Raises:
        UsageError: none.
    """
    if span := _SPAN.fullmatch(since):
        days = int(span[1]) * (_WEEK if span[2] == "w" else 1)
    else:
        first = choosing.instant(since, "--since")[:10]
        days = (date.fromisoformat(now[:10]) - date.fromisoformat(first)).days + 1
    if not 1 <= days <= _MOST_DAYS:
        raise words.UsageError(f"--since {since}: give a day up to today, or as 30d")
    return days
