"""`vetline config show`: each setting, its value, and where it came from."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from vetline import config

if TYPE_CHECKING:
    from vetline.config import Config

VERSION = 1  # of the JSON


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: list[str]) -> int:
    """Show the settings. Exit 0, or 2 when something is wrong with them or with the command."""
    options = _arguments(argv)
    start = Path(options.path)
    if not start.exists():
        sys.stderr.write(f"vetline config: {options.path}: no such file or folder\n")
        return 2
    found = config.load(start, file=options.config, isolated=options.isolated)
    if options.output_format == "json":
        sys.stdout.write(json.dumps(_as_json(found), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_as_text(found) + "\n")
    for problem in found.problems:
        sys.stderr.write(f"vetline config: {problem}\n")
    return 2 if found.problems else 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="vetline config", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    show = commands.add_parser("show", help="each setting, its value, and where it came from")
    show.add_argument("path", nargs="?", default=".", metavar="PATH", help="where it holds (.)")
    show.add_argument("--output-format", choices=("text", "json"), default="text")
    source = show.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, metavar="FILE", help="read this config file")
    source.add_argument(
        "--isolated", action="store_true", help="read no config file and no environment variable"
    )
    return parser.parse_args(argv)


def _plain(value: object) -> object:
    """The value as JSON and TOML have it."""
    if isinstance(value, tuple):
        return list(value)
    if type(value) in (int, str):
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
