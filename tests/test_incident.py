"""`vetline incident`: what is known of a finding, in one file that nothing hostile gets out of."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import audited
import pytest
from audited import ASKED, BO, PROMPT_DIGEST, SESSION, commit, now, opened, recorded, verdict
from hypothesis import given
from hypothesis import strategies as st

from vetline import ledger, stores
from vetline.authors import Authors
from vetline.doors import audit, git_hook, incident, review
from vetline.doors.incident import html, markdown
from vetline.doors.incident.document import Document, Section, Table
from vetline.formats import visible, whole
from vetline.ledger import Kind

FINDING = "f1" * 10
HOSTILE = '</td><script>alert(1)</script><img src="http://x.test/i.png" onerror=x>\x1b[31m\u202e'
TOKEN = "AKIA" + "IOSFODNN7" + "ABCDEFG"
TEXTS = st.text(st.characters()) | st.sampled_from(
    [HOSTILE, "![x](http://x)", "| a |", "`", "[x]: y", "www.x.test"]
)


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository with a finding in a session's line, which the gate let pass."""
    root = audited.repository(tmp_path, monkeypatch)
    audited.written(root, "shop/pay.py", "def pay():\n    return 1\n")
    Authors(root).drain()
    commit(root)
    recorded(root, (Kind.FINDING_OPENED, "shop/pay.py", opened(FINDING, 2)), at=now())
    recorded(root, (Kind.GATE_JUDGED, "", verdict("pass")), at=now(), by=BO)
    git_hook.main(["post-commit"])
    return root


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = incident.main([*argv])
    out, err = capsys.readouterr()
    return code, out, err


def begun(capsys, *argv: str, title: str = "Card numbers in a log") -> str:
    code, out, err = run(capsys, "open", "--title", title, *argv)
    assert (code, err) == (0, "")
    return re.match(r"Incident ([0-9a-f]{12}) opened: ", out)[1]


class Read(HTMLParser):
    """The tags with their attributes, and the text, of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


def test_an_incident_is_an_event_and_is_listed(capsys, repo):
    name = begun(
        capsys,
        "--finding",
        FINDING[:6],
        "--path",
        "shop/pay.py:2",
        "--commit",
        "HEAD",
        "--session",
        "7c1f03",
    )
    event = stores.read(audited.located(repo))[-1]
    assert (event.kind, event.subject) == (Kind.INCIDENT_OPENED, "shop/pay.py")
    head = audited.sh(repo, "rev-parse", "HEAD").strip()
    assert event.payload == {
        "id": name, "title": "Card numbers in a log", "findings": [FINDING], "lines": [["shop/pay.py", 2, 2]], "commits": [head],
        "sessions": [SESSION], "prompts": [PROMPT_DIGEST],
    }  # fmt: skip
    assert (
        run(capsys, "list")[1]
        == f"{name}  {event.at[:16].replace('T', ' ')}  Card numbers in a log\n"
    )
    assert audit.main(["trace", FINDING]) == 0


def test_no_secret_is_in_a_title(capsys, repo):
    begun(capsys, "--finding", FINDING, title=f"key {TOKEN} leaked")
    assert TOKEN not in str(stores.read(audited.located(repo))[-1])


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_report_has_all_that_is_known(capsys, repo, form):
    name = begun(capsys, "--finding", FINDING)
    code, out, err = run(capsys, "report", name[:6], "--output-format", form)
    assert (code, err) == (0, "")
    for said in (
        "Card numbers in a log", name, FINDING, "Timeline", "finding.opened", "gate.judged", "incident.opened",
        "shop/pay.py", "codex", "gpt-5.3-codex", SESSION, "Ana Roe", PROMPT_DIGEST, "the first to let it pass",
        "Still there", "2 in 1 file", "The ledger is whole. It has 5 events", "An anchor in the note on commit",
        "Nobody was asked to review this.",
    ):  # fmt: skip
        assert said in out, said
    assert ASKED not in out
    assert ASKED in run(capsys, "report", name, "--output-format", form, "--with-prompts")[1]


def test_a_report_goes_into_a_file(capsys, repo):
    name = begun(capsys, "--path", "shop/pay.py")
    assert run(capsys, "report", name, "-o", "report.md") == (0, "", "")
    assert (repo / "report.md").read_text("utf-8").startswith("# Card numbers in a log\n")


def test_a_report_says_what_is_not_there_any_more(capsys, repo):
    name = begun(capsys, "--path", "shop/pay.py:2")
    (repo / "shop/pay.py").write_text("x\n")
    out = run(capsys, "report", name)[1]
    assert "| Not there any more | shop/pay.py:2 |" in out
    (repo / "shop/pay.py").unlink()
    assert "| Not there any more | shop/pay.py:2 |" in run(capsys, "report", name)[1]


def test_a_report_says_that_a_ledger_is_broken(capsys, repo, monkeypatch):
    name = begun(capsys, "--path", "shop/pay.py")
    fault = ledger.Fault(ledger.Wrong.EDITED, 2, None, "event 2 was changed")
    monkeypatch.setattr(ledger, "verify", lambda *_, **__: fault)
    assert "The ledger is NOT whole: event 2 was changed." in run(capsys, "report", name)[1]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["open"], "--title"),
        (["open", "--title", "x"], "about what?"),
        (["open", "--title", " ", "--finding", FINDING], "--title is empty: give it"),
        (["open", "--title", "x", "--finding", "nothing"], "is no file, no commit"),
        (["open", "--title", "x", "--finding", "HEAD"], "there is no such thing here"),
        (["open", "--title", "x", "--path", "none.py"], "none.py is no file"),
        (["open", "--title", "x", "--path", "shop/pay.py:9"], "has the lines 1 to 2"),
        (["open", "--title", "x", "--commit", "nothing"], "is no file, no commit"),
        (["open", "--title", "x", "--session", "nobody"], "is no session that the ledger knows"),
        (["open", "--title", "x", *["--finding", "a"] * 201], "200 things at most"),
        (["report", "abcdef"], "there is no such incident"),
        (["report", ""], "an argument is empty"),
        ([], "COMMAND"),
    ],
)
def test_what_is_asked_wrongly(capsys, repo, argv, said):
    code, out, err = run(capsys, *argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_without_an_incident_there_is_nothing_to_list(capsys, repo):
    assert run(capsys, "list") == (0, "", "")


# -- hostile


@pytest.fixture
def hostile(repo):
    payload = opened(FINDING, 2) | {"rule": HOSTILE, "symbol": HOSTILE, "note": HOSTILE}
    recorded(repo, (Kind.FINDING_OPENED, "shop/pay.py", payload), at=now(), by=f"{HOSTILE} <x@y>")
    recorded(
        repo, (Kind.GATE_JUDGED, "", verdict(HOSTILE, commit=HOSTILE, policy=HOSTILE)), at=now()
    )
    damaged = {
        "title": HOSTILE,
        "findings": [1, None, FINDING],
        "lines": [1, ["../../x", 1, 1], ["a", "b", "c"], [HOSTILE, 1, 2]],
    }
    recorded(
        repo,
        (Kind.INCIDENT_OPENED, "", damaged | {"commits": HOSTILE, "sessions": [HOSTILE]}),
        at=now(),
    )
    return stores.read(audited.located(repo))[-1].hash[:12]


def test_a_hostile_ledger_gets_nothing_into_the_page(capsys, hostile):
    code, out, _ = run(capsys, "report", hostile, "--output-format", "html", "--with-prompts")
    assert code == 0
    page = Read(out)
    assert page.tags <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "section", "p", "div", "table", "thead",
        "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert {name for name, _ in page.attributes} <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "scope",
        "class",
        "role",
        "aria-label",
        "tabindex",
    }
    assert "url(" not in out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "default-src 'none'" in out


def test_a_hostile_ledger_gets_nothing_into_the_markdown(capsys, hostile):
    code, out, _ = run(capsys, "report", hostile)
    assert code == 0
    assert not re.search(r"(?<!\\)[<>\[\]`]", out)
    assert "://" not in out
    assert all(line.isprintable() for line in out.splitlines())


def test_an_incident_that_names_a_file_outside_reads_nothing_of_it(capsys, repo):
    (repo.parent / "outside.txt").write_text("secret\n")
    damaged = {
        "title": "x",
        "lines": [["../outside.txt", 1, 1], [str(repo.parent / "outside.txt"), 1, 1]],
    }
    recorded(repo, (Kind.INCIDENT_OPENED, "", damaged))
    out = run(capsys, "report", stores.read(audited.located(repo))[-1].hash[:12])[1]
    assert "Not there any more | ../outside.txt:1, " in out


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
def test_any_text_is_only_text_in_html(title, rows):
    page = Read(html.render(Document(title, [Section("S", (title,), Table(("a", "b"), rows))])))
    assert page.tags == {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "section", "h2", "p", "div", "table", "thead", "tr",
        "th", "tbody", "td",
    }  # fmt: skip
    shown = "".join(page.texts)
    for text in (title, *(cell for row in rows for cell in row)):
        assert visible(whole(" ".join(text.split()))) in shown


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
def test_any_text_is_one_cell_of_markdown(title, rows):
    out = markdown.render(Document(title, [Section("S", (), Table(("a", "b"), rows))]))
    *_, head, line, last = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in out.splitlines()]
    assert head == line == last == 3 or len(rows) > 1
    assert len(out.splitlines()) == 6 + len(rows)
    for row in out.splitlines()[6:]:
        cells = re.findall(r"(?:\\.|[^\\|])+", row)
        assert not re.search(r"(?<!\\)(?:\\\\)*[<>\[\]`*_]", row), row
        assert len(cells) <= 2 + 1
    assert "://" not in out


def test_what_was_decided_in_another_clone_is_in_the_timeline(capsys, repo):
    assert review.main(["request", "shop/pay.py:2"]) == 0
    name = capsys.readouterr().out.split()[1]
    assert review.main(["withdraw", name, "--note", "by mistake"]) == 0
    rows = [line for line in _timeline(capsys) if "review.withdrawn" in line]
    assert [row.count("by mistake") for row in rows] == [1]
    for file in (repo / ".git" / "vetline").glob("ledger.db*"):
        file.unlink()
    (row,) = [line for line in _timeline(capsys) if "review.withdrawn" in line]
    assert f"shop/pay.py request {name} by mistake | review file |" in row


def _timeline(capsys) -> list[str]:
    capsys.readouterr()
    report = run(capsys, "report", begun(capsys, "--path", "shop/pay.py:2"))[1]
    return report.partition("## Timeline")[2].partition("## Lines")[0].splitlines()
