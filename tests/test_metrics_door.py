"""`vetline metrics` and `vetline demo` at the command line."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from vetline import (
    figures,
    insertions,
    ledger,
    metrics,
    provenance,
    recorder,
    rehearsal,
    review,
    stores,
)
from vetline.__main__ import main
from vetline.chronicle import INVENTED
from vetline.doors.metrics import FORMATS
from vetline.ledger import Draft, Kind
from vetline.stores import sqlite
from vetline_analyzers import engine
from vetline_analyzers.core.text import Snapshot

DAY = "2026-03-31"


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No variable of whoever runs the tests, and a home of its own."""
    for name in os.environ:
        if name.startswith(("VETLINE_", "OTEL_", "GITHUB_", "CI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def demo(monkeypatch, tmp_path, capsys):
    """An invented project to stand in."""
    assert main(["demo", "--history", "90d", "shop"]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def project(monkeypatch, tmp_path):
    """An empty repository to stand in."""
    root = tmp_path / "project"
    root.mkdir()
    for words in (
        ["init", "-q"],
        ["config", "user.name", "Ada"],
        ["config", "user.email", "a@b.example"],
    ):
        subprocess.run(["git", "-C", str(root), *words], check=True)
    monkeypatch.chdir(root)
    return root


def said(capsys, *words, code=0):
    assert main(["metrics", *words]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return out


def refused(capsys, *words, code=2):
    assert main(["metrics", *words]) == code
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith("vetline metrics: ")
    assert err.count("\n") == 1
    return err


def test_a_row_a_figure(demo, capsys):
    text = said(capsys)
    assert re.match(r"\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\n", text)
    for name in figures.names():
        assert re.search(rf"^{name} +\S", text, re.MULTILINE), name
    assert "invented by `vetline demo`" in text
    assert "ALERT cursor example-fast" in text


def test_all_formats_tell_the_same(demo, capsys):
    data = json.loads(said(capsys, "--output-format", "json"))
    assert data["version"] == 1
    assert data["invented"] is True
    assert data["alert"] is True
    by_name = {one["name"]: one for one in data["figures"]}
    assert set(by_name) == set(figures.names())
    rows = list(csv.DictReader(io.StringIO(said(capsys, "--output-format", "csv"))))
    for row in rows:
        one = by_name[row["figure"]]
        number = one["parts"][row["part"]] if row["part"] else one["value"]
        assert float(row["value"]) == pytest.approx(number)
    assert {row["figure"] for row in rows if not row["part"]} == set(by_name)
    families = exposed(said(capsys, "--output-format", "openmetrics"))
    for name, one in by_name.items():
        ending = {"share": "_ratio", "seconds": "_seconds"}.get(one["unit"], "")
        ((labels, value),) = families[f"vetline_{name.replace('-', '_')}{ending}"]
        assert (labels, value) == ("", pytest.approx(one["value"], abs=1e-6))
    page = said(capsys, "--output-format", "markdown")
    assert all(f"| {one['title']} |" in page for one in by_name.values())


def exposed(text):
    """The families of an exposition as OpenMetrics 1.0 wants them: name → labels and value of each sample."""
    found, told = {}, ""
    *lines, end, nothing = text.split("\n")
    assert (end, nothing) == ("# EOF", "")
    for line in lines:
        if line.startswith("# TYPE "):
            told = line.split(" ")[2]
            assert line == f"# TYPE {told} gauge"
            assert told not in found, "a family is told once"
            found[told] = []
        elif line.startswith("# UNIT "):
            assert told.endswith("_" + line.split(" ")[3])
        elif not line.startswith("# HELP "):
            match = re.fullmatch(
                r'([a-z0-9_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+)\})? (\S+)', line
            )
            assert match
            assert match[1] == told
            found[told].append((match[2] or "", float(match[3])))
    return found


@pytest.mark.parametrize("name", figures.names())
def test_each_figure_is_explained_by_its_events(demo, capsys, name):
    data = json.loads(said(capsys, "--explain", name, "--output-format", "json"))
    figure = figures.named(name)
    assert data["name"] == name
    assert data["how"] == figure.how
    assert data["events"]
    there = {event.hash for event in stores.stream(stores.locate(demo))}
    assert {event["hash"] for event in data["events"]} <= there
    assert all(event["counts_as"] for event in data["events"])
    text = said(capsys, "--explain", name)
    assert text.startswith(figure.title)
    assert f"{len(data['events'])} event" in text


def test_alert_says_it_with_its_exit_code(demo, capsys, monkeypatch):
    said(capsys, "--alert", code=1)
    old = next(stores.stream(stores.locate(demo)))
    assert old.actor.endswith(f"<{INVENTED}>")
    monkeypatch.chdir(demo.parent)
    said(capsys, "--alert")  # nothing is recorded here


def test_settings_move_targets(demo, capsys):
    (demo / "vetline.toml").write_text(
        '[metrics]\ntargets = ["gate-pass-rate=100%", "time-to-remediate=1min"]\nalerts = ["suppression-debt=1"]\n'
    )
    data = json.loads(said(capsys, "--output-format", "json"))
    standing = {one["name"]: (one["target"], one["standing"]) for one in data["figures"]}
    assert standing["gate-pass-rate"] == (1, "missed")
    assert standing["time-to-remediate"] == (60, "missed")
    assert standing["suppression-debt"][1] == "alert"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('targets = ["gate-pas-rate=1"]', "did you mean 'gate-pass-rate'"),
        ('alerts = ["gate-pass-rate"]', "is not like"),
        ('alerts = ["gate-pass-rate=-1"]', "is not like"),
        ('alerts = "gate-pass-rate=1"', "expected a list"),
    ],
)
def test_settings_that_mean_nothing_are_refused(project, capsys, line, message):
    (project / "vetline.toml").write_text(f"[metrics]\n{line}\n")
    assert message in refused(capsys)


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "yesterday"), ("--since", "0d"), ("--since", "9999-01-01"), ("--since", ""), ("--since", "99999999d"),
        ("--explain", "gate-pas-rate"), ("--explain", "gate-pass-rate", "--output-format", "csv"),
        ("--output-format", "xml"), ("-o", "no/such/folder/file"), ("--config", "missing.toml"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_one_line(project, capsys, words):
    refused(capsys, *words)


@pytest.mark.parametrize("since", ["1d", "12w", "2020-01-01", "2020-01-01T09:00"])
def test_since(demo, capsys, since):
    data = json.loads(said(capsys, "--since", since, "--output-format", "json"))
    days = (datetime.fromisoformat(data["until"]) - datetime.fromisoformat(data["since"])).days + 1
    assert data["since"] == "2020-01-01" if "-" in since else days == {"1d": 1, "12w": 84}[since]


@pytest.mark.parametrize("form", FORMATS)
def test_a_project_without_a_ledger(project, capsys, form):
    text = said(capsys, "--output-format", form, "--alert")
    assert form in {"csv", "openmetrics"} or "no event yet" in text
    assert not (project / ".git" / "vetline").exists(), "to look makes nothing"


def test_a_file_is_written_at_once(demo, capsys):
    assert said(capsys, "--output-format", "openmetrics", "-o", "vetline.prom") == ""
    exposed((demo / "vetline.prom").read_text())


def test_a_ledger_that_cannot_be_read_is_one_line(demo, capsys):
    for path in (demo / ".git" / "vetline").iterdir():
        path.unlink()
    (demo / ".git" / "vetline" / "ledger.db").write_bytes(b"no database" * 100)
    assert "ledger.db" in refused(capsys, code=3)


def test_names_of_others_steer_nothing(project, capsys):
    evil = 'x"}\n\x1b[31m<img src=x>|=cmd()\u202e'
    origin = {"state": "ai", "agent": evil, "model": evil, "session": ""}
    where = stores.locate(project)
    drafts = [
        Draft(Kind.EDIT_REPORTED, "a.py", {"agent": "=cmd()", "model": evil, "lines": 100}),
        Draft(
            Kind.FINDING_OPENED, "a.py",
            {"fingerprint": "f", "rule": evil, "severity": evil, "origin": origin},
        ),
        recorder.counted(".", {"ai": 5, evil: 3}, {(evil, evil, DAY): 5}, 1, today=DAY),
    ]  # fmt: skip
    stores.append(where, drafts, at=ledger.timestamp(datetime.now(UTC)), actor=evil)
    for words in ([], ["--explain", "ai-finding-rate"], ["--explain", "open-findings"]):
        text = said(capsys, *words)
        assert "\x1b" not in text
        assert "\u202e" not in text
    page = said(capsys, "--output-format", "markdown")
    assert "<img" not in page
    assert "\x1b" not in page
    exposed(said(capsys, "--output-format", "openmetrics"))
    rows = list(csv.reader(io.StringIO(said(capsys, "--output-format", "csv"))))
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    json.loads(said(capsys, "--output-format", "json"))


def test_no_path_and_no_person_is_in_a_sheet(demo, capsys):
    events = list(stores.stream(stores.locate(demo)))
    subjects = {e.subject for e in events} - {"", "."}
    people = {e.actor.partition(" <")[0] for e in events}
    for form in FORMATS:
        text = said(capsys, "--output-format", form)
        assert not [name for name in subjects | people if name in text]
        assert str(demo) not in text


# -- counting lines


def test_lines_are_counted_by_whose_they_are(project, capsys):
    code = "import os\n\nprint(os.sep)\nprint(os.name)\n"
    (project / "made.py").write_text(code)
    (project / "typed.py").write_text("x = 1\n\n\ny = 2\n")
    (project / "package-lock.json").write_text('{"name": "x"}\n')
    (project / "picture.bin").write_bytes(b"\0\1\2" * 50)
    report(project, "made.py", code)
    said(capsys, "--count")
    (counted,) = stores.read(stores.locate(project), [Kind.LINES_COUNTED])
    assert counted.subject == "."
    assert counted.payload["files"] == 2
    assert counted.payload["lines"] == {
        "ai": 3,
        "mixed": 0,
        "suspect_ai": 0,
        "human": 0,
        "unknown": 2,
    }
    today = datetime.now(UTC).date().isoformat()
    assert counted.payload["written"] == [["claude-code", "sonnet", today, 3]]
    data = json.loads(said(capsys, "--output-format", "json"))
    by_name = {one["name"]: one for one in data["figures"]}
    assert by_name["ai-share"]["value"] == 0.6
    assert by_name["finding-density"]["value"] == 0
    assert by_name["ai-finding-rate"]["samples"] == 3, "the hook's report tells how many lines"


def report(root, name, code):
    """What a hook of Claude Code reports when it writes a file."""
    event = {
        "session_id": "s1", "cwd": str(root), "hook_event_name": "PostToolUse", "tool_name": "Write", "model": "sonnet",
        "tool_use_id": "t1", "tool_input": {"file_path": str(root / name), "content": code},
        "tool_response": {"filePath": str(root / name), "type": "create"}, "transcript_path": "",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "vetline", "hook"], input=json.dumps(event).encode(), cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# -- OpenTelemetry


@pytest.fixture
def collector():
    """An OpenTelemetry collector on loopback that keeps what it is sent."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, {n.lower(): v for n, v in self.headers.items()}, raw))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_figures_go_to_a_collector(demo, capsys, monkeypatch, collector):
    address, taken = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    data = json.loads(said(capsys, "--otlp", "--output-format", "json"))
    ((path, headers, raw),) = taken
    assert path == "/v1/metrics"
    assert headers["content-type"] == "application/x-protobuf"
    sent = ExportMetricsServiceRequest.FromString(raw)
    (resource,) = sent.resource_metrics
    told = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert told["service.name"] == "vetline"
    gauges = {m.name: m for scope in resource.scope_metrics for m in scope.metrics}
    for one in data["figures"]:
        (point,) = gauges[f"vetline.{one['name'].replace('-', '_')}"].gauge.data_points
        assert (point.as_double or point.as_int) == pytest.approx(one["value"], abs=1e-6)
    assert gauges["vetline.ledger.invented"].gauge.data_points[0].as_int == 1
    alerts = gauges["vetline.alert"].gauge.data_points
    assert {p.attributes[0].value.string_value for p in alerts} >= {"gate-pass-rate"}


def test_without_an_endpoint_nothing_is_sent(demo, capsys):
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in refused(capsys, "--otlp", code=3)


def test_a_collector_that_is_away_is_one_line(demo, capsys, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer s3cret-t0ken")
    assert "s3cret" not in refused(capsys, "--otlp", code=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENDPOINT", "not an address"),
        ("ENDPOINT", "http://[::"),
        ("COMPRESSION", "tar"),
    ],
)
def test_a_variable_that_the_sdk_does_not_understand_is_one_line(
    demo, capsys, monkeypatch, name, value
):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    monkeypatch.setenv(f"OTEL_EXPORTER_OTLP_{name}", value)
    refused(capsys, "--otlp", code=3)


# -- the demo


def test_a_demo_is_the_same_each_time_and_whole(tmp_path, capsys):
    for name in ("one", "two"):
        assert main(["demo", "--history", "30d", "--until", DAY, name]) == 0
    first, second = (
        list(sqlite.events(tmp_path / n / ".git/vetline/ledger.db")) for n in ("one", "two")
    )
    assert first == second
    assert ledger.verify(first) is None
    assert first[0].at[:10] == "2026-03-02"
    assert first[-1].at[:10] == DAY
    assert main(["demo", "--history", "30d", "--until", DAY, "--seed", "2", "three"]) == 0
    assert list(sqlite.events(tmp_path / "three/.git/vetline/ledger.db")) != first
    assert "invented" in capsys.readouterr().out


def test_a_demo_touches_nothing_that_is_there(project, capsys):
    (project / "mine.txt").write_text("mine")
    for words in (
        ["."],
        ["mine.txt"],
        ["--history", "0d", "x"],
        ["--history", "lots", "x"],
        ["--until", "soon", "x"],
        [""],
    ):
        assert main(["demo", *words]) == 2, words
        assert capsys.readouterr().err.startswith("vetline demo: ")
    assert sorted(p.name for p in project.iterdir()) == [".git", "mine.txt"]
    assert not (project / ".git" / "vetline").exists()


def test_a_demo_stays_out_of_a_team_s_ledger(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VETLINE_LEDGER_URL", "postgresql://ana@127.0.0.1:9/team")
    assert main(["demo", "--history", "5d", "shop"]) == 0
    folder = tmp_path / "shop" / ".git" / "vetline"
    assert [path.name for path in folder.glob("*.db")] == ["ledger.db"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_an_insertion_tells_is_counted(project, capsys):
    text = Snapshot("file:///a.py", "python", 0, "one = 1\n\ntwo = 2\n", "a.py")
    origin = provenance.Origin(
        provenance.Tier.OBSERVED, agent="copilot", model="m", source="completion"
    )
    draft = insertions.insertion(
        text, text.line_span(0)._replace(end=len(text.text)), origin, key=b"k" * 32, subject="a.py"
    )
    stores.append(
        stores.locate(project), [draft], at=ledger.timestamp(datetime.now(UTC)), actor="Ada"
    )
    book = metrics.load(stores.locate(project))
    (day,) = book.days.values()
    assert dict(day.written) == {("copilot", "m"): 2}


def test_lines_are_counted_outside_a_repository_too(tmp_path, monkeypatch, capsys):
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path / "plain")
    (tmp_path / "plain" / "a.py").write_text("one = 1\n\ntwo = 2\n")
    said(capsys, "--count")
    (counted,) = stores.read(stores.locate(tmp_path / "plain"), [Kind.LINES_COUNTED])
    assert counted.payload["lines"]["unknown"] == 2


def test_what_a_demo_tells_is_of_kinds_and_rules_that_there_are():
    until = datetime(2026, 3, 31, 12, tzinfo=UTC)
    events = list(rehearsal.events(until=until, days=120, seed=3))
    assert {event.kind for event in events} <= {str(kind) for kind in Kind}
    rules = {
        event.payload["rule"] for event in events if event.kind in {"finding.opened", "escalation"}
    }
    assert rules <= set(engine.rules())
    requests = review.fold(events)
    asked = [event for event in events if event.kind == Kind.REVIEW_REQUESTED]
    assert len(requests) == len(asked) > 10
    assert {request.state for request in requests} >= {"approved", "requested"}
    assert all(event.at <= ledger.timestamp(until) for event in events)
    assert next(iter(rehearsal.events(until=until, days=1))).at[:10] == DAY
