"""A repository with a ledger: what an agent's hooks reported, commits, events of any kind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from repositories import sh

from vetline import ledger, places, spool, stores
from vetline.agents import POST_EDIT, PROMPT, Event, FileEdit
from vetline.ledger import Draft, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from vetline.ledger import AuditEvent
    from vetline.stores import Location

ANA, BO = "Ana Roe <ana@example.com>", "Bo Diaz <bo@example.com>"
SESSION, MODEL = "7c1f03ab-55aa", "gpt-5.3-codex"
PROMPT_DIGEST = "ab" * 32
ASKED = "write the payment of a cart"


def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of Ana's with one commit of `shop/area.py`; we stand in it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "home").mkdir()
    root = tmp_path / "repo"
    (root / "shop").mkdir(parents=True)
    sh(root, "init", "-q")
    sh(root, "config", "user.name", "Ana Roe")
    sh(root, "config", "user.email", "ana@example.com")
    (root / "shop/area.py").write_text("import os\n\n\ndef area(a, b):\n    return a * b\n")
    monkeypatch.chdir(root)
    commit(root)
    return root


def commit(root: Path) -> str:
    sh(root, "add", "-A")
    sh(root, "commit", "-qm", "x", "--allow-empty")
    return sh(root, "rev-parse", "HEAD").strip()


def written(
    root: Path,
    name: str,
    text: str,
    *,
    session: str = SESSION,
    prompt: str = PROMPT_DIGEST,
    asked: str = ASKED,
) -> None:
    """An agent writes a file, and its hooks report the prompt and the edit."""
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    edit = FileEdit(str(path), changes=(("", text),))
    head = (session, f"turn-{name}")
    events = (
        Event("codex", PROMPT, *head, model=MODEL, cwd=str(root)),
        Event(
            *("codex", POST_EDIT, *head),
            tool_call=name,
            model=MODEL,
            cwd=str(root),
            edits=(edit._asdict(),),
        ),
    )
    place = places.place_of(str(root))
    for event in events:
        said = {"digest": prompt, "text": asked} if event.kind == PROMPT else None
        at = spool.timestamp(time.time_ns())
        record = {"v": spool.VERSION, "at": at, "base": place.base, "event": event._asdict()}
        spool.write(place.folders, {**record, "prompt": said})


def located(root: Path) -> Location:
    return stores.locate(root)


def recorded(
    root: Path, *drafts: tuple[Kind, str, dict], at: str = "2026-03-01T09:05:00.000Z", by: str = ANA
) -> Sequence[AuditEvent]:
    """Append events: kind, subject and payload each."""
    made = [Draft(*draft) for draft in drafts]
    return stores.append(located(root), made, at=at, actor=by).events


def opened(fingerprint: str, line: int, session: str = SESSION) -> dict:
    """The payload of a finding that was opened."""
    return {
        "fingerprint": fingerprint,
        "rule": "python/sql-from-string",
        "severity": "high",
        "symbol": "pay",
        "line": line,
        "origin": {"state": "ai", "agent": "codex", "model": MODEL, "session": session},
    }


def verdict(word: str, **more: object) -> dict:
    """The payload of a verdict."""
    return {"verdict": word, "reasons": [], "policy": "cd" * 32, "commit": "", "files": 1, **more}


def now() -> str:
    from datetime import UTC, datetime

    return ledger.timestamp(datetime.now(UTC))
