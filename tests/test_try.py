"""`make try`: it plays to its end on the real server, in plain text where there is no terminal."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from servers import environment

DEMO = Path(__file__).parents[1] / "demo"


def play(tmp_path, *arguments, demo=DEMO):
    return subprocess.run(
        [sys.executable, str(demo / "play.py"), *arguments],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def digest(folder):
    """Names and contents of all files that are not compiled ones."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return [(str(p), hashlib.sha256(p.read_bytes()).digest()) for p in files]


def test_it_plays_to_its_end_and_changes_nothing_here(tmp_path):
    before = digest(DEMO)
    done = play(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    said = done.stdout
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 100
    for line in (
        "hint    python/sql-from-string",
        "| PyPI has no package 'flask_admin_shield'",
        "| [AI: assistant (demo)]",
        '+ products = yaml.safe_load(request.files["catalogue"])',
        "left in these lines: package/nonexistent, python/sql-from-string",
        "Ask security to vet this package: pkg:pypi/flask-admin-shield",
        "[AI: assistant (demo)] [review requested by Sam]",
        "app.py:59-70 (import_catalogue)  waits  package/nonexistent",
        "pkg:pypi/flask-admin-shield  waits  package/nonexistent",
        "mixed                                    66     products = yaml.safe_load(",
        "high      secret/hard-coded-password",
        "- 4 places need a person's review (trigger/database).",
        "waits for a person.",
        "exit code 1",
        ".git/vetline/ledger.db: ",
    ):
        assert line in said, said
    assert digest(DEMO) == before
    assert [path.name for path in tmp_path.iterdir()] == []


def test_it_stops_where_the_answer_is_not_what_the_words_say(tmp_path):
    demo = tmp_path / "demo"
    demo.mkdir()
    for name in ("play.py", "stage.py", "editor.py", "lsp_client.py"):
        (demo / name).write_text((DEMO / name).read_text("utf-8"), "utf-8")
    shop = demo / "shop"
    shop.mkdir()
    sound = (DEMO / "shop" / "app.py").read_text("utf-8")
    (shop / "app.py").write_text(sound, "utf-8")
    (shop / "requirements.txt").write_text("flask\npyyaml\n")
    (demo / "ai_block.txt").write_text((DEMO / "ai_block.txt").read_text("utf-8"), "utf-8")
    done = play(tmp_path, demo=demo)
    assert done.returncode == 1
    assert "make try: `vetline check` missed python/tls-verify-off" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("argument", ["--nonsense", "extra"])
def test_wrong_usage_is_said(tmp_path, argument):
    done = play(tmp_path, argument)
    assert done.returncode == 2
    assert argument in done.stderr


def test_it_can_be_recorded_as_a_picture_that_fetches_nothing(tmp_path):
    done = play(tmp_path, "--svg", "try.svg")
    assert done.returncode == 0, done.stderr
    picture = (tmp_path / "try.svg").read_text("utf-8")
    assert picture.startswith("<svg ")
    assert "url(http" not in picture
    assert "BLOCK" in picture
