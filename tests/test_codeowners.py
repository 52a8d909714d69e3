"""CODEOWNERS: who should look at a file, as GitHub and GitLab mean it."""

from __future__ import annotations

import pytest
from counting import calls_of
from hypothesis import given
from hypothesis import strategies as st

from vetline.codeowners import fits, owners


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a/b.py", True),
        ("*.js", "x/y.js", True),
        ("*.js", "x/y.json", False),
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/a/b.md", False),
        ("docs/*", "x/docs/a.md", False),
        ("apps/", "x/apps/q/r.py", True),
        ("apps/", "apps", False),
        ("/docs/", "docs/a/b.md", True),
        ("/docs/", "x/docs/a.md", False),
        ("**/logs", "a/b/logs/x", True),
        ("/a/**/c", "a/c", True),
        ("/a/**/c", "a/x/y/c", True),
        ("/a/**", "a/b/c", True),
        ("a?c", "abc", True),
        ("a?c", "abbc", False),
        ("README.md", "deep/README.md", True),
        ("/scripts", "scripts/x", True),
        ("/", "a", True),
        ("", "a", False),
        ("a[b]c", "abc", False),
        ("A.py", "a.py", False),
    ],
)
def test_patterns(pattern, path, expected):
    assert fits(pattern, path) is expected


def test_a_path_of_gitlab_fits_at_any_depth():
    assert fits("internal/README.md", "a/internal/README.md", anywhere=True)
    assert not fits("/internal/README.md", "a/internal/README.md", anywhere=True)


def test_the_last_match_wins():
    text = "# all\n* @shop/all\n*.py @ana bo@example.org # both\n/vendor/\n"
    assert owners(text, "a.md") == ("@shop/all",)
    assert owners(text, "x/a.py") == ("@ana", "bo@example.org")
    assert owners(text, "vendor/a.py") == ()


def test_each_section_of_gitlab_has_a_say():
    text = (
        "* @all\n[Database][2] @dba\n*.sql\nmigrations/ @mig\n"
        "^[Optional]\n*.sql @docs @all\n[Safe]\n* @safe\n!*.sql\n"
    )
    assert owners(text, "x/a.sql") == ("@all", "@dba", "@docs")
    assert owners(text, "migrations/a.sql") == ("@all", "@mig", "@docs")
    assert owners(text, "a.py") == ("@all", "@safe")


def test_a_space_and_a_hash_may_be_escaped():
    assert owners("/my\\ file.py @ana\n\\#x @bo\n", "my file.py") == ("@ana",)
    assert owners("/my\\ file.py @ana\n\\#x @bo\n", "#x") == ("@bo",)
    assert owners("*.py ana not-an-owner\n", "a.py") == ()


def test_no_pattern_takes_long():
    for pattern, path in (
        ("*a" * 5_000 + "b", "a" * 5_000),
        ("**/a/" * 2_000 + "b", "a/" * 2_000 + "c"),
    ):
        calls, found = calls_of(lambda pattern=pattern, path=path: fits(pattern, path))
        assert (found, calls < 10 * (len(pattern) + len(path))) == (False, True)
    assert owners("[" * 50_000 + "\n" + "\\" * 50_000, "a") == ()


@given(st.text("*?/[]!#\\ @a.\n^", max_size=60), st.text("a/.*[", min_size=1, max_size=20))
def test_every_text_has_an_answer(text, path):
    assert all("@" in one for one in owners(text, path))
