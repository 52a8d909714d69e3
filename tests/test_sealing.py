"""What the signature on an anchor is worth: real keys, listed as people list them, judged by today."""

from __future__ import annotations

import audited
import pytest
import signers
from audited import commit, located, recorded

from vetline import anchors
from vetline.doors import audit
from vetline.ledger import Kind

ANA = "ana@example.com"
VALID = 'namespaces="vetline"'


@pytest.fixture
def sealed(tmp_path, monkeypatch, capsys):
    """Sets an anchor that Ana signed, and gives what `verify` says once a list allows her key or does not."""
    root = audited.repository(tmp_path, monkeypatch)
    recorded(root, (Kind.CONFIG_CHANGED, "", {}))

    def said(signer, *lines: str, at: str = "2026-03-01T09:05:00.000Z") -> tuple[int, str, str]:
        anchors.write(root, located(root), at=at, sign=signer.sign)
        (root / ".vetline").mkdir(exist_ok=True)
        (root / ".vetline/allowed_signers").write_text("".join(lines))
        commit(root)
        code = audit.main(["verify", "--require-signed"])
        return code, *capsys.readouterr()

    return said


@pytest.mark.parametrize("at", ["2019-06-01T09:05:00.000Z", "2026-03-01T09:05:00.000Z"])
def test_an_expired_key_dates_no_anchor_back(sealed, tmp_path, at):
    ana = signers.person(tmp_path, ANA)
    code, out, err = sealed(ana, ana.line(f'{VALID},valid-before="20200101"'), at=at)
    assert code == 1
    assert (
        "does not count: it was not signed by an allowed signer: line 1 of their list says" in err
    )
    assert "signed by ana" not in out


def test_a_key_that_is_listed_since_the_anchor_was_set_counts(sealed, tmp_path):
    ana = signers.person(tmp_path, ANA)
    line = ana.line(f'{VALID},valid-after="20200101",valid-before="20990101"')
    code, out, err = sealed(ana, line, at="2019-06-01T09:05:00.000Z")
    assert (code, err) == (0, "")
    assert f"is signed by {ANA}." in out


@pytest.mark.parametrize(
    ("principals", "by"),
    [
        ("*@example.com", "*@example.com"),
        ("a?a@example.com", "a?a@example.com"),
        ("*", "*"),
        ("!eve@example.com,*@example.com", "*@example.com"),
        ("*@example.com,ana@example.com", ANA),
        ("!eve@example.com,ana@example.com", ANA),
    ],
)
def test_an_anchor_by_a_key_that_a_pattern_lists_counts(sealed, tmp_path, principals, by):
    ana = signers.person(tmp_path, ANA)
    code, out, err = sealed(ana, ana.line(principals=principals))
    assert (code, err) == (0, "")
    assert f"is signed by {by}." in out


def test_of_several_lines_of_a_key_the_one_that_is_valid_counts(sealed, tmp_path):
    ana = signers.person(tmp_path, ANA)
    old = ana.line(f'{VALID},valid-before="20200101"', "ana@old.example.com")
    other = ana.line('namespaces="git"', "ana@git.example.com")
    code, out, _ = sealed(ana, old, other, ana.line(principals="*@example.com"))
    assert code == 0
    assert "is signed by *@example.com." in out


def test_a_key_that_is_listed_for_nobody_or_for_something_else_seals_nothing(sealed, tmp_path):
    ana, eve = signers.person(tmp_path, ANA), signers.person(tmp_path, "eve@example.com")
    for lines in (eve.line(), ana.line('namespaces="git"'), ana.line(principals=f"!{ANA}")):
        code, out, err = sealed(ana, lines)
        assert code == 1
        assert "allowed signer" in err
        assert "is signed by" not in out


def test_what_others_sign_later_does_not_hide_a_signature_that_counts(sealed, tmp_path):
    ana, eve = signers.person(tmp_path, ANA), signers.person(tmp_path, "eve@example.com")
    assert sealed(ana, ana.line())[0] == 0
    code, out, err = sealed(eve, ana.line(), at="2026-03-02T09:05:00.000Z")
    assert (code, err) == (0, "")
    assert f"is signed by {ANA}." in out
