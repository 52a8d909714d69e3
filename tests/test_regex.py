"""Patterns that are compiled when they are first used."""

import re
import subprocess
import sys

import pytest

from vetline_analyzers.core.regex import late


def test_it_is_the_pattern_in_all_that_is_asked_of_it():
    pattern = late(r"(?P<word>[a-z]+)\d", re.IGNORECASE)
    for _ in range(2):
        assert pattern.search("- Ab9")["word"] == "Ab"
        assert pattern.groupindex == {"word": 1}
        assert pattern.flags & re.IGNORECASE
    assert late(rb"\bos\b").findall(b"os.os") == [b"os", b"os"]


def test_it_is_compiled_once_and_not_before_it_is_used(monkeypatch):
    compiled = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: compiled.append(given) or real(*given))
    pattern = late("a+")
    assert compiled == []
    assert pattern.match("aa")
    assert pattern.fullmatch("aa")
    assert pattern.match("aa")
    assert compiled == [("a+", 0)]


def test_a_fault_is_told_when_it_is_used():
    with pytest.raises(re.error):
        late("(").match("")


def test_who_starts_compiles_no_pattern_of_a_shape():
    script = (
        "import re\n"
        "given = []\n"
        "real = re.compile\n"
        "re.compile = lambda *a, **k: given.append(a) or real(*a, **k)\n"
        "from vetline_analyzers.secret import search\n"
        "search.detectors()\n"
        "print(len(given))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.stderr == ""
    assert int(run.stdout) < 120  # there are 250 in shapes alone
