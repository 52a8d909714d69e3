"""Addresses of servers: what is one, what may come from a file that is anybody's, and that no password is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from vetline import address, config, stores
from vetline.__main__ import main
from vetline.address import Address
from vetline.stores import postgres

PASSWORD = "s3cret-Kq2vLx7w"
PERSONAL = ("VETLINE_LEDGER_URL", "VETLINE_LEDGER_HOSTS", "VETLINE_LEDGER_REPOSITORY", "PGSSLMODE")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*PERSONAL, "PGSSLROOTCERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    return root


def configured(root: Path, url: str) -> stores.Location:
    (root / "vetline.toml").write_text(f'[ledger]\nurl = "{url}"\nrepository = "shop"\n')
    return stores.locate(root)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("postgresql://db.example.com/team", Address("db.example.com", 5432, "team")),
        ("postgres://ana@DB:5433/team", Address("db", 5433, "team", "ana")),
        ("postgresql://[::1]:6000/team", Address("::1", 6000, "team")),
        ("postgresql://an%C3%A4@db/t%2Fx", Address("db", 5432, "t/x", "anä")),
        ("postgresql:///team?host=/Run/pg", Address("/Run/pg", 5432, "team")),
        (
            "postgresql://db/team?sslmode=require",
            Address("db", 5432, "team", "", (("sslmode", "require"),)),
        ),
    ],
)
def test_an_address_is_read_as_libpq_reads_it(raw, expected):
    assert address.parse(raw) == expected
    assert address.checked(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        f"postgresql://ana:{PASSWORD}@db/team",
        f"postgresql://:{PASSWORD}@db/team",
        f"postgresql://db/team?password={PASSWORD}",
        f"postgresql://db/team?pass%77ord={PASSWORD}",
        f"postgresql://db/team?sslpassword={PASSWORD}",
        f"postgresql://db/team?passfile=/{PASSWORD}",
        f"postgresql://db/team?service={PASSWORD}",
        f"postgresql://db/team?hostaddr={PASSWORD}",
        f"postgresql://db/team?options={PASSWORD}",
        f"postgresql://db/team?host={PASSWORD}",
        f"postgresql://db,{PASSWORD}/team",
        f"postgresql://db:{PASSWORD}/team",
        f"postgresql://db/team#{PASSWORD}",
        f"mysql://db/{PASSWORD}",
        f"postgresql:/{PASSWORD}",
        f"postgresql:///{PASSWORD}",
        f"host=db password={PASSWORD}",
        f"postgresql://db/team?{PASSWORD}",
        f"postgresql://db/ {PASSWORD}",
        f"postgresql://db/{PASSWORD}" + "x" * 2000,
        f"postgresql://[{PASSWORD}/x",
    ],
)
def test_what_is_no_address_is_refused_and_never_quoted(project, monkeypatch, capsys, raw):
    with pytest.raises(ValueError, match=r"^(?!.*Kq2vLx7w)") as caught:
        address.parse(raw)
    assert len(str(caught.value).splitlines()) == 1
    monkeypatch.setenv("VETLINE_LEDGER_URL", raw)
    located = stores.locate(project)
    assert located.server is None
    assert "environment VETLINE_LEDGER_URL" in located.why
    for words in (["config", "show"], ["config", "show", "--output-format", "json"]):
        assert main([*words, str(project)]) == 2
    monkeypatch.delenv("VETLINE_LEDGER_URL")
    (project / "vetline.toml").write_text(f"[ledger]\nurl = '''{raw}'''\n")
    assert main(["config", "show", str(project)]) == 2
    shown = "".join(capsys.readouterr())
    assert "Kq2vLx7w" not in shown + located.why


def test_a_repositorys_file_sends_nothing_to_a_stranger(project):
    located = configured(project, "postgresql://evil.example.com/x")
    assert located.server is None
    assert "VETLINE_LEDGER_HOSTS=evil.example.com" in located.why
    (project / "vetline.toml").write_text(
        '[ledger]\nurl = "postgresql://evil.example.com/x"\nrepository = "shop"\nhosts = ["evil.example.com"]\n'
    )
    assert stores.locate(project).server is None
    assert any("ledger.hosts" in str(each) for each in config.load(project).problems)


def test_a_repositorys_file_counts_for_a_host_that_the_person_names(project, monkeypatch):
    url = "postgresql://db.example.com/team"
    assert configured(project, url).server is None
    monkeypatch.setenv("VETLINE_LEDGER_HOSTS", "other.example.com, DB.example.com")
    located = configured(project, url)
    assert located.server == (Address("db.example.com", 5432, "team"), "shop")
    assert located.why == ""


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("db.example.com:5432:team:ana:x", True),
        ("db.example.com:*:*:ana:x:with\\:colons", True),
        ("*:*:*:ana:x", False),
        ("other.example.com:5432:team:ana:x", False),
        ("db.example.com:5433:team:ana:x", False),
        ("db.example.com:5432:other:ana:x", False),
        ("# db.example.com:5432:team:ana:x", False),
        ("db.example.com", False),
        ("", False),
    ],
)
def test_a_repositorys_file_counts_for_a_host_the_person_has_a_login_for(
    project, tmp_path, line, counts
):
    (tmp_path / "pgpass").write_text(f"# mine\n{line}\n")
    assert bool(configured(project, "postgresql://db.example.com/team").server) is counts


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db.example.com/team?sslmode=disable",
        "postgresql://db.example.com/team?sslrootcert=/tmp/ca",
        "postgresql:///team?host=/tmp/socket",
    ],
)
def test_a_repositorys_file_does_not_say_how_to_connect(project, monkeypatch, url):
    monkeypatch.setenv("VETLINE_LEDGER_HOSTS", "db.example.com")
    located = configured(project, url)
    assert located.server is None
    assert "nothing else" in located.why
    monkeypatch.setenv("VETLINE_LEDGER_URL", url)  # the person may
    assert stores.locate(project).server is not None


def test_the_settings_are_read_again_when_they_change(project, monkeypatch):
    monkeypatch.setenv("VETLINE_LEDGER_HOSTS", "db.example.com")
    assert stores.locate(project).server is None
    assert configured(project, "postgresql://db.example.com/team").server is not None
    (project / "vetline.toml").unlink()
    assert stores.locate(project) == stores.Location(
        project, stores.locate(project).folders, stores.locate(project).former
    )


def test_beyond_this_machine_the_server_must_prove_who_it_is(project, monkeypatch):
    far, near = Address("db.example.com", 5432, "x"), Address("127.0.0.1", 5432, "x")
    assert postgres._protection(far) == {"sslmode": "verify-full", "sslrootcert": "system"}
    assert postgres._protection(near) == {}
    assert postgres._protection(far._replace(protection=(("sslmode", "require"),))) == {
        "sslmode": "require"
    }
    own = Path.home() / ".postgresql" / "root.crt"
    own.parent.mkdir(parents=True)
    own.touch()
    assert postgres._protection(far) == {"sslmode": "verify-full"}
    monkeypatch.setenv("PGSSLMODE", "require")
    assert postgres._protection(far) == {}
