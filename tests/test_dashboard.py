"""`vetline dashboard`: what is gathered, the page, the terminal, and the server on loopback."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from vetline import figures, ledger, metrics, rehearsal, stores
from vetline.__main__ import main
from vetline.doors.dashboard import board, charts, markup, page, serving, telling, terminal
from vetline.figures import Unit
from vetline.formats import Screen
from vetline.ledger import GENESIS, Draft, Kind
from vetline.metrics import NO_BOUNDS, Bounds
from vetline.stores import sqlite

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2026-03-31T12:00:00.000Z"
ADA = "Ada <ada@example.org>"
TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"  # the form of one; nobody's
_SECONDS = 30
# What the invented ledger is within, so that nothing alarms.
QUIET = Bounds(
    {},
    {"gate-pass-rate": 0.5, "severe-findings-per-change": 9, "false-positive-rate": 0.9, "escalation-rate": 0.9,
     "time-to-remediate": 9e6},
    {"escalation-rate": 0.0},
)  # fmt: skip


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No variable of whoever runs the tests, and a home of its own."""
    for name in os.environ:
        if name.startswith(("VETLINE_", "FORCE_COLOR", "NO_COLOR")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A repository with no ledger yet, to stand in."""
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    monkeypatch.chdir(root)
    return root


def put(root: Path, told) -> stores.Location:
    """Write a ledger: a time and a draft each."""
    location, after, events = stores.locate(root), (0, GENESIS), []
    for at, draft in told:
        events.append(ledger.seal(draft, after=after, at=at, actor=ADA))
        after = (events[-1].seq, events[-1].hash)
    path = location.folders[0] / "ledger.db"
    path.parent.mkdir(exist_ok=True)
    sqlite.put(path, events)
    return location


def invented(root: Path, **more) -> stores.Location:
    location = stores.locate(root)
    path = location.folders[0] / "ledger.db"
    path.parent.mkdir(exist_ok=True)
    sqlite.put(path, rehearsal.events(until=datetime.fromisoformat(NOW), days=90, seed=3))
    return location


def opened(mark: str, **more) -> Draft:
    origin = {"state": "ai", "agent": "codex", "model": "m"}
    told = {"rule": "python/sql-from-string", "severity": "high", "fingerprint": mark, "origin": origin}  # fmt: skip
    return Draft(Kind.FINDING_OPENED, more.pop("subject", "shop/a.py"), {**told, **more})


def gathered(location, now=NOW, bounds=NO_BOUNDS):
    return board.gather(location, now=now, bounds=bounds)


def row(found, name):
    return next(one for one in found.rows if one.month.figure.name == name)


# -- what is gathered


def test_the_figures_are_those_of_metrics(shop):
    found = gathered(location := invented(shop))
    book = metrics.load(location)
    for days, attribute in ((7, "week"), (30, "month")):
        there = {one.figure.name: one for one in metrics.measure(book, now=NOW, days=days)}
        assert {one.month.figure.name: getattr(one, attribute) for one in found.rows} == there
    assert {one.month.figure.name for one in found.rows} == {*figures.names()}


def test_the_weeks_are_worked_out_from_the_events(shop):
    found = gathered(location := invented(shop))
    ends = [(datetime.fromisoformat(NOW) - timedelta(weeks=n)).date() for n in range(11, -1, -1)]
    assert [one.last for one in found.flow] == [str(end) for end in ends]
    came, went, known = Counter(), Counter(), set()
    for event in stores.stream(location):
        mark = event.subject, event.payload.get("fingerprint")
        day = datetime.fromisoformat(event.at).date()
        end = next((end for end in ends if end - timedelta(days=6) <= day <= end), None)
        if event.kind == "finding.opened" and mark not in known:
            known.add(mark)
            came[end] += 1
        elif event.kind == "finding.closed" and mark in known:
            known.discard(mark)
            went[end] += 1
    assert [one.opened for one in found.flow] == [came[end] for end in ends]
    assert [one.closed for one in found.flow] == [went[end] for end in ends]


def test_what_was_found_most_says_how_often_of_late(shop):
    found = gathered(location := invented(shop))
    month, week = Counter(), Counter()
    for event in stores.stream(location, ["finding.opened"]):
        label = event.payload["rule"], event.payload["severity"]
        month[label] += "2026-03-02" <= event.at[:10] <= "2026-03-31"
        week[label] += "2026-03-25" <= event.at[:10] <= "2026-03-31"
    assert {(top.rule, top.severity): (top.month, top.week) for top in found.tops} == {
        label: (number, week[label]) for label, number in month.items() if number
    }
    assert found.tops[0].month == max(month.values())
    assert next(t.title for t in found.tops if t.rule == "python/sql-from-string")


def test_the_newest_events_are_those_that_explain_names_last(shop, monkeypatch):
    found = gathered(location := invented(shop))
    for one in found.rows:
        figure = one.month.figure
        events = list(figure.trace(stores.stream(location, figure.kinds), found.month.period))
        newest = {f"{e.seq}:{e.hash[:8]}" for e, _ in events}
        assert {event.name for event in one.events} <= newest
        assert len(one.events) == min(len(events), 6)
        times = [event.at for event in one.events]
        assert times == sorted(times, reverse=True)
        assert not events or times[0] == max(e.at for e, _ in events)


def test_only_so_many_events_are_looked_at(shop, monkeypatch):
    monkeypatch.setattr(board, "NEWEST", 3)
    told = [(f"2026-03-0{n}T09:00:00.000Z", opened(str(n))) for n in range(1, 9)]
    found = gathered(put(shop, told))
    assert [event.at[:10] for event in row(found, "open-findings").events] == [
        "2026-03-08", "2026-03-07", "2026-03-06",
    ]  # fmt: skip
    assert row(found, "open-findings").month.value.value == 8


def test_what_needs_a_look_comes_first(shop):
    bounds = Bounds(
        {**QUIET.alerts, "time-to-remediate": 60.0},
        {**QUIET.alerts, "false-positive-rate": 0.0001},
        QUIET.floors,
    )
    found = gathered(invented(shop), bounds=bounds)
    assert [one.month.figure.name for one in found.rows[:2]] == [
        "false-positive-rate", "time-to-remediate",
    ]  # fmt: skip
    text = terminal.rendered(found, Screen(), "utf-8")
    assert re.search(
        r"^ALERT False-positive rate: \S+ % in 30 days, alert 0\.0 %$", text, re.MULTILINE
    )
    html = page.rendered(found).html
    assert '<a href="#is-false-positive-rate">False-positive rate</a>' in html
    assert html.index("is-false-positive-rate") < html.index("This week")


def test_calm_is_said_only_of_what_is_known(shop):
    assert telling.calm(gathered(put(shop, []))) == (
        "Too little is recorded to judge by: no figure with a target has enough to rest on.",
        False,
    )
    found = gathered(location := invented(shop), bounds=QUIET)
    assert telling.calm(found) == ("No figure is past its alert, and no rate jumped.", True)
    assert "too little" not in terminal.rendered(found, Screen(), "utf-8")
    few = [*found.rows]
    few[0] = few[0]._replace(month=few[0].month._replace(standing="unknown"))
    said, is_known = telling.calm(found._replace(rows=few))
    assert said.endswith("; of 1 figure with a target too little is known.")
    assert not is_known
    late = gathered(location, "2026-05-31T12:00:00.000Z")
    assert "Nothing was recorded since 2026-03-31" in terminal.rendered(late, Screen(), "utf-8")
    assert not any("since" in note for note in telling.notes(found))


# -- sane whatever the ledger


@pytest.mark.parametrize("name", ["none", "one", "ahead", "behind", "foreign"])
def test_odd_ledgers_give_sane_pages(shop, name):
    told = {
        "none": [],
        "one": [("2026-03-31T09:00:00.000Z", opened("1"))],
        "ahead": [(f"2031-01-0{n}T09:00:00.000Z", opened(str(n))) for n in range(1, 9)],
        "behind": [
            ("2026-03-31T09:00:00.000Z", opened("1")),
            ("1999-01-01T00:00:00.000Z", Draft(Kind.FINDING_CLOSED, "shop/a.py", {"fingerprint": "1", "why": "gone"})),
        ],
        "foreign": [
            ("no time", opened("1", rule=7, severity=None, origin="x")),
            ("2026-03-31T09:00:00.000Z", Draft(Kind.GATE_JUDGED, ".", {"verdict": ["x"], "commit": "c" * 40})),
            ("2026-03-31T09:00:00.000Z", Draft(Kind.LINES_COUNTED, ".", {"lines": {"ai": -4}, "written": "x"})),
        ],
    }[name]  # fmt: skip
    found = gathered(put(shop, told))
    html = page.rendered(found).html
    well_formed(html)
    text = terminal.rendered(found, Screen(), "utf-8")
    assert "nan" not in text.lower().split()
    assert "None" not in text
    if name == "none":
        assert "The ledger has no event yet" in text
        assert "No week of the last 12 has a value." in html
        assert "Too little is recorded to judge by" in text
    if name == "ahead":
        assert "8 events have a time ahead of now" in text
    if name == "behind":
        assert row(found, "time-to-remediate").month.value.value is None


def test_a_project_that_has_no_ledger_at_all(shop, capsys):
    assert main(["dashboard"]) == 0
    assert "no event yet" in capsys.readouterr().out
    assert not (shop / ".git" / "vetline").exists()


class Tree(HTMLParser):
    """Whether elements end where they should, and which names they have."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told["href"]] if "href" in told else []
        assert "style" not in told
        assert not any(name.startswith("on") for name in told)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def well_formed(html: str) -> Tree:
    tree = Tree()
    tree.feed(html)
    tree.close()
    assert tree.open == []
    assert len(tree.ids) == len({*tree.ids})
    assert {link.removeprefix("#") for link in tree.links} <= {*tree.ids}
    return tree


# -- nothing hostile, nothing private

HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m"


def test_nothing_of_the_ledger_is_markup_or_steers(shop):
    told = [
        ("2026-03-31T09:00:00.000Z", opened("1", rule=HOSTILE, severity=HOSTILE, subject=HOSTILE)),
        ("2026-03-31T09:01:00.000Z", opened("2", origin={"state": "ai", "agent": HOSTILE, "model": "x\ny"})),
        ("2026-03-31T09:02:00.000Z", Draft(Kind.EDIT_REPORTED, HOSTILE, {"agent": HOSTILE, "model": '"', "lines": 4})),
        ("2026-03-31T09:03:00.000Z", Draft(Kind.GATE_JUDGED, ".", {"verdict": HOSTILE, "commit": "c" * 40, "base": "b" * 40})),
        ("2026-03-31T09:04:00.000Z", Draft(Kind.LINES_COUNTED, ".", {"lines": {HOSTILE: 4, "ai": 5}, "written": []})),
    ]  # fmt: skip
    found = gathered(put(shop, told))
    html = page.rendered(found, live=True).html
    assert "<script>alert" not in html
    assert "<img" not in html
    assert html.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in html
    assert not {"\u202e", "\x1b"} & {*html, *terminal.rendered(found, Screen(), "utf-8")}


def test_no_secret_no_path_of_a_home_no_note_and_no_person_is_told(shop, tmp_path, monkeypatch):
    home = tmp_path / "home"
    review = {"request": "a" * 12, "note": "my note", "requester": ADA, "subject": {"name": "shop/a.py"}}  # fmt: skip
    told = [
        ("2026-03-31T09:00:00.000Z", opened("1", subject=f"{home}/other/a.py")),
        ("2026-03-31T09:01:00.000Z", opened("2", rule=TOKEN, subject=f"keys/{TOKEN}.py")),
        ("2026-03-31T09:02:00.000Z", opened("3", subject="file:///etc/x", rule=f"{home}/r", origin={"state": "ai", "agent": str(home), "model": TOKEN})),
        ("2026-03-31T09:03:00.000Z", Draft(Kind.REVIEW_REQUESTED, "shop/a.py", review)),
        ("2026-03-31T09:04:00.000Z", Draft(Kind.PROMPT_SUBMITTED, "", {"prompt": "d" * 64})),
        ("2026-03-31T09:05:00.000Z", Draft(Kind.EDIT_REPORTED, "../up.py", {"agent": "codex", "lines": 4})),
    ]  # fmt: skip
    found = gathered(put(shop, told))
    for said in (page.rendered(found).html, terminal.rendered(found, Screen(), "utf-8")):
        assert not re.search(f"{TOKEN}|{home}|/etc/x|my note|Ada|ada@|d{{64}}|up\\.py", said)
    assert "a file outside of the project" in page.rendered(found).html


def test_a_text_that_was_not_looked_at_is_not_shown(shop):
    assert gathered(invented(shop)).said("never seen") == "********"


# -- charts and markup


def test_markup_holds_what_is_put_into_it():
    made = markup.tag("p", "<b>&", markup.tag("i", "x"), class_='"q"', hidden=True, id=None)
    assert made == '<p class="&quot;q&quot;" hidden>&lt;b&gt;&amp;<i>x</i></p>'
    assert markup.prose("run `a <b>` now") == "run <code>a &lt;b&gt;</code> now"


@pytest.mark.parametrize("unit", [*Unit])
@pytest.mark.parametrize("values", [[0.0] * 4, [1e-9, None, 3.0, 2.5], [1e12, 1e9, 0, 7.0], [None, None, None, 0.4]])  # fmt: skip
def test_a_chart_is_drawn_of_any_values(unit, values):
    weeks = ["2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31"]
    course = charts.Course("It & <it>", unit, weeks, [charts.Line("It", values), charts.Line("Target", [0.5] * 4, "target")])  # fmt: skip
    drawn = charts.chart(course, "twin")
    tree = well_formed(drawn)
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="n">(.*?)</td>', drawn)
    assert rows == [(week, unit.said(value)) for week, value in zip(weeks, values, strict=True)]
    assert drawn.count("<circle") == sum(value is not None for value in values)
    places = [float(number) for number in re.findall(r'c[xy]="([^"]*)"', drawn)]
    assert all(-20 <= place <= 420 for place in places)
    assert "It & <it>" in "".join(tree.words)
    assert re.search(r'role="img" aria-label="It &amp; &lt;it&gt;: It from ', drawn)


def test_a_chart_of_nothing_says_so():
    course = charts.Course("It", Unit.COUNT, ["2026-03-31"], [charts.Line("It", [None])])
    assert "<svg" not in charts.chart(course, "twin")
    assert charts.spark(course) == ""


# -- the page


def test_the_page_asks_for_nothing_and_allows_nothing(shop):
    found = gathered(invented(shop))
    html = page.rendered(found).html
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert "default-src &#x27;none&#x27;" in policy
    assert "unsafe" not in policy
    assert "script" not in policy
    assert "<script" not in html
    assert not re.search(r'(src|href)="[^#]|url\(|@import|https?://', html)
    assert "connect-src" not in page.rendered(found, live=True).html
    assert "connect-src &#x27;self&#x27;" in page.rendered(found, live=True, served=True).html
    well_formed(html)


def test_every_figure_opens_to_what_it_is_and_its_command(shop):
    tree = well_formed(html := page.rendered(gathered(invented(shop))).html)
    for name in figures.names():
        assert f"f-{name}" in tree.ids
        assert f"vetline metrics --explain {name}</code>" in html
        words = "".join(tree.words)
        assert figures.named(name).about.replace("`", "") in words
    assert re.search(r"\d+:[0-9a-f]{8}</code></td><td>gate.judged</td><td>pass</td>", html)


def test_a_page_is_told_from_a_newer_one_but_not_by_the_time(shop):
    location = invented(shop)
    first = page.rendered(gathered(location)).digest
    assert page.rendered(gathered(location, "2026-03-31T12:00:00.500Z")).digest == first
    stores.append(location, [opened("new")], at=NOW, actor=ADA)
    assert page.rendered(gathered(location)).digest != first


# -- the command line


def test_the_terminal_is_told_in_its_width_and_its_letters(shop):
    found = gathered(invented(shop))
    for width in (60, 80, 100, 200):
        lines = terminal.rendered(found, Screen(width=width), "utf-8").splitlines()
        # A note or the name of a rule may be longer than a narrow screen.
        assert max(map(len, lines)) <= max(width, 60)
    plain = terminal.rendered(found, Screen(), "ascii")
    assert plain.isascii()
    assert ">= 95.0 %" in plain
    assert "\x1b[" not in plain
    assert "\x1b[" in terminal.rendered(found, Screen(colour=True), "utf-8")


def test_the_page_is_written_to_a_file_or_to_standard_output(shop, capsysbinary):
    invented(shop)
    assert main(["dashboard", "--html", "posture.html"]) == 0
    assert capsysbinary.readouterr().out == b""
    assert (shop / "posture.html").read_text("utf-8").startswith("<!doctype html>")
    assert main(["dashboard", "--html", "-"]) == 0
    assert b"Security posture: shop" in capsysbinary.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--serve", "x"], "'x' is no port"),
        (["--serve", "70000"], "'70000' is no port"),
        (["--serve", "--html", "a.html"], "not allowed with"),
        (["--html", ""], "empty"),
        (["--html", "none/a.html"], "cannot write none/a.html"),
        (["extra"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_is_one_line_and_2(shop, capsys, words, why):
    assert main(["dashboard", *words]) == 2
    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1


def test_a_target_of_a_figure_that_there_is_not_is_wrong(shop, capsys):
    (shop / "vetline.toml").write_text('[metrics]\ntargets = ["gate-pass-rat=90%"]\n')
    assert main(["dashboard"]) == 2
    assert "gate-pass-rate" in capsys.readouterr().err


def test_a_ledger_that_is_none_is_said_and_3(shop, capsys):
    path = stores.locate(shop).folders[0] / "ledger.db"
    path.parent.mkdir()
    path.write_bytes(b"no ledger at all" * 100)
    for way in ([], ["--html", "-"], ["--serve"]):
        assert main(["dashboard", *way]) == 3
        assert capsys.readouterr().err.count("\n") == 1


# -- on loopback


@pytest.fixture
def served(shop):
    """A server in a thread; gives it and its ledger."""
    location = invented(shop)
    server = serving.Server(serving.Source(location, lambda: gathered(location)), 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server, location
    server.shutdown()
    server.server_close()
    thread.join(_SECONDS)


def ask(server, path=None, method="GET", **headers):
    """One request, with exactly these headers; gives the answer and its body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=_SECONDS)
    try:
        connection.putrequest(method, path or server.path, skip_host=True)
        told = {"Host": f"127.0.0.1:{server.server_port}", **headers}
        for name, value in told.items():
            if value is not None:
                connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_only_who_knows_the_address_and_asks_this_host_gets_the_page(served):
    server, _ = served
    assert server.server_address[0] == "127.0.0.1"
    answer, body = ask(server)
    assert (answer.status, body[:15]) == (200, b"<!doctype html>")
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(server.path) > 30
    port = server.server_port
    for host in (None, "", "evil.example", f"evil.example:{port}", "127.0.0.1", f"localhost:{port}.evil"):  # fmt: skip
        answer, body = ask(server, Host=host)
        assert (answer.status, body) == (403, b"403 Forbidden\n")
    for many in (["127.0.0.1", "evil.example"], ["evil.example", "127.0.0.1"]):
        answer, _ = ask(server, Host=f"{many[0]}:{port}", HOST=f"{many[1]}:{port}")
        assert answer.status == 403
    assert ask(server, Host=f"localhost:{port}")[0].status == 200
    for path in ("/", server.path[:-1], f"{server.path}x", "/%ff%00", "*"):  # fmt: skip
        assert ask(server, path)[0].status == 404
    assert ask(server, path=f"http://evil.example{server.path}")[0].status == 404


def test_nothing_can_be_written_and_nothing_asked_is_said(served):
    server, _ = served
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "<script>"):
        answer, body = ask(server, method=method)
        assert answer.status == 501
        assert b"script" not in body
    answer, body = ask(server, method="HEAD")
    assert (answer.status, body) == (200, b"")


def test_what_is_new_is_shown_and_what_is_not_is_not_sent_again(served, monkeypatch):
    server, location = served
    first = ask(server)[0].headers["ETag"]
    assert ask(server, If_None_Match=first)[0].status == 304
    stores.append(location, [opened("new")], at=NOW, actor=ADA)
    assert ask(server, If_None_Match=first)[0].status == 304  # it is not looked at all the time
    monkeypatch.setattr(serving, "_PAUSE", 0.0)
    answer, body = ask(server, If_None_Match=first)
    assert answer.status == 200
    assert answer.headers["ETag"] != first
    assert f'data-digest="{answer.headers["ETag"].strip(chr(34))}"'.encode() in body


def test_a_ledger_that_breaks_while_it_is_served_is_503_and_comes_back(served, monkeypatch):
    server, location = served
    monkeypatch.setattr(serving, "_PAUSE", 0.0)
    assert ask(server)[0].status == 200
    folder = location.folders[0]
    aside = folder.rename(folder.with_name("aside"))
    folder.mkdir()
    (folder / "ledger.db").write_bytes(b"no ledger" * 1000)
    assert ask(server)[0].status == 503
    shutil.rmtree(folder)
    aside.rename(folder)
    assert ask(server)[0].status == 200


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_it_serves_until_it_is_ended_and_ends_clean(shop, sign):
    words = [sys.executable, "-m", "vetline", "dashboard", "--serve"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        url = urlsplit(process.stdout.readline().strip())
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=_SECONDS)
        connection.request("GET", url.path)
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(sign)
        out, err = process.communicate(timeout=_SECONDS)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in err
    assert url.path not in err


def test_a_port_that_is_taken_is_said(served, capsys):
    server, _ = served
    assert main(["dashboard", "--serve", str(server.server_port)]) == 3
    assert "cannot listen on 127.0.0.1" in capsys.readouterr().err


# -- much


def test_many_events_of_many_years_are_shown_soon(shop):
    """Of a long ledger nothing is gathered that grows with it but what `metrics.load` folds once."""
    days = [datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(3650)]
    told = [(ledger.timestamp(day), opened(f"{day}{n}")) for day in days for n in range(3)]
    location = put(shop, told)
    metrics.load(location)
    found = gathered(location)
    assert row(found, "open-findings").month.value.value == len(told)
    html = page.rendered(found).html
    assert len(html) < 400_000
    assert json.dumps(html)
