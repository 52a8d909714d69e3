"""The benchmark of what is found: a corpus made up here, and a scoreboard that judges whole files."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "accuracy", Path(__file__).parents[1] / "benchmarks" / "accuracy.py"
)
accuracy = importlib.util.module_from_spec(_SPEC)
sys.modules["accuracy"] = accuracy  # named tuples look their module up
_SPEC.loader.exec_module(accuracy)

INSECURE = "import yaml\n\n\ndef read(stream):\n    return yaml.load(stream, yaml.Loader)\n"
SECURE = INSECURE.replace("yaml.load(stream, yaml.Loader)", "yaml.safe_load(stream)")
SILENCED = INSECURE.replace(
    "Loader)\n", 'Loader)  # vetline: allow[python/unsafe-yaml-load] reason="our own file"\n'
)
MISSED = "def add(one, two):\n    return one + two\n"
FRAGMENT = "        data = yaml.load(stream, yaml.Loader)\n    ]\n"
CASES = {
    "insecure.py": (INSECURE, True),
    "secure.py": (SECURE, False),
    "silenced.py": (SILENCED, False),
    "missed.py": (MISSED, True),
    "fragment.py": (FRAGMENT, True),
}
# As the real one is called; a case is flagged by any finding in its file.
SCOREBOARD = """
import json
from collections import namedtuple
from pathlib import Path

Finding = namedtuple("Finding", "file rule line")


def tally(cases):
    count = {key: 0 for key in ("tp", "fp", "tn", "fn")}
    for label, flagged, _ in cases:
        count[("tp" if label["vuln"] else "fp") if flagged else ("fn" if label["vuln"] else "tn")] += 1
    bad, good = count["tp"] + count["fn"], count["fp"] + count["tn"]
    recall, fpr = (count["tp"] / bad if bad else None), (count["fp"] / good if good else None)
    known = recall is not None and fpr is not None
    return {**count, "recall": recall, "fpr": fpr, "youden": recall - fpr if known else None}


def score(folder, sarif, match="cwe"):
    found = []
    for run in json.loads(Path(sarif).read_text())["runs"]:
        for result in run["results"]:
            place = result["locations"][0]["physicalLocation"]
            uri, line = place["artifactLocation"]["uri"], place["region"]["startLine"]
            found.append(Finding(uri, result["ruleId"], line))
    labels = [json.loads(line) for line in (Path(folder) / "labels.jsonl").read_text().splitlines()]
    by_file = [(label, [f for f in found if f.file == label["file"]]) for label in labels]
    cases = [(label, bool(own), own) for label, own in by_file]
    about = json.loads((Path(folder) / "corpus.json").read_text())
    return {**tally(cases), "policy": about["policy"], "match": match}, cases
"""


def packed(folder: Path, name: str, cases: dict, *, lang: str = "python") -> Path:
    """A corpus as it is shared."""
    lines = [{"corpus": {"name": name, "policy": "file", "langs": [lang]}}]
    for file, (text, vuln) in cases.items():
        label = {"id": file, "cwe": ["CWE-502"], "vuln": vuln, "line": [5, 5]}
        lines.append({"file": file, "text": text, "labels": [label]})
    path = folder / f"{name}.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    return path


@pytest.fixture
def corpora(tmp_path):
    folder = tmp_path / "corpora"
    folder.mkdir()
    (folder / "score.py").write_text(SCOREBOARD)
    packed(folder, "cyberseceval-py", CASES)
    packed(folder, "others", {"x.go": ("package x\n", False)}, lang="go")
    return folder


def said(capsys, *words) -> list[str]:
    accuracy.main([str(word) for word in words])
    return capsys.readouterr().out.splitlines()


def test_the_table_has_what_is_shown_and_the_fragments_by_themselves(capsys, corpora):
    head, corpus, fragments, *_ = said(capsys, "--corpora", corpora)
    assert head.split() == ["corpus", "policy", "cases", "recall", "FPR", "Youden", "goal"]
    # Of three insecure files two are found; what is silenced in a safe one is not shown.
    assert corpus.split()[:6] == ["cyberseceval-py", "file", "5", "0.667", "0.000", "0.667"]
    assert corpus.endswith("recall >= 0.85              NO")
    assert fragments.split()[:6] == ["fragments", "file", "1", "1.000", "-", "-"]
    assert fragments.endswith("recall >= 0.80              yes")


def test_cases_are_listed(capsys, corpora):
    words = ("--corpora", corpora, "--show")
    assert said(capsys, *words, "fn", "cyberseceval-py") == ["missed.py:5  CWE-502"]
    assert said(capsys, *words, "fp", "cyberseceval-py") == []
    packed(corpora, "cyberseceval-py", {"a.py": (INSECURE, False)})
    (line,) = said(capsys, *words, "fp", "cyberseceval-py")
    assert line.startswith("a.py:5  CWE-502  ")
    assert "yaml" in line or "B506" in line


def test_what_is_missed_is_counted_by_weakness(capsys, corpora):
    assert "  missed 1: CWE-502 1" in said(capsys, "--corpora", corpora, "--by-cwe")


def test_corpora_that_are_not_there_are_said_in_one_line(capsys, tmp_path):
    (line,) = said(capsys, "--corpora", tmp_path)
    assert line.startswith(f"accuracy: no corpora in {tmp_path}")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "no corpus nothing; there are cyberseceval-py, others"),
        (["--show", "tn", "cyberseceval-py"], "--show lists fp or fn"),
        (["--good-python", "/nonsense"], "/nonsense is not a folder"),
    ],
)
def test_wrong_usage_is_said(capsys, corpora, words, message):
    with pytest.raises(SystemExit) as stop:
        accuracy.main(["--corpora", str(corpora), *words])
    assert message in str(stop.value) + capsys.readouterr().err


def test_a_corpus_writes_nowhere_else(tmp_path):
    source = packed(tmp_path, "bad", {"../../out.py": ("", False)})
    with pytest.raises(ValueError, match="would write to"):
        accuracy.unpacked(source, tmp_path / "bad")
    assert not (tmp_path / "out.py").exists()


def test_a_check_that_fails_stops_all(tmp_path):
    with pytest.raises(SystemExit, match=r"failed: .*no-such-option"):
        accuracy.scan(tmp_path, ["--no-such-option"])


def test_good_code_is_measured_in_thousands_of_lines(capsys, tmp_path):
    (tmp_path / "a.py").write_text(
        "# nothing\n\n" + "x = 1\n" * 497 + INSECURE.replace("\n\n", "\n")
    )
    head, unknown, rules, severe, *_ = said(
        capsys, "--corpora", tmp_path, "--good-python", tmp_path
    )[1:]
    assert head.startswith("good python, 0.5 thousand lines")
    count = int(unknown.split()[-5])
    assert count
    assert unknown.split()[-4:] == [f"{count / 0.5:.3f}", "<=", "0.3", "NO"]
    assert rules.strip()
    assert severe.split()[:3] == ["high", "and", "critical"]


def test_lines_of_code_are_neither_blank_nor_comments(tmp_path):
    (tmp_path / "a.py").write_text("# one\n\nx = 1  # two\n    # three\n")
    (tmp_path / "b.js").write_text("/* one\ntwo */\n// three\n\nf() // four\ng()\n")
    assert accuracy.lines_of_code(tmp_path, "python") == 1
    assert accuracy.lines_of_code(tmp_path, "javascript") == 2


@pytest.mark.parametrize(
    ("goal", "youden", "fpr", "reached"),
    [
        (accuracy.Goal(0.5), 0.5, None, True),
        (accuracy.Goal(0.5), 0.49, None, False),
        (accuracy.Goal(0.5), None, None, False),
        (accuracy.Goal(0.5, most_fpr=0.1), 0.5, 0.1, True),
        (accuracy.Goal(0.5, most_fpr=0.1), 0.5, 0.11, False),
        (accuracy.Goal(0.5, most_fpr=0.1), 0.5, None, False),
    ],
)
def test_a_goal_is_reached_or_not(goal, youden, fpr, reached):
    assert goal.reached({"youden": youden, "fpr": fpr}) is reached


def test_a_file_with_a_null_or_without_end_does_not_parse(tmp_path):
    path = tmp_path / "a.py"
    for text, right in (("x = '\\d'\n", True), ("x = (\n", False), ("\0", False)):
        path.write_text(text)
        assert accuracy.parses(path) is right
