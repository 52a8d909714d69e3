"""`vetline advisories`: take in advisories, and say which there are.

Exit codes: 0 done; 2 wrong usage or settings; 3 a source could not be taken in, so that the store stayed as it was,
or there is no store to tell of.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetline import advisories, formats
from vetline.advisories import store
from vetline.doors import options as words

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from vetline.advisories.store import Counts, Head

_DONE, _USAGE, _NOT_DONE = 0, 2, 3
_REGISTRIES = {"pypi": "PyPI", "npm": "npm"}


def main(argv: list[str]) -> int:
    """Update or tell; gives the exit code."""
    try:
        options = _parser().parse_args(argv)
        config = words.load_config(options, {}, ["."])
    except words.UsageError as error:
        words.tell("advisories", str(error))
        return _USAGE
    path = advisories.place(config.path(config.settings.advisories))
    if not path:
        words.tell("advisories", "there is no folder for the store: set XDG_CACHE_HOME, or the setting advisories")  # fmt: skip
        return _USAGE
    if options.command == "update":
        return _update(options.sources, path)
    return _status(path, as_json=options.output_format == "json")


def _update(sources: list[str], path: str) -> int:
    from vetline.advisories.intake import Intake, SourceError

    today = datetime.now(UTC).date().isoformat()
    intake = Intake()
    try:
        for source in sources:
            if source.lower().startswith("http://"):
                words.tell("advisories", "http is not encrypted: anybody on the way can take advisories out")  # fmt: skip
            intake.take(source, today)
        head = store.write(Path(path), intake.useful(), intake.day or today, today)
    except SourceError as error:
        words.tell("advisories", f"{error}; the store stays as it was")
        return _NOT_DONE
    except OSError as error:
        words.tell("advisories", f"cannot write {path}: {error.strerror}")
        return _NOT_DONE
    for line in _lines(path, head):
        words.write(line + "\n")
    documents = intake.documents.values()
    passed = {
        "withdrawn": sum(document.withdrawn for document in documents),
        "of other registries": sum(document.others for document in documents),
        "that name no version": sum(document.vague for document in documents),
    }
    said = [f"{number:,} {what}" for what, number in passed.items() if number]
    if said:
        words.write(f"passed over: {', '.join(said)}\n")
    if intake.unread:
        words.tell("advisories", f"{formats.number(intake.unread, 'file')} could not be read as OSV records")  # fmt: skip
    return _DONE


def _status(path: str, *, as_json: bool) -> int:
    problem, head = "", None
    try:
        head = store.opened(path).head
    except FileNotFoundError:
        problem = f"{path}: there are no advisories yet: {store.HOW}"
    except store.DamagedError as error:
        problem = str(error)
    if as_json:
        words.write(formats.json_text(_data(path, head, problem), 2))
    elif head is not None:
        for line in _lines(path, head):
            words.write(line + "\n")
    if problem:
        words.tell("advisories", problem)
    return _NOT_DONE if problem else _DONE


def _lines(path: str, head: Head) -> list[str]:
    rows = [
        f"  {_REGISTRIES.get(name, formats.visible(name)):<5} {_told(counts)}"
        for name, counts in _sorted(head)
    ]
    old = f" (old: {store.HOW})" if head.is_stale else ""
    return [
        f"advisories of {head.as_of}, taken in on {head.made}{old}",
        *(rows or ["  none"]),
        f"  {formats.visible(path)}",
    ]


def _told(counts: Counts) -> str:
    return (
        f"{counts.vulnerabilities:>7,} vulnerabilities and {counts.malicious:,} packages with malware, "
        f"in {counts.packages:,} packages"
    )


def _data(path: str, head: Head | None, problem: str) -> Mapping[str, Any]:
    return {
        "version": 1,
        "path": path,
        "as_of": head.as_of if head else None,
        "made": head.made if head else None,
        "ecosystems": {name: counts._asdict() for name, counts in _sorted(head)} if head else {},
        "problem": problem or None,
    }


def _sorted(head: Head) -> list[tuple[str, Counts]]:
    return sorted(head.counts.items(), key=lambda entry: -entry[1].packages)


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline advisories", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    update = commands.add_parser("update", help="make the store anew from OSV records")
    update.add_argument(
        "--from",
        dest="sources",
        action="append",
        required=True,
        metavar="DIR|ZIP|URL",
        help="OSV records, JSON or YAML: a folder, a zip, one file, or an address (repeatable)",
    )
    status = commands.add_parser("status", help="tell the date, the counts and the place")
    status.add_argument("--output-format", choices=["text", "json"], default="text", help="(text)")
    for command in (update, status):
        words.add_config(command)
        command.set_defaults(analyzer=None)
    return parser
