"""`vetline audit` over a team's ledger in a real PostgreSQL, which is there, or away."""

from __future__ import annotations

import audited
import postgres
import pytest
from audited import ANA, BO, now, recorded
from psycopg import sql

from vetline import stores
from vetline.doors import audit, git_hook, incident
from vetline.ledger import Kind
from vetline.stores import postgres as store
from vetline.stores import team

pytestmark = pytest.mark.skipif(not postgres.program("postgres"), reason=postgres.MISSING)


@pytest.fixture(scope="module")
def server():
    with postgres.running() as found:
        yield found


@pytest.fixture
def repo(tmp_path, monkeypatch, server):
    """A repository with two events of its own from before the team's ledger was named."""
    root = audited.repository(tmp_path, monkeypatch)
    recorded(
        root, (Kind.CONFIG_CHANGED, "", {"policy": "a"}), (Kind.CONFIG_CHANGED, "", {"policy": "b"})
    )
    monkeypatch.setenv("VETLINE_LEDGER_URL", server.url)
    monkeypatch.setenv("VETLINE_LEDGER_REPOSITORY", tmp_path.name)
    return root


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = audit.main([*argv])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_team_s_chain_is_shown_verified_and_proved(capsys, repo):
    assert run(capsys, "import")[:2] == (0, "2 events imported.\n")
    assert run(capsys, "import")[:2] == (0, "0 events imported.\n")
    recorded(repo, (Kind.GATE_JUDGED, "", audited.verdict("pass")), at=now(), by=BO)
    code, out, err = run(capsys, "log")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["4", "3", "2", "1"]
    assert run(capsys, "anchor")[0] == 0
    code, out, err = run(capsys, "verify", "--require-anchor")
    assert (code, err) == (0, "")
    assert "4 events, whole" in out
    assert run(capsys, "prove", stores.read(audited.located(repo))[0].hash, "-o", "p.json")[0] == 0
    assert run(capsys, "verify", "--proof", "p.json")[0] == 0
    assert git_hook.main(["post-commit"]) == 0
    assert capsys.readouterr() == ("", "")


def test_what_somebody_does_on_the_server_is_told(capsys, repo, server):
    for policy in "cde":
        recorded(repo, (Kind.CONFIG_CHANGED, "", {"policy": policy}), at=now(), by=ANA)
    assert run(capsys, "verify")[0] == 0
    assert run(capsys, "anchor")[0] == 0
    for path in (repo / ".git/vetline").glob("team-*"):
        path.unlink()
    with server.connect() as db:
        table = db.execute(
            "SELECT table_schema, table_name FROM information_schema.columns WHERE column_name = 'prev_hash'"
        ).fetchone()
        db.execute("SET session_replication_role = replica")  # no trigger is asked
        db.execute(
            sql.SQL("UPDATE {} SET actor = 'Eve' WHERE seq = 2 AND repository = %s").format(
                sql.Identifier(*table)
            ),
            (repo.parent.name,),
        )
    code, out, err = run(capsys, "verify")
    assert code != 0
    assert "2" in out + err


def test_while_the_server_is_away_what_is_known_is_told_and_incidents_keep_their_name(
    capsys, repo, server
):
    recorded(repo, (Kind.CONFIG_CHANGED, "", {"policy": "f"}), at=now())
    assert run(capsys, "verify")[0] == 0
    server.stop()
    try:
        code, out, err = run(capsys, "verify")
        assert code == 0
        assert "what is known here is checked" in err
        assert incident.main(["open", "--title", "x", "--path", "shop/area.py"]) == 0
        out, err = capsys.readouterr()
        assert "will follow" in err
        name = out.split()[1]
    finally:
        server.start()
    for path in (repo / ".git/vetline").glob("team-*.away"):
        path.unlink()
    assert run(capsys, "verify")[0] == 0
    assert incident.main(["report", name]) == 0
    assert f"| Incident | {name} |" in capsys.readouterr().out
    event = stores.read(audited.located(repo))[-1]
    assert (event.kind, event.seq) == (Kind.INCIDENT_OPENED, 2)


def test_a_server_that_goes_away_in_the_middle_is_said_and_the_copy_checked(
    capsys, repo, monkeypatch
):
    for policy in "cdefg":
        recorded(repo, (Kind.CONFIG_CHANGED, "", {"policy": policy}), at=now())
    monkeypatch.setattr(team, "_MOST_FETCHED", 2)
    real = store.exchange

    def dying(server, rows, *, after, most):
        if after[0] == 2:
            raise team.AwayError("the connection was lost")
        return real(server, rows, after=after, most=most)

    assert run(capsys, "verify")[::2] == (0, "")
    monkeypatch.setattr(store, "exchange", dying)
    code, out, err = run(capsys, "verify")
    assert code == 0
    assert "the connection was lost; what is known here is checked" in err
    assert "5 events, whole" in out
