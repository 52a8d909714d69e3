"""`vetline rule`: what a rule finds, why it is bad and what to do."""

from __future__ import annotations

import json
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING

from vetline.doors import options as words
from vetline.formats import visible
from vetline_analyzers import engine
from vetline_analyzers.core import weaknesses

if TYPE_CHECKING:
    from vetline_analyzers.core.finding import Rule

VERSION = 1  # of the JSON
_NEAR = 3  # names that a hint lists
_ALIKE = 0.8  # how much of a name must be right for that


def main(argv: list[str]) -> int:
    """Show a page or the list. Exit 0, or 2 when there is no such rule."""
    parser = words.Parser(prog="vetline rule", description=__doc__)
    parser.add_argument("name", nargs="?", metavar="RULE", help="as in python/sql-from-string")
    parser.add_argument("--list", action="store_true", help="one line a rule")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR)")
    try:
        options = parser.parse_args(argv)
        if options.list == bool(options.name):
            parser.error("name one rule, or ask for the --list")
        if options.name:
            explain(options.name, options.output_format, no_color=options.no_color)
            return 0
    except words.UsageError as error:
        words.tell("rule", str(error))
        return 2
    rules = engine.rules().values()
    if options.output_format == "json":
        document = {"version": VERSION, "rules": [_as_data(rule) for rule in rules]}
        words.write(json.dumps(document, indent=2) + "\n")
    else:
        width = max(len(rule.id) for rule in rules)
        for rule in rules:
            words.write(f"{rule.id:<{width}}  {rule.severity!s:<8}  {rule.title}\n")
    return 0


def explain(name: str, output_format: str = "text", *, no_color: bool = False) -> None:
    """Write a rule's page: its Markdown as it is, set for reading on a terminal.

    Raises:
        UsageError: there is no such rule.
    """
    rule = engine.rules().get(name)
    if rule is None:
        hint = _near(name) or ": see `vetline rule --list`"
        raise words.UsageError(f"there is no rule {visible(name)!r}{hint}")
    if output_format == "json":
        words.write(json.dumps({"version": VERSION, "rules": [_as_data(rule)]}, indent=2) + "\n")
    elif words.screen(sys.stdout, no_color=no_color).colour:
        from rich.console import Console
        from rich.markdown import Markdown

        Console(force_terminal=True).print(Markdown(engine.page(rule)))
    else:
        words.write(engine.page(rule))


def _near(name: str) -> str:
    """A hint at rules that may be meant: of that name in another family, or spelt alike."""
    ids = list(engine.rules())
    tail = name.rpartition("/")[2].lower()
    alike = [rule for rule in ids if rule.rpartition("/")[2].lower() == tail]
    alike = alike or get_close_matches(name, ids, _NEAR, _ALIKE)
    listed = " or ".join(repr(rule) for rule in alike[:_NEAR])
    return f": did you mean {listed}?" if listed else ""


def _as_data(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": str(rule.severity),
        "confidence": str(rule.confidence),
        "persona": str(rule.persona),
        "tentative": rule.tentative,
        "cwe": list(rule.cwe),
        "owasp": [str(category) for category in weaknesses.categories(rule.cwe)],
        "attack": rule.attack,
        "page": rule.page,
        "advice": rule.advice,
        "bad": list(rule.bad),
        "good": list(rule.good),
        "same_as": list(rule.same_as),
        "url": rule.url,
        "language": rule.language,
    }
