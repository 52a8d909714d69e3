"""The command `vetline`: picks a door by the first word and imports only that one."""

from __future__ import annotations

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m` puts the folder we stand in first. It belongs to the analysed project, whose own
    # `typing.py` must not be run: it goes before anything else is imported.
    del sys.path[0]

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_USAGE_ERROR = 2
_INTERRUPTED = 130


class _Command(NamedTuple):
    """A door: the module whose `main(argv) -> int` opens it, and one line for the help."""

    module: str
    about: str


COMMANDS = {
    "check": _Command("vetline.doors.check", "check files and say whether they may pass"),
    "baseline": _Command("vetline.doors.baseline", "accept the findings there are; count new ones"),
    "review": _Command("vetline.doors.review", "list and answer requests for a human review"),
    "gate": _Command("vetline.doors.gate", "explain the policy in force and its verdicts"),
    "rule": _Command("vetline.doors.rule", "show a rule's page, or list the rules"),
    "rules": _Command(
        "vetline.doors.rules", "write what agents must heed into their instructions; check that"
    ),
    "triggers": _Command(
        "vetline.doors.triggers", "what a person should look at, and how often that is so"
    ),
    "advisories": _Command(
        "vetline.doors.advisories", "take in advisories on packages, or tell which there are"
    ),
    "index": _Command("vetline.doors.index", "show or refresh the list of public packages' names"),
    "config": _Command("vetline.doors.config", "show the settings and where each comes from"),
    "blame": _Command("vetline.doors.blame", "show who wrote each line of a file"),
    "trace": _Command("vetline.doors.trace", "show every line that a session or a model wrote"),
    "provenance": _Command("vetline.doors.provenance", "show, exchange or erase what is recorded"),
    "audit": _Command("vetline.doors.audit", "show, verify, prove or export what was recorded"),
    "metrics": _Command("vetline.doors.metrics", "show what the ledger comes to, in figures"),
    "dashboard": _Command(
        "vetline.doors.dashboard", "show this week, the trend and what was found most"
    ),
    "incident": _Command(
        "vetline.doors.incident", "collect what is known of a finding into one report"
    ),
    "compliance": _Command(
        "vetline.doors.compliance", "show what is recorded for the controls of a framework"
    ),
    "sbom": _Command(
        "vetline.doors.sbom", "list the packages of a project, and who brought them in"
    ),
    "redact": _Command("vetline.doors.redact", "mask the secrets in a text, for use in a prompt"),
    "demo": _Command("vetline.doors.demo", "make an invented ledger, to look at figures and pages"),
    "init": _Command("vetline.doors.init", "set a project up: policy, signers, CI, git's hooks"),
    "hook": _Command("vetline.doors.hook", "take an agent's event; agents run this"),
    "install-hooks": _Command(
        "vetline.doors.install_hooks", "have agents and git tell what they write"
    ),
    "git-hook": _Command("vetline.doors.git_hook", "take an event of git; git's hooks run this"),
    "server": _Command("vetline.doors.lsp", "the language server, for editors"),
    "version": _Command("", "show the version"),
    "help": _Command("", "show this help"),
}
_SPELLINGS = {"--version": "version", "-V": "version", "--help": "help", "-h": "help"}


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the words after the command's name; those of the process when not given.

    Returns:
        The exit code. 2 is wrong usage, 130 an interrupt; the others are the door's.
    """
    words = sys.argv[1:] if argv is None else argv
    if words[:1] != ["hook"]:  # it refuses otherwise where nobody reads what it says
        _fill_gaps()
    try:
        code = _run(words)
        # What is still in the buffer can meet a closed pipe too; here it can be helped.
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        _mute()
        return _INTERRUPTED
    return code


def _fill_gaps() -> None:
    """Let what a caller has closed be nothing, so that no file that is opened later takes its number.

    `sys.stdin` stays None: that nothing could be read is not the same as that nothing came.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - nothing is imported that is not asked for; it stays open


def _run(words: list[str]) -> int:
    name = _SPELLINGS.get(words[0], words[0]) if words else "help"
    if name == "help":
        (sys.stdout if words else sys.stderr).write(_help())
        return 0 if words else _USAGE_ERROR
    if name == "version":
        from vetline import __version__  # noqa: PLC0415 - nothing is imported that is not asked for

        sys.stdout.write(f"vetline {__version__}\n")
        return 0
    command = COMMANDS.get(name)
    if command is None:
        sys.stderr.write(_unknown(name))
        return _USAGE_ERROR
    # An agent would take the hook's refusal to start for a refusal of what it asked.
    if name != "hook" and not _stands_somewhere():
        sys.stderr.write("vetline: the folder we stand in is gone: change to another one\n")
        return _USAGE_ERROR
    door: Callable[[list[str]], int] = import_module(command.module).main
    return door(words[1:])


def _stands_somewhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - nothing is imported that is not asked for
    except OSError:
        return False
    return True


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.about}" for name, command in COMMANDS.items()]
    return (
        "Vetline vets every line an AI writes.\n\nusage: vetline COMMAND [OPTIONS]\n\n"
        + "\n".join(lines)
        + "\n\n`vetline COMMAND --help` tells more of one.\n"
    )


def _unknown(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - needed for mistakes only

    close = get_close_matches(name, COMMANDS, 1)
    hint = f"did you mean {close[0]!r}?" if close else "see `vetline help`"
    return f"vetline: unknown command {name!a}: {hint}\n"


def _mute() -> None:
    """Send what is still to be written nowhere, so that closing stdout stays quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
