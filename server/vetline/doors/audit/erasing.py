"""`vetline audit erase`: texts go, that they went is an event, and the chain stays whole.

Texts are those of prompts, of agents' edits and of files as they were seen. The ledger holds none of them, only digests.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import config, ledger, places, stores
from vetline.authors import Authors
from vetline.doors import options as words
from vetline.doors.audit import choosing
from vetline.ledger import Draft, Kind
from vetline.stores import erasing
from vetline.stores.erasing import Erased

if TYPE_CHECKING:
    import argparse

    from vetline.settings import Settings


class Wish(NamedTuple):
    """What is to be erased; "" limits nothing. `why` is what the event says: "asked" or "retention"."""

    session: str = ""
    prompt: str = ""
    before: str = ""
    only_prompts: bool = False
    why: str = "asked"


def erase(options: argparse.Namespace) -> int:
    """Erase what was asked for; gives the exit code.

    Raises:
        UsageError: it is not clear what.
        LedgerError: it could not be erased, or could not be recorded.
    """
    settings = config.load(Path()).settings
    given = [options.session, options.prompt, options.before, options.expired]
    if not any(given):
        raise words.UsageError("erase what? give --session, --prompt, --before or --expired")
    if options.prompt and (options.session or options.before or options.expired):
        raise words.UsageError("--prompt names one prompt: it goes with no other option")
    if options.expired and options.before:
        raise words.UsageError("--expired says before when: it does not go with --before")
    before = choosing.instant(options.before, "--before")
    if options.expired:
        before = expiry(settings)
        if not before:
            raise words.UsageError("ledger.retention-days is not set: nothing expires")
    drain(Path())
    session, prompt = _named(options.session, options.prompt)
    done = carry_out(
        Path(), Wish(session, prompt, before, why="retention" if options.expired else "asked")
    )
    words.write(told(done) + "\n")
    return 0


def told(done: Erased) -> str:
    """What was erased, a sentence."""
    if not any(done):
        return "There was nothing to erase."
    parts = zip(done, ("of prompts", "of edits", "of files"), strict=True)
    said = ", ".join(f"{number} {what}" for number, what in parts if number)
    return f"Texts erased: {said}; their digests stay."


def expiry(settings: Settings) -> str:
    """Before when texts are to be erased, as `ledger.timestamp` writes it; "" for never."""
    days = settings.ledger_retention_days
    return ledger.timestamp(datetime.now(UTC) - timedelta(days=days)) if days else ""


def retain(root: Path) -> None:
    """Erase what is older than the settings of the project at `root` let it be.

    Raises:
        LedgerError: it could not be erased, or could not be recorded.
    """
    if before := expiry(config.load(root).settings):
        carry_out(root, Wish(before=before, why="retention"))


def drain(root: Path) -> None:
    """Take in what was reported and waits, since it would come back.

    Raises:
        LedgerError: it cannot be stored.
    """
    place = places.place_of(str(root))
    found = config.load(root)
    Authors(Path(place.base or found.root), store_text=found.settings.store_text).drain()


def carry_out(root: Path, wish: Wish) -> Erased:
    """Erase texts of the repository of `root` and tell the ledger, where anything was there.

    Raises:
        LedgerError: it could not be erased, or could not be recorded.
    """
    done = Erased()
    for folder in _folders(root):
        done += erasing.erase(
            folder,
            session=wish.session,
            prompt=wish.prompt,
            before=wish.before,
            only_prompts=wish.only_prompts,
        )
    if any(done):
        location = choosing.locate(root)
        payload = {**wish._asdict(), **done._asdict()}
        at, who = ledger.timestamp(datetime.now(UTC)), ledger.actor(location.base)
        stores.append(location, [Draft(Kind.TEXT_ERASED, "", payload)], at=at, actor=who)
    if any(done) or wish.why == "asked":  # who asks again wants the traces gone that were left
        for folder in _folders(root):
            erasing.scrub(folder)
    return done


def _folders(root: Path) -> list[Path]:
    place = places.place_of(str(root))
    return [Path(folder) for folder in (*place.folders, *place.former)]


def _named(session: str, prompt: str) -> tuple[str, str]:
    """The session and the prompt that are meant, which may be given by their beginnings.

    Raises:
        UsageError: there is none, or several.
    """
    known = [erasing.names(folder) for folder in _folders(Path())]
    sessions = {name for names, _ in known for name in names}
    prompts = {name for _, names in known for name in names}
    return _one(session, sessions, "--session"), _one(prompt, prompts, "--prompt")


def _one(word: str, known: set[str], flag: str) -> str:
    if not word or word in known:
        return word
    found = sorted(name for name in known if choosing.begins(name, word))
    if not found:
        raise words.UsageError(
            f"{flag} {word}: no text of it is kept{words.did_you_mean(word, known)}"
        )
    if len(found) > 1:
        raise words.UsageError(f"{flag} {word} is ambiguous: {', '.join(found[:4])}")
    return found[0]
