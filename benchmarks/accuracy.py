"""Measures what Vetline finds and what it wrongly finds: `make accuracy`.

Labelled corpora, which do not belong to this repository, are scanned with one configuration, their code
taken for an AI's; good code, where folders of it are given, also with nothing known of its author. Only
what is shown counts. Beside each figure stands the goal of it. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gzip
import importlib.util
import json
import re
import resource
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "sast"
VETLINE = [sys.executable, "-m", "vetline", "check", "--isolated", "--no-baseline", "--exit-zero"]
ASSUMED_AI = ["--assume-origin", "ai"]
SPOKEN = {"python", "javascript", "typescript"}  # languages we have rules for
SEVERE = {"high", "critical"}
CODE = {
    "python": ({".py", ".pyi"}, re.compile(r"^[ \t]*#.*$", re.MULTILINE)),
    "javascript": (
        {".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx"},
        re.compile(r"/\*.*?\*/|^[ \t]*//.*?$", re.MULTILINE | re.DOTALL),
    ),
}
CPU_CORPUS, MOST_CPU = "owasp-python", 5.0  # seconds
MOST_UNKNOWN, MOST_SEVERE, MOST_AI = 0.3, 0.03, 0.8  # findings in 1,000 lines of good code

Case = tuple[dict[str, Any], bool, list[Any]]  # a label, whether it was flagged, and by what


class Goal(NamedTuple):
    """What is to be reached in a corpus.

    Attributes:
        least: of the measure.
        measure: a key of what the scoreboard says: "youden" or "recall".
        most_fpr: the false positive rate that may go with it.
        match: "any" where labels do not say which weakness it is.
    """

    least: float
    measure: str = "youden"
    most_fpr: float | None = None
    match: str = "cwe"

    def __str__(self) -> str:
        """As the table has it."""
        limit = "" if self.most_fpr is None else f", FPR <= {self.most_fpr:.2f}"
        return f"{self.measure} >= {self.least:.2f}{limit}"

    def reached(self, said: dict[str, Any]) -> bool:
        """Whether the scoreboard says so."""
        value, fpr = said[self.measure], said["fpr"]
        clean = self.most_fpr is None or (fpr is not None and fpr <= self.most_fpr)
        return value is not None and value >= self.least and clean


GOALS = {
    "owasp-python": Goal(0.90, most_fpr=0.02),
    "sven-py": Goal(0.55),
    "devaic-ai": Goal(0.70, most_fpr=0.06, match="any"),
    "securityeval-ai": Goal(0.42),
    "securityeval": Goal(0.60, "recall"),
    "sallm": Goal(0.70, "recall"),
    "codelmsec": Goal(0.80, "recall"),
    "cyberseceval-py": Goal(0.85, "recall"),
    "cyberseceval-js": Goal(0.45, "recall"),
    "seccodeplt": Goal(0.25),
    "semgrep-rules-py": Goal(0.45),
    "semgrep-rules-js": Goal(0.30),
    "nyx-py": Goal(0.55),
    "nyx-js": Goal(0.50),
}
FRAGMENTS = {"cyberseceval-py": Goal(0.80, "recall")}  # of those cases that do not parse


class Scan(NamedTuple):
    """What a check of a folder gave: SARIF with what is shown only, and processor seconds."""

    sarif: dict[str, Any]
    cpu: float

    @property
    def results(self) -> list[dict[str, Any]]:
        """The findings."""
        return [result for run in self.sarif["runs"] for result in run["results"]]

    @property
    def notes(self) -> int:
        """How often an analyzer said that it could not check a file, or a part of it."""
        said = [i for run in self.sarif["runs"] for i in run.get("invocations", [])]
        return sum(len(one.get("toolExecutionNotifications", [])) for one in said)


class Scored(NamedTuple):
    """A corpus, what the scoreboard says of it, and each of its cases."""

    name: str
    said: dict[str, Any]
    cases: list[Case]
    fragments: dict[str, Any] | None
    scan: Scan


def scan(folder: Path, options: Sequence[str] = ASSUMED_AI) -> Scan:
    """Check a folder, and leave out what is not shown.

    Raises:
        SystemExit: the check did not come to its end.
    """
    command = [*VETLINE, *options, "--output-format", "sarif", "."]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 3}:  # 3: something was not checked, which SARIF tells
        why = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise SystemExit(f"accuracy: the check of {folder} failed: {''.join(why)}")
    sarif = json.loads(done.stdout)
    for run in sarif["runs"]:
        run["results"] = [r for r in run["results"] if not r.get("suppressions")]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Scan(sarif, cpu)


# -- labelled corpora


def unpacked(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a corpus as the scoreboard wants it; what it says of itself.

    Raises:
        ValueError: a file of it would lie outside the folder.
    """
    code = (folder / "src").resolve()
    code.mkdir(parents=True)
    with (
        gzip.open(source, "rt", encoding="utf-8") as lines,
        (folder / "labels.jsonl").open("w", encoding="utf-8") as labels,
    ):
        about: dict[str, Any] = json.loads(next(lines))["corpus"]
        (folder / "corpus.json").write_text(json.dumps(about), encoding="utf-8")
        for line in lines:
            case = json.loads(line)
            path = (code / case["file"]).resolve()
            if not path.is_relative_to(code):
                raise ValueError(f"{source.name} would write to {case['file']}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(case["text"], "utf-8", errors="surrogateescape")
            for label in case["labels"]:
                labels.write(json.dumps({"file": case["file"], **label}) + "\n")
    return about


def scoreboard(corpora: Path) -> ModuleType:
    """The program beside the corpora that judges all tools alike."""
    spec = importlib.util.spec_from_file_location("scoreboard", corpora / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scored(board: ModuleType, folder: Path, name: str) -> Scored:
    """Scan an unpacked corpus and have it judged."""
    found = scan(folder / "src")
    sarif = folder / "findings.sarif"
    sarif.write_text(json.dumps(found.sarif), encoding="utf-8")
    goal = GOALS.get(name)
    said, cases = board.score(str(folder), str(sarif), match=goal.match if goal else "cwe")
    fragments = None
    if name in FRAGMENTS:
        broken = [c for c in cases if not parses(folder / "src" / c[0]["file"])]
        fragments = {**board.tally(broken), "policy": said["policy"]}
    return Scored(name, said, cases, fragments, found)


def parses(path: Path) -> bool:
    """Whether Python takes the text of a file for a program. It is not run."""
    with warnings.catch_warnings(action="ignore"):
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def rows(one: Scored) -> Iterator[str]:
    """The lines of the table for a corpus."""
    yield row(one.name, one.said, GOALS.get(one.name))
    if one.fragments:
        yield row("  fragments", one.fragments, FRAGMENTS[one.name])


def row(name: str, said: dict[str, Any], goal: Goal | None) -> str:
    """One line of the table."""
    cases = sum(said[key] for key in ("tp", "fp", "tn", "fn"))
    match = f", {goal.match}" if goal and goal.match != "cwe" else ""
    figures = " ".join(_figure(said[key]) for key in ("recall", "fpr", "youden"))
    reached = "" if goal is None else f"{goal!s:<28}{'yes' if goal.reached(said) else 'NO'}"
    return f"{name:<18} {said['policy'] + match:<10} {cases:>5} {figures}   {reached}".rstrip()


HEAD = f"{'corpus':<18} {'policy':<10} {'cases':>5} {'recall':>6} {'FPR':>6} {'Youden':>6}   goal"


def _figure(value: float | None) -> str:
    return f"{value:>6.3f}" if value is not None else f"{'-':>6}"


def by_weakness(one: Scored) -> Iterator[str]:
    """What was missed and what was wrongly flagged, the largest groups of CWEs first."""
    for title, insecure in (("missed", True), ("wrongly flagged", False)):
        groups = Counter(
            "+".join(label["cwe"]) or "none"
            for label, flagged, _ in one.cases
            if label["vuln"] is insecure and flagged is not insecure
        )
        if groups:
            said = ", ".join(f"{cwe} {count}" for cwe, count in groups.most_common(12))
            yield f"  {title} {groups.total()}: {said}"


def listed(one: Scored, kind: str) -> Iterator[str]:
    """The cases that were missed (fn) or wrongly flagged (fp), and by which rules."""
    for label, flagged, found in one.cases:
        if label["vuln"] is (kind == "fn") and flagged is (kind == "fp"):
            line = f":{label['line'][0]}" if label.get("line") else ""
            by = sorted({f"{finding.rule} line {finding.line}" for finding in found})
            yield "  ".join([label["file"] + line, *label["cwe"], *by])


# -- good code


def lines_of_code(folder: Path, language: str) -> int:
    """Lines that are neither blank nor comments."""
    endings, comments = CODE[language]
    count = 0
    for path in folder.rglob("*"):
        if path.suffix in endings and path.is_file():
            text = comments.sub("", path.read_text("utf-8", errors="replace"))
            count += sum(1 for line in text.splitlines() if line.strip())
    return count


def good_code(folder: Path, language: str) -> Iterator[str]:
    """What is said of code that people reviewed, in 1,000 lines.

    Raises:
        SystemExit: there is no code.
    """
    lines = lines_of_code(folder, language) / 1000
    if not lines:
        raise SystemExit(f"accuracy: no {language} in {folder}")
    unknown, assumed = scan(folder, ()), scan(folder)
    severe = [r for r in unknown.results if r["properties"]["severity"] in SEVERE]
    yield f"good {language}, {lines:,.1f} thousand lines: findings in a thousand"
    for what, results, most in (
        ("nothing known of the author", unknown.results, MOST_UNKNOWN),
        ("  high and critical", severe, MOST_SEVERE),
        ("assumed an AI's", assumed.results, MOST_AI),
    ):
        share = len(results) / lines
        reached = "yes" if share <= most else "NO"
        yield f"  {what:<30} {len(results):>5} {share:>7.3f}   <= {most:<6} {reached}"
        rules = Counter(result["ruleId"] for result in results).most_common(8)
        yield f"    {', '.join(f'{rule} {count}' for rule, count in rules)}"


# -- the door


def spoken(source: Path) -> bool:
    """Whether a corpus is in languages we have rules for."""
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        return set(json.loads(next(lines))["corpus"]["langs"]) <= SPOKEN


def chosen(corpora: Path, only: Iterable[str]) -> list[Path]:
    """The packed corpora in the order of the goals, those without one last.

    Raises:
        SystemExit: one that is asked for is not there.
    """
    there = {path.name.removesuffix(".jsonl.gz"): path for path in corpora.glob("*.jsonl.gz")}
    if missing := sorted(set(only) - set(there)):
        raise SystemExit(
            f"accuracy: no corpus {', '.join(missing)}; there are {', '.join(sorted(there))}"
        )
    names = [name for name in GOALS if name in there] + sorted(set(there) - set(GOALS))
    return [there[name] for name in names if (name in only if only else spoken(there[name]))]


def each(corpora: Path, only: Iterable[str], use: Callable[[Scored], None]) -> None:
    """Unpack, scan and judge corpora one by one."""
    board = scoreboard(corpora)
    for source in chosen(corpora, only):
        name = source.name.removesuffix(".jsonl.gz")
        with tempfile.TemporaryDirectory(prefix="accuracy-") as folder:
            unpacked(source, Path(folder))
            use(scored(board, Path(folder), name))


def show(one: Scored, *, weaknesses: bool) -> None:
    """Print what became of a corpus."""
    _print(rows(one))
    if one.scan.notes:
        print(f"  {one.scan.notes} times an analyzer could not check a file, or a part of it")
    if one.name == CPU_CORPUS:
        reached = "yes" if one.scan.cpu <= MOST_CPU else "NO"
        print(f"  {one.scan.cpu:.1f} s of processor time, goal <= {MOST_CPU:.0f} s: {reached}")
    if weaknesses:
        _print(by_weakness(one))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def options_of(words: Sequence[str] | None) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="*", help="only these")
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="where they lie, packed")
    parser.add_argument("--good-python", type=Path, metavar="DIR")
    parser.add_argument("--good-javascript", type=Path, metavar="DIR")
    parser.add_argument("--by-cwe", action="store_true", help="say which weaknesses are missed")
    parser.add_argument(
        "--show",
        nargs=2,
        metavar=("fp|fn", "CORPUS"),
        help="list its cases in the place of the table",
    )
    options = parser.parse_args(words)
    if options.show and options.show[0] not in {"fp", "fn"}:
        parser.error("--show lists fp or fn")
    for folder in (options.good_python, options.good_javascript):
        if folder and not folder.is_dir():
            parser.error(f"{folder} is not a folder")
    return options


def main(words: Sequence[str] | None = None) -> None:
    """Print the table, or the cases of one corpus."""
    options = options_of(words)
    if not (options.corpora / "score.py").is_file():
        print(f"accuracy: no corpora in {options.corpora}; they do not belong to this repository")
    elif options.show:
        kind, name = options.show
        each(options.corpora, [name], lambda one: _print(listed(one, kind)))
        return
    else:
        print(HEAD)
        each(options.corpora, options.corpus, partial(show, weaknesses=options.by_cwe))
    for language in CODE:
        if folder := getattr(options, f"good_{language}"):
            _print(good_code(folder, language))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
