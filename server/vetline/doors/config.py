"""`vetline config show`: each setting, its value, and where it came from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import config
from vetline.doors import options as words

if TYPE_CHECKING:
    import argparse

    from vetline.config import Config

VERSION = 1  # of the JSON


def main(argv: list[str]) -> int:
    """Show the settings. Exit 0, or 2 when something is wrong with them or with the command."""
    try:
        return _show(_arguments(argv))
    except words.UsageError as error:
        words.tell("config", str(error))
        return 2


def _show(options: argparse.Namespace) -> int:
    start = Path(options.path)
    if not os.path.lexists(start):
        raise words.UsageError(f"{options.path}: no such file or folder")
    found = config.load(start, file=options.config, isolated=options.isolated)
    if options.output_format == "json":
        words.write(json.dumps(_as_json(found), indent=2, ensure_ascii=False) + "\n")
    else:
        words.write(_as_text(found) + "\n")
    for problem in found.problems:
        words.tell("config", str(problem))
    return 2 if found.problems else 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = words.Parser(prog="vetline config", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="each setting, its value, and where it came from")
    show.add_argument("path", nargs="?", default=".", metavar="PATH", help="where it holds (.)")
    show.add_argument("--output-format", choices=("text", "json"), default="text")
    words.add_config(show)
    return parser.parse_args(argv)


def _plain(value: object) -> object:
    """The value as JSON and TOML have it."""
    if isinstance(value, tuple):
        return list(value)
    if value is None or isinstance(value, bool) or type(value) in (int, str):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return str(value)


def _as_json(found: Config) -> dict[str, object]:
    return {
        "version": VERSION,
        "file": str(found.file) if found.file else None,
        "root": str(found.root),
        "settings": {
            setting.key: {
                "value": _plain(getattr(found.settings, setting.field)),
                "origin": found.origins[setting.key],
            }
            for setting in config.SETTINGS
        },
        "problems": [
            {
                "path": str(problem.path) if problem.path else None,
                "line": problem.line + 1,
                "column": problem.column + 1,
                "origin": problem.origin,
                "key": problem.key,
                "message": problem.message,
            }
            for problem in found.problems
        ],
    }


def _as_text(found: Config) -> str:
    rows = [("setting", "value", "from")]
    for setting in config.SETTINGS:
        value = json.dumps(_plain(getattr(found.settings, setting.field)), ensure_ascii=False)
        rows.append((setting.key, value, found.origins[setting.key]))
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"{row[0]:<{first}}  {row[1]:<{second}}  {row[2]}" for row in rows]
    file = f"config file: {found.file}" if found.file else "config file: none"
    return "\n".join([*lines, "", file, f"root: {found.root}"])
