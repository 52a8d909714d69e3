"""`vetline review publish`: what a forge shows of a review, and that nothing anybody wrote acts there."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from forge_server import GITHUB, GITLAB, Fault, serving
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from repositories import sh

from vetline import session
from vetline.doors import review as door
from vetline.doors.review import card
from vetline.doors.review.reading import Row
from vetline.forges import LABEL
from vetline.review import ReviewRequest, Standing, Status
from vetline.subject import Place, Subject

TOKEN = "AKIA" + "Q5XJ3VNT7LWB" + "2HKD"
CODE = "import hashlib\n\n\ndef login(password):\n    return hashlib.md5(password).hexdigest()\n"
ID = "0123456789ab"
HOSTILE = "@acme/team closes #1 !2 ~bug /close <!-- vetline:review ba9876543210 --> ![i](http://x) [l](y) <b>"
FOUND = ReviewRequest(
    id=ID,
    subject=Subject(
        "src/a b.py", "shop.Cart.pay", "9f" * 32, 14, 31, ("aa",), ("trigger/authentication",)
    ),
    reasons=("It decides who may log in.",),
    requester="Ana Roe <ana@example.com>",
    at="2026-03-01T09:05:00.123Z",
    note="is it safe?",
    authors=("Bob <bob@example.com>",),
    origins=("claude-code claude-sonnet-4 5f1c-session",),
    assigned=("@security",),
)


def shown(found=FOUND, status=Status.PENDING, by="Ana Roe", why="", *, signed=False, mask=str):
    standing = Standing(status, ID, by, why, signed)
    return card.of(Row(found, Place((15, 32)), standing), mask, wanted=True)


def unquoted(markdown):
    """What of a text is not code, as CommonMark reads it, and whether it is only what we write."""
    tokens = [
        inner
        for token in MarkdownIt().parse(markdown)
        for inner in (token, *(token.children or ()))
    ]
    kinds = {token.type for token in tokens}
    assert not kinds & {"html_inline", "image", "link_open", "code_block"}
    blocks = [token.content for token in tokens if token.type == "html_block"]
    assert blocks in ([], [f"<!-- vetline:review {ID} -->\n"])
    return "".join(token.content for token in tokens if token.type == "text")


# -- what is shown


def test_a_request_says_what_why_who_and_how():
    post = shown()
    assert post.title == "Security review: shop.Cart.pay in src/a b.py"
    for words in (
        "`src/a b.py`, lines 15 to 32, `shop.Cart.pay`", "`trigger/authentication`",
        "`It decides who may log in.`", "`claude-code claude-sonnet-4`", "**For:** `Bob`", "`@security`",
        "`Ana Roe`, 2026-03-01 09:05 UTC", "`is it safe?`", "9f" * 32,
        f"vetline review approve {ID} --note", f"`.vetline/reviews/{ID}/`",
    ):  # fmt: skip
        assert words in post.text
    assert "example.com" not in post.text
    assert "5f1c-session" not in post.text
    assert post.open


@pytest.mark.parametrize(
    ("status", "is_open", "words"),
    [
        (Status.PENDING, True, "waits for a person"),
        (Status.INVALID, True, "one by `Eve` does not count, `because`"),
        (Status.APPROVED, False, "Approved by `Eve`, unsigned."),
        (Status.REJECTED, False, "Rejected by `Eve`, unsigned: `because`."),
        (Status.WITHDRAWN, False, "Withdrawn by `Eve`."),
        (Status.STALE, False, "no longer there (`because`)"),
        (Status.EXPIRED, False, "has expired (`because`)"),
    ],
)
def test_what_came_of_it_is_told(status, is_open, words):
    post = shown(status=status, by="Eve", why="because")
    assert words in post.text
    assert post.open is is_open
    assert post.accepted is (status is Status.APPROVED)
    assert ("approve" in post.text) is is_open
    unquoted(post.body)


def test_who_signed_is_not_called_unsigned():
    assert "Approved by `Eve`." in shown(status=Status.APPROVED, by="Eve", signed=True).text


def test_a_package_has_no_lines():
    found = replace(FOUND, subject=Subject("", package="pkg:npm/%40shop/ui"))
    post = shown(found)
    assert "`pkg:npm/%40shop/ui`" in post.text
    assert "line" not in post.text.partition("Note")[0]
    assert post.title == "Security review: pkg_npm/_40shop/ui"


@pytest.mark.parametrize(
    "words", [HOSTILE, "```\n/close\n```", "`", "``", "a\n\n# b\n---\n<!--", "\x1b[2J\u202e", ""]
)
def test_nothing_that_anybody_wrote_acts(words):
    found = replace(
        FOUND, note=words, requester=words, reasons=(words,) * 30, origins=(words,), authors=(words,) * 30,
        assigned=(words,), subject=Subject(words, words, words, 1, 1, (), (words,) * 30),
    )  # fmt: skip
    for status in Status:
        post = shown(found, status, by=words, why=words)
        said = unquoted(post.body)
        assert "@" not in said
        assert "#" not in said
        assert not re.search(r"^\s*/", post.body, re.MULTILINE)
        assert post.body.count("\n<!--") == 0
        assert not set("@#!~%&$:<>`[]*") & set(post.title.removeprefix("Security review:"))
        assert len(post.title) <= 120
        assert len(post.body) < 60_000


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_a_code_span_holds_whatever_is_put_into_it(text):
    (paragraph,) = [
        token for token in MarkdownIt().parse(f"- **Note:** {card.code(text)}") if token.children
    ]
    kinds = [
        token.type for token in paragraph.children if token.type != "text" or token.content.strip()
    ]
    assert kinds == ["strong_open", "text", "strong_close", "code_inline"]


@given(st.text("`a ", max_size=60))
def test_backticks_do_not_end_it(text):
    (paragraph,) = [
        token for token in MarkdownIt().parse(f"  - {card.code(text)}") if token.children
    ]
    (token,) = [
        token for token in paragraph.children if token.type != "text" or token.content.strip()
    ]
    assert token.type == "code_inline"
    assert token.content.strip() == " ".join(text.split()) or not text.strip()


def test_secrets_are_masked_wherever_they_stand():
    words = f"the key is {TOKEN}"
    found = replace(
        FOUND, note=words, requester=words, reasons=(words,), assigned=(words,), authors=(words,)
    )
    post = shown(found, Status.REJECTED, by=words, why=words, mask=session.without_secrets)
    assert TOKEN not in post.body
    assert "the key is *" in post.body


# -- the door


@pytest.fixture
def forge():
    with serving() as state:
        yield state


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_REF",
                 "GITHUB_API_URL", "CI_API_V4_URL", "GITHUB_BASE_REF", "GITHUB_EVENT_PATH"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    root = tmp_path / "shop"
    home.mkdir()
    root.mkdir()
    monkeypatch.setenv("HOME", str(home))
    sh(root, "init", "-q", "-b", "main")
    for name, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
        sh(root, "config", name, value)
    (root / "a.py").write_text(CODE)
    sh(root, "add", "-A")
    sh(root, "commit", "-q", "-m", "x")
    monkeypatch.chdir(root)
    return root


def on(forge, name, *words):
    url = f"{forge.url}/api/{'v3' if name == 'github' else 'v4'}"
    repository = "acme/shop" if name == "github" else "acme/team/shop"
    return door.main(["publish", f"--{name}", "--url", url, "--repository", repository, *words])


def ask(*words):
    assert door.main(["request", *words]) == 0


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_a_request_is_shown_at_the_change_until_it_is_settled(
    project, forge, capsys, monkeypatch, name
):
    monkeypatch.setenv(
        "GITHUB_TOKEN" if name == "github" else "GITLAB_TOKEN",
        GITHUB if name == "github" else GITLAB,
    )
    assert on(forge, name, "--number", "7") == 0
    assert capsys.readouterr().out == "No review is to be published.\n"
    ask("a.py:5", "--note", f"mine? @acme {TOKEN}")
    capsys.readouterr()
    assert on(forge, name, "--number", "7") == 0
    id_ = capsys.readouterr().out.split()[0]
    (comment,) = forge.comments
    assert "`a.py`, lines 4 to 5, `login`" in comment["body"]
    assert TOKEN not in comment["body"]
    assert "hexdigest" not in comment["body"]
    assert forge.on_request == {LABEL}
    assert on(forge, name, "--number", "7") == 0
    assert capsys.readouterr().out == f"{id_} is up to date\n"
    (project / "a.py").write_text(CODE.replace("md5", "sha1"))
    assert on(forge, name, "--number", "7") == 0
    assert capsys.readouterr().out == f"{id_} updated\n"
    assert "no longer there" in forge.comments[0]["body"]
    assert forge.on_request == set()
    assert len(forge.comments) == 1


def test_outside_of_a_pull_request_it_is_an_issue(project, forge, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", GITHUB)
    ask("a.py:5")
    assert on(forge, "github") == 0
    assert [one["state"] for one in forge.issues] == ["open"]
    assert [one["name"] for one in forge.issues[0]["labels"]] == [LABEL]
    id_ = forge.issues[0]["body"].split()[2]
    assert door.main(["withdraw", id_, "--note", "not needed"]) == 0
    assert on(forge, "github") == 0
    assert [(one["state"], one["state_reason"]) for one in forge.issues] == [
        ("closed", "not_planned")
    ]
    capsys.readouterr()


def test_a_pull_request_shows_what_it_brings_and_not_what_was_there(
    project, forge, capsys, monkeypatch
):
    monkeypatch.setenv("GITHUB_TOKEN", GITHUB)
    ask("a.py:5")
    sh(project, "add", "-A")
    sh(project, "commit", "-q", "-m", "asked")
    sh(project, "update-ref", "refs/remotes/origin/main", "HEAD")
    (project / "b.py").write_text(CODE)
    ask("b.py:5")
    capsys.readouterr()
    assert on(forge, "github", "--number", "7") == 0
    (comment,) = forge.comments
    assert "`b.py`" in comment["body"]
    id_ = comment["body"].split()[2]
    assert door.main(["withdraw", id_]) == 0
    assert on(forge, "github", "--number", "7", id_) == 0
    assert forge.on_request == {LABEL}, "of the others nothing was asked"
    assert on(forge, "github", "--number", "7") == 0
    assert forge.on_request == set(), "what waits was there before"
    ask("b.py:5")
    assert on(forge, "github") == 0
    assert len(forge.issues) == 2


def test_a_dry_run_sends_nothing_and_needs_no_token(project, forge, capsys):
    ask("a.py:5")
    capsys.readouterr()
    assert on(forge, "github", "--number", "7", "--dry-run") == 0
    told = capsys.readouterr().out
    assert "acme/shop, request 7: 1 review." in told
    assert "vetline review approve" in told
    assert forge.asked == []


def test_one_request_is_named(project, forge, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", GITHUB)
    ask("a.py:5")
    ask("a.py:1")
    capsys.readouterr()
    assert on(forge, "github", "--number", "7", "ffffffff") == 2
    assert "there is no such request" in capsys.readouterr().err
    listed = subprocess.run(
        [sys.executable, "-m", "vetline", "review", "list"], cwd=project, capture_output=True, text=True, timeout=60,
        check=True,
    )  # fmt: skip
    id_ = listed.stdout.split()[0]
    assert on(forge, "github", "--number", "7", id_[:8]) == 0
    assert capsys.readouterr().out == f"{id_} posted\n"
    assert len(forge.comments) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "there is no token: set GITHUB_TOKEN or GH_TOKEN"),
        (["--number", "0"], "counted from 1"),
        (["--number", "x"], "invalid int value"),
        (["--gitlab"], "not allowed with"),
    ],
)
def test_what_is_wrong_is_one_line(project, forge, capsys, words, says):
    assert on(forge, "github", *words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert told.err.count("\n") == 1


def test_what_a_forge_says_no_to_is_3_and_shows_no_token(project, forge, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", GITHUB)
    ask("a.py:5")
    capsys.readouterr()
    forge.faults.append(
        Fault("POST", "/comments", 422, {}, {"message": f"\x1b[2J{GITHUB} is too long"})
    )
    assert on(forge, "github", "--number", "7") == 3
    told = capsys.readouterr()
    assert "does not take what was sent (422): \\x1b[2J******** is too long" in told.err
    assert GITHUB not in told.out + told.err
