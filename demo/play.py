"""`make try`: the main job of Vetline, played in a terminal on a copy of the sample shop.

The server is the real one, over stdio; the shop lies in a Git repository of its own in a temporary
folder, so that nothing in this checkout changes. What is shown is what came back: where something else
came than the words around it say, the play stops with exit code 1.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from editor import WAIT, Diagnostic, Editor, UnexpectedError
from lsp_client import Client
from rich.text import Text
from stage import HINT, INDENT, INFO, Stage, picture, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

HERE = Path(__file__).parent
SQL, YAML, IMPORT = "python/sql-from-string", "python/unsafe-yaml-load", "package/nonexistent"
VET = "Ask security to vet this package"
DEBUG, ASKED = "python/flask-debug", "review requested by"
FAULTS = (
    SQL, YAML, IMPORT, DEBUG, "python/tls-verify-off", "secret/hard-coded-password",
    "javascript/page-from-address", "javascript/command-from-string",
)  # fmt: skip
BLOCKED = 1


def main() -> int:
    """Play; gives 0, or 1 when something else came than expected."""
    parser = argparse.ArgumentParser(prog="demo/play.py", description="Play Vetline's main job.")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="record it as a picture instead")
    options = parser.parse_args()
    console = terminal(recording=options.svg is not None)
    try:
        with tempfile.TemporaryDirectory(
            prefix="vetline-try-", ignore_cleanup_errors=True
        ) as folder:
            play(console, Path(folder))
        if options.svg:
            options.svg.parent.mkdir(parents=True, exist_ok=True)
            console.save_svg(str(options.svg), title="make try", code_format=picture())
    except subprocess.TimeoutExpired as error:
        return _stop(f"`{error.cmd[-1]}` took longer than {error.timeout:.0f} s")
    except (UnexpectedError, TimeoutError, RuntimeError, OSError) as error:
        return _stop(str(error))
    except KeyboardInterrupt:
        return 130
    return 0


def play(console: Console, folder: Path) -> None:
    """Play all steps on a copy of the shop in `folder`.

    Raises:
        UnexpectedError: something else came than the words say.
        TimeoutError: nothing came in time.
    """
    began = time.perf_counter()
    shop = _copied(folder)
    console.print("Vetline on a copy of demo/shop, with the real server.", style="bold")
    environment = _environment(folder, colour=console.is_terminal and not console.no_color)
    with (folder / "server.log").open("w+b") as log:
        command = [sys.executable, "-m", "vetline", "server", "--stdio"]
        client = Client(command, stderr=log, env=environment, cwd=shop)
        try:
            client.initialize(shop, {"general": {"positionEncodings": ["utf-32"]}})
            stage = Stage(console, Editor(client, shop / "app.py"), shop, environment)
            for act in (_open, _insert, _fix, _review):
                act(stage)
            code = client.leave()
            _expect(code == 0, f"the server left with exit code {code}")
        except (UnexpectedError, TimeoutError, RuntimeError, OSError) as error:
            log.seek(0)
            said = log.read().decode(errors="replace").strip().splitlines()[-5:]
            raise UnexpectedError("\n".join([str(error), *said])) from error
        finally:
            _end(client)
    _blame(stage)
    _check(stage)
    _audit(stage)
    stage.say("")
    stage.say(f"Played in {time.perf_counter() - began:.1f} s.", "bold")
    stage.explain("For your own editor: docs/editors.md. For your own code: vetline check.")


# -- the acts


def _open(stage: Stage) -> None:
    old = stage.editor.wait(lambda shown: {SQL, YAML, DEBUG} <= {item["code"] for item in shown})
    louder = [item["code"] for item in old if item["severity"] != HINT]
    _expect(not louder, f"of unknown origin and more than a hint: {', '.join(louder)}")
    stage.headline(1, "You open app.py, a page of a small Flask shop.")
    stage.explain(
        f"It has {len(old)} faults. Nobody knows who wrote them, so they are hints: Vetline does not "
        "shout about code that was there before."
    )
    stage.say("")
    stage.show(old, brief=True)


def _insert(stage: Stage) -> None:
    editor = stage.editor
    block = (HERE / "ai_block.txt").read_text("utf-8").strip() + "\n\n\n"
    who = {"source": "chat", "agent": "assistant", "model": "demo"}
    began = time.perf_counter()
    editor.insert(editor.text.index("if __name__"), block, **who)
    shown = editor.wait(
        lambda shown: {SQL, YAML, IMPORT} <= {item["code"] for item in _by_ai(shown)}
    )
    took = (time.perf_counter() - began) * 1000
    count = block.strip().count("\n") + 1
    stage.headline(2, f"An assistant inserts {count} lines, and the editor says that it did.")
    stage.explain(
        f"After {took:.0f} ms the faults in them are marked, each with its author at the end. The "
        "package is made up: whoever registers its name next is who gets installed. The names of both "
        "registries are at hand, so nobody was asked."
    )
    stage.say("")
    stage.show(_by_ai(shown))


def _fix(stage: Stage) -> None:
    editor = stage.editor
    fault = _by_ai(editor.wait(lambda shown: _of(YAML, _by_ai(shown))), YAML)[0]
    action = editor.action(fault, "Fix: ")
    _expect(action.get("isPreferred"), "the fix of yaml.load is not the preferred action")
    number = fault["range"]["start"]["line"]
    before = editor.line(number).strip()
    changes = action["edit"]["changes"][editor.uri]
    for change in sorted(changes, key=lambda c: editor.offset(c["range"]["start"]), reverse=True):
        start, end = (editor.offset(change["range"][name]) for name in ("start", "end"))
        editor.replace(start, end, change["newText"])
    left = _by_ai(editor.wait(lambda shown: not _of(YAML, _by_ai(shown))))
    stage.headline(3, "You take the quick fix.")
    stage.explain(
        "It is offered because it is safe. The server looks again, and the finding is gone."
    )
    stage.say("")
    stage.say(f"{INDENT}{action['title']}", "bold green")
    stage.say(f"{INDENT}- {before}", "red")
    stage.say(f"{INDENT}+ {editor.line(number).strip()}", "green")
    faults = [item["code"] for item in left if item["severity"] < INFO]
    stage.say(f"{INDENT}left in these lines: {', '.join(faults)}")


def _review(stage: Stage) -> None:
    editor = stage.editor
    editor.save()
    fault = _by_ai(editor.wait(lambda shown: _of(SQL, _by_ai(shown))), SQL)[0]
    action = editor.action(fault, "Request human security review")
    editor.client.result("workspace/executeCommand", action["command"], WAIT)
    asked = editor.wait(lambda shown: any(ASKED in item["message"] for item in shown))
    package = _by_ai(asked, IMPORT)[0]
    vet = editor.action(package, VET)
    editor.client.result("workspace/executeCommand", vet["command"], WAIT)
    asked = editor.wait(lambda shown: any(ASKED in item["message"] for item in _of(IMPORT, shown)))
    stage.headline(4, "You ask a person about the SQL, and security about the package.")
    stage.explain(
        "Code actions, no form, no other window. The requests go into an append-only ledger in the Git "
        "directory. They survive restarts and are shown on the findings; one moves with its code, the "
        "other is about the package, wherever it is used."
    )
    stage.say("")
    stage.say(f"{INDENT}{action['title']}", "bold green")
    stage.say(f"{INDENT}{vet['title']}", "bold green")
    stage.show(item for item in asked if item["code"] in {SQL, IMPORT} and ASKED in item["message"])
    done = stage.run("review", "list")
    listed = SQL in done.stdout and "pkg:pypi/flask-admin-shield" in done.stdout
    _expect(done.returncode == 0 and listed, f"a request is not listed: {done.stderr}")


def _blame(stage: Stage) -> None:
    stage.headline(5, "Later somebody wants to know who wrote these lines.")
    stage.explain(
        "The editor is closed; what it saw is kept in the Git directory. Your fix made an AI's line a "
        "mixed one. Agents in a terminal report by hooks: vetline install-hooks."
    )
    lines = (stage.shop / "app.py").read_text("utf-8").splitlines()
    fixed = next(number for number, line in enumerate(lines, 1) if "yaml.safe_load" in line)
    done = stage.run("blame", "app.py", "-L", f"{fixed - 2},{fixed + 1}")
    states = [line.split()[0] for line in Text.from_ansi(done.stdout).plain.splitlines()]
    _expect({"ai", "mixed"} <= set(states), f"the states of the lines are {', '.join(states)}")


def _check(stage: Stage) -> None:
    stage.headline(6, "Before the merge, CI asks about the whole project: may this pass?")
    stage.explain(
        "The same rules, no editor. The shop's policy wants a person to approve what an AI does with "
        "the database. The exit code is the answer: 0 pass, 1 blocked."
    )
    (stage.shop / "vetline.toml").write_text('[gate]\nreview = ["trigger/database"]\n', "utf-8")
    done = stage.run("check", "--assume-origin", "ai", "--statistics")
    _expect(
        done.returncode == BLOCKED and "BLOCK" in done.stdout,
        f"`vetline check` left with exit code {done.returncode}: {done.stderr}",
    )
    missing = [rule for rule in FAULTS if rule not in done.stdout]
    _expect(not missing, f"`vetline check` missed {', '.join(missing)}")
    _expect(
        "1 place waits for a person." in done.stdout,
        "the gate does not know of the review that was asked for",
    )
    stage.say(f"{INDENT}exit code {done.returncode}", "bold red")


def _audit(stage: Stage) -> None:
    stage.headline(7, "All of that is on record.")
    stage.explain(
        "A colleague reads `vetline review show` and approves with a signature. What is changed or "
        "removed here shows; with git's hooks each commit keeps an anchor, so that a missing end shows, too."
    )
    done = stage.run("audit", "verify")
    _expect(
        done.returncode == 0 and "whole" in done.stdout, f"the ledger is not whole: {done.stderr}"
    )


def _by_ai(diagnostics: Iterable[Diagnostic], rule: str = "") -> list[Diagnostic]:
    """Those in an assistant's lines, all or of one rule."""
    own = [item for item in diagnostics if (item.get("data") or {}).get("origin")]
    return _of(rule, own) if rule else own


def _of(rule: str, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [item for item in diagnostics if item["code"] == rule]


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise UnexpectedError(otherwise)


# -- around the play


def _copied(folder: Path) -> Path:
    """A copy of the shop in a Git repository of its own."""
    shop = folder / "shop"
    shutil.copytree(HERE / "shop", shop)
    if shutil.which("git") is None:
        raise UnexpectedError("git is not on PATH: install it, the ledger lies in a Git directory")
    who = {"user.name": "Sam", "user.email": "sam@shop.example"}
    commands = [["init", "--quiet"], *(["config", key, value] for key, value in who.items())]
    for words in commands:
        done = subprocess.run(
            ["git", *words], cwd=shop, env=_environment(folder), capture_output=True, text=True,
            timeout=WAIT, check=False,
        )  # fmt: skip
        _expect(done.returncode == 0, f"git {words[0]}: {done.stderr.strip()}")
    return shop


def _environment(folder: Path, *, colour: bool = False) -> dict[str, str]:
    """Ours, without what would change what is found or where it is kept."""
    ours = ("VETLINE_", "GIT_", "VIRTUAL_ENV", "CONDA_", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    colours = {"FORCE_COLOR": "1"} if colour else {"NO_COLOR": "1"}
    homes = {f"XDG_{name}_HOME": str(folder / name) for name in ("STATE", "CACHE")}
    return {**kept, **homes, "PYTHONUTF8": "1", **colours}


def _end(client: Client) -> None:
    """End the server, by its own way if it can: then its workers go first and write nothing more."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        if client.process.stdin:
            client.process.stdin.close()
        client.process.wait(5)
    client.kill()


def _stop(why: str) -> int:
    sys.stderr.write(f"make try: {why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
