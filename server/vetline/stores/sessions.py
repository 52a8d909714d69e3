"""Which sessions of agents the provenance database has heard of: who, when, what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline.agents import PROMPT
from vetline.stores import origins, tables

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


class Session(NamedTuple):
    """A conversation with an agent, as its hooks reported it.

    Attributes:
        id: the agent's name for it.
        agent: the tool; "" when not said.
        model: the model that it said last; "" when it never did.
        human: for whom, "Name <address>" where git knows it.
        first, last: when something of it was reported first and last, as `ledger.timestamp` writes it.
        prompts: how many were submitted and let pass.
        digests: SHA-256 of the latest of them, the newest first, each once.
    """

    id: str
    agent: str
    model: str
    human: str
    first: str
    last: str
    prompts: int
    digests: tuple[str, ...]


def heard(folder: Path, most: int, digests: int, under: str = "") -> list[Session]:
    """The sessions of a database, the latest first.

    What was pruned is not in it any more: see `origins.prune`.

    Args:
        folder: where the database lies.
        most: how many sessions.
        digests: how many digests of prompts of each.
        under: only those that wrote files whose names begin so; "" for all.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    query = """SELECT session, min(at), max(at), max(seq), sum(kind = ?1 AND prompt != x'')
               FROM record WHERE session != x'' AND (?3 = x'' OR session IN (
                   SELECT session FROM record JOIN claim USING (seq) WHERE substr(subject, 1, length(?3)) = ?3))
               GROUP BY session ORDER BY max(at) DESC, max(seq) DESC LIMIT ?2"""
    with tables.reading(folder) as db:
        rows = db.execute(query, (tables.raw(PROMPT), most, tables.raw(under))).fetchall()
        known = [(row, _said(db, row[3]), _digests(db, row[0], digests)) for row in rows]
    return [
        Session(
            tables.text(session),
            agent,
            origins.model_of(folder, tables.text(session)),
            human,
            tables.text(first),
            tables.text(last),
            prompts,
            asked,
        )
        for (session, first, last, _, prompts), (agent, human), asked in known
    ]


def _said(db: sqlite3.Connection, seq: int) -> tuple[str, str]:
    """The agent and the person of a record."""
    agent, body = db.execute("SELECT agent, body FROM record WHERE seq = ?", (seq,)).fetchone()
    human = tables.unpacked(body).get("human")
    return tables.text(agent), human if isinstance(human, str) else ""


def _digests(db: sqlite3.Connection, session: bytes, most: int) -> tuple[str, ...]:
    query = """SELECT prompt FROM record WHERE session = ? AND kind = ? AND prompt != x''
               GROUP BY prompt ORDER BY max(seq) DESC LIMIT ?"""
    rows = db.execute(query, (session, tables.raw(PROMPT), most))
    return tuple(tables.text(digest) for (digest,) in rows)


def marks(folder: Path) -> dict[str, tuple[int, int]]:
    """Of each file that something is known of, numbers that change when more is.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    queries = ("SELECT subject, max(id) FROM saved GROUP BY subject",
               "SELECT subject, max(seq) FROM claim GROUP BY subject")  # fmt: skip
    with tables.reading(folder) as db:
        saved, claimed = (
            {tables.text(subject): number for subject, number in db.execute(query)}
            for query in queries
        )
    return {name: (saved.get(name, 0), claimed.get(name, 0)) for name in {*saved, *claimed}}
