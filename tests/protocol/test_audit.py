"""Manifests in an editor: what advisories say of a pin, and the fix."""

from __future__ import annotations

import pytest
from advised import below, write_store
from servers import environment, found, rules

from vetline_analyzers.core.finding import Severity

VULNERABLE = "dependency/vulnerable"
RECORD = below("2.0", "PYSEC-2", aliases=("CVE-2026-2",), severity=Severity.HIGH)


@pytest.fixture
def client(start, workspace, tmp_path):
    """A server that knows an advisory about `shop` of PyPI and of npm."""
    store = write_store(tmp_path / "known.store", {"pypi/shop": [RECORD], "npm/shop": [below("2.0.0")]})  # fmt: skip
    made = start(env={**environment(tmp_path), "VETLINE_ADVISORIES": str(store)})
    made.initialize(workspace, initializationOptions={"scope": "all"})
    return made


def test_a_vulnerable_pin_is_told_at_its_version_and_its_fix_is_offered(client, workspace):
    uri = (workspace / "requirements.txt").as_uri()
    client.open(uri, "flask==1.0\nshop==1.4\n", language="pip-requirements")
    items = client.diagnosed(uri, found(VULNERABLE))
    (item,) = [item for item in items if item["code"] == VULNERABLE]
    assert item["range"] == {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 9}}  # fmt: skip
    assert item["severity"] == 1
    assert "CVE-2026-2 (high)" in item["message"]
    fix = next(a for a in client.actions(uri, (1, 6)) if a["title"].startswith("Fix: Use shop 2.0"))
    (edit,) = fix["edit"]["changes"][uri]
    assert (edit["newText"], edit["range"]["start"]) == ("2.0", {"line": 1, "character": 6})
    client.edit(uri, (1, 6), (1, 9), "2.0")
    client.diagnosed(uri, lambda items: VULNERABLE not in rules(items))


def test_advisories_that_are_renewed_meanwhile_hold_after_the_next_save(
    client, workspace, tmp_path
):
    uri = (workspace / "requirements.txt").as_uri()
    client.open(uri, "shop==1.4\n", language="pip-requirements")
    client.diagnosed(uri, found(VULNERABLE))
    write_store(tmp_path / "known.store", {"pypi/shop": [below("1.2", "PYSEC-3")]}, "2026-07-24")
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    client.diagnosed(uri, lambda items: VULNERABLE not in rules(items))


@pytest.mark.parametrize(
    ("name", "language", "text"),
    [
        ("package.json", "json", '{\n  "dependencies": {"shop": "1.4.0"}\n}\n'),
        ("pyproject.toml", "toml", '[project]\nname = "mine"\ndependencies = ["shop==1.4"]\n'),
        ("uv.lock", "toml", 'version = 1\n\n[[package]]\nname = "shop"\nversion = "1.4"\n'),
    ],
)
def test_other_manifests_are_documents_of_their_own_too(client, workspace, name, language, text):
    uri = (workspace / name).as_uri()
    client.open(uri, text, language=language)
    client.diagnosed(uri, found(VULNERABLE))
