"""Figures: each worked out anew from raw events, and what is kept of them is what reading all would give."""

from __future__ import annotations

import hashlib
import json
import statistics
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline import anomalies, figures, ledger, metrics, rehearsal, stores
from vetline.anomalies import Week
from vetline.chronicle import INVENTED, VERSION, Chronicle
from vetline.figures import LEAST, Unit, Value
from vetline.ledger import GENESIS, Draft, Kind
from vetline.metrics import Bounds
from vetline.stores import sqlite

NOW = "2026-03-31T12:00:00.000Z"
FIRST, LAST = "2026-03-02", "2026-03-31"  # the thirty days up to then
AI = ("ai", "mixed", "suspect_ai")


@pytest.fixture(scope="module")
def invented():
    """The events of a hundred and fifty days."""
    return list(rehearsal.events(until=datetime.fromisoformat(NOW), days=150, seed=7))


@pytest.fixture(scope="module")
def raw(invented):
    """The same as any program would read them from `vetline audit query`."""
    return [
        json.loads(
            json.dumps({"at": e.at, "kind": e.kind, "subject": e.subject, "payload": e.payload})
        )
        for e in invented
    ]


def told(events, name, **more) -> Value:
    book = metrics.fold(events)
    found = metrics.measure(book, now=NOW, days=30, **more)
    return next(one for one in found if one.figure.name == name).value


def recent(raw, *kinds):
    return [e for e in raw if e["kind"] in kinds and FIRST <= e["at"][:10] <= LAST]


def when(event) -> datetime:
    return datetime.fromisoformat(event["at"])


def last_of_day(raw):
    """Of each day and each change the last verdict."""
    found = {}
    for e in recent(raw, "gate.judged"):
        if name := e["payload"].get("change") or e["payload"]["commit"]:
            found[e["at"][:10], name] = e["payload"]
    return list(found.values())


def spans(raw, begin, end, key):
    """How long it was from each beginning to its end, of those that ended in the period: (the end, seconds)."""
    began, found = {}, []
    for e in raw:
        if e["kind"] == begin:
            began.setdefault(key(e), e)
        elif e["kind"] in end and key(e) in began:
            seconds = int((when(e) - when(began.pop(key(e)))).total_seconds())
            if FIRST <= e["at"][:10] <= LAST and seconds >= 0:
                found.append((e, seconds))
    return found


def mark(e):
    return e["subject"], e["payload"]["fingerprint"]


# -- each figure, worked out in a few lines from the events alone


def test_gate_pass_rate(invented, raw):
    verdicts = [p["verdict"] for p in last_of_day(raw)]
    value = told(invented, "gate-pass-rate")
    assert value.value == 1 - verdicts.count("block") / len(verdicts)
    assert value.parts == {v: verdicts.count(v) for v in ("pass", "warn", "block")}
    assert value.samples == len(verdicts) > 50


def test_severe_findings_per_change(invented, raw):
    found = [
        p["severities"].get("high", 0) + p["severities"].get("critical", 0)
        for p in last_of_day(raw)
        if p["base"]
    ]
    value = told(invented, "severe-findings-per-change")
    assert value.value == sum(found) / len(found) > 0
    assert value.parts["changes with any"] == sum(n > 0 for n in found)


def test_escalation_rate(invented, raw):
    found = [p["escalated"] for p in last_of_day(raw) if p["base"]]
    value = told(invented, "escalation-rate")
    assert value.value == sum(n > 0 for n in found) / len(found) > 0


def test_coverage(invented, raw):
    changes = last_of_day(raw)
    files, not_checked = sum(p["files"] for p in changes), sum(p["failures"] for p in changes)
    value = told(invented, "coverage")
    assert value.value == files / (files + not_checked) < 1
    assert value.parts["not checked"] == not_checked


def test_time_to_remediate(invented, raw):
    found = spans(raw, "finding.opened", ["finding.closed"], mark)
    gone = [seconds for e, seconds in found if e["payload"]["why"] == "gone"]
    value = told(invented, "time-to-remediate")
    assert value.value == statistics.median(gone)
    assert value.parts["p90"] == pytest.approx(
        statistics.quantiles(gone, n=10, method="inclusive")[8]
    )
    assert value.samples == len(gone) > 50
    severity = {mark(e): e["payload"]["severity"] for e in raw if e["kind"] == "finding.opened"}
    high = [s for e, s in found if e["payload"]["why"] == "gone" and severity[mark(e)] == "high"]
    assert value.parts["high"] == statistics.median(high)


def test_false_positive_rate(invented, raw):
    why = [e["payload"]["why"] for e, _ in spans(raw, "finding.opened", ["finding.closed"], mark)]
    value = told(invented, "false-positive-rate")
    assert value.value == sum(w != "gone" for w in why) / len(why) > 0
    assert value.parts["approved"] == why.count("approved") > 0


def test_ai_finding_rate(invented, raw):
    lines, found = defaultdict(int), defaultdict(int)
    for e in recent(raw, "edit.reported", "insertion"):
        n = e["payload"]["lines"]
        who = f"{e['payload']['agent']} {e['payload']['model']}"
        lines[who] += len(n) if isinstance(n, list) else n
    for e in recent(raw, "finding.opened"):
        origin = e["payload"]["origin"] or {}
        if origin.get("state") in AI:
            found[f"{origin['agent']} {origin['model']}"] += 1
    value = told(invented, "ai-finding-rate")
    assert value.value == sum(found.values()) * 1000 / sum(lines.values())
    assert value.parts == {who: found[who] * 1000 / n for who, n in lines.items()}


def last_count(raw):
    return recent(raw, "lines.counted")[-1]


def open_then(raw, until):
    there = {}
    for e in raw[: raw.index(until)]:
        if e["kind"] == "finding.opened":
            there.setdefault(mark(e), e["payload"])
        elif e["kind"] == "finding.closed":
            there.pop(mark(e), None)
    return [
        (p["origin"] or {"state": "unknown"}) | {"severity": p["severity"]} for p in there.values()
    ]


def test_finding_density(invented, raw):
    counted = last_count(raw)
    there = open_then(raw, counted)
    lines = counted["payload"]["lines"]
    value = told(invented, "finding-density")
    ours = sum(o["state"] in AI for o in there)
    assert value.value == ours * 1000 / sum(lines[s] for s in AI)
    human = sum(o["state"] == "human" for o in there)
    assert value.parts["human"] == human * 1000 / lines["human"] > 0
    written = sum(n for agent, _, _, n in counted["payload"]["written"] if agent == "codex")
    codex = sum(o.get("agent") == "codex" for o in there)
    assert value.parts["codex example-small"] == codex * 1000 / written


def test_ai_share(invented, raw):
    lines = last_count(raw)["payload"]["lines"]
    value = told(invented, "ai-share")
    assert value.value == sum(lines[s] for s in AI) / sum(lines.values())


def test_ai_survival(invented, raw):
    counts = [(e["at"][:10], e["payload"]["written"]) for e in raw if e["kind"] == "lines.counted"]
    by_day = [
        (day, {d: sum(n for *_, x, n in rows if x == d) for *_, d, _ in rows})
        for day, rows in counts
    ]
    written = left = 0
    for born in {d for _, lines in by_day for d in lines if d}:
        age = {
            day: (datetime.fromisoformat(day) - datetime.fromisoformat(born)).days
            for day, _ in by_day
        }
        first = max((lines.get(born, 0) for day, lines in by_day if 0 <= age[day] <= 7), default=0)
        later = [(day, lines.get(born, 0)) for day, lines in by_day if age[day] >= 30]
        if first and later and FIRST <= later[0][0] <= LAST:
            written, left = written + first, left + later[0][1]
    value = told(invented, "ai-survival")
    assert value.value == left / written
    assert 0.3 < value.value < 0.95


def test_review_latency(invented, raw):
    def request(e):
        return e["payload"]["request"]

    withdrawn = {request(e) for e in raw if e["kind"] == "review.withdrawn"}
    found = spans(
        [e for e in raw if e["kind"].startswith("review.") and request(e) not in withdrawn],
        "review.requested", ["review.approved", "review.rejected"], request,
    )  # fmt: skip
    value = told(invented, "review-latency")
    assert value.value == statistics.median(seconds for _, seconds in found)
    assert value.samples == len(found) > 5


def test_reviews_waiting(invented, raw):
    asked = {e["payload"]["request"]: e for e in raw if e["kind"] == "review.requested"}
    ends = ("review.approved", "review.rejected", "review.withdrawn")
    done = {e["payload"]["request"] for e in raw if e["kind"] in ends}
    left = [e for name, e in asked.items() if name not in done]
    value = told(invented, "reviews-waiting")
    assert value.value == len(left) > 0
    oldest = datetime.fromisoformat(NOW) - min(map(when, left))
    assert value.parts["oldest"] == int(oldest.total_seconds())


def test_suppression_debt(invented, raw):
    there = [e for e in raw if e["kind"] == "suppression"]
    value = told(invented, "suppression-debt")
    assert value.value == len(there) > 0
    assert value.parts["without an end"] == sum(not e["payload"]["expires"] for e in there)
    old = datetime.fromisoformat(NOW) - timedelta(days=90)
    assert value.parts["older than 90 days"] == sum(when(e) < old for e in there)


def test_open_findings(invented, raw):
    there = open_then([*raw, "the end"], "the end")
    value = told(invented, "open-findings")
    assert value.value == len(there) > 0
    assert value.parts["high"] == sum(o["severity"] == "high" for o in there)


def test_refusals(invented, raw):
    refused, made = len(recent(raw, "edit.denied")), len(recent(raw, "edit.reported"))
    assert told(invented, "refusals").value == refused / (refused + made) > 0


def test_unexplained_reports(invented, raw):
    lost, made = len(recent(raw, "claim.unmatched")), len(recent(raw, "edit.reported"))
    assert told(invented, "unexplained-reports").value == lost / made > 0


def test_every_figure_is_worked_out_here():
    tests = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    assert set(figures.names()) <= tests


# -- down to the events


@pytest.mark.parametrize("name", figures.names())
def test_a_figure_is_made_of_the_events_that_it_names(name, invented):
    """Whatever it does not name may be left out, and what it traces is as many as it says."""
    figure = figures.named(name)
    alone = [e for e in invented if e.kind in figure.kinds]
    span = metrics.period(metrics.fold(invented), now=NOW, days=30)
    whole = figure.compute(span)
    assert figure.compute(metrics.period(metrics.fold(alone), now=NOW, days=30)) == whole
    traced = list(figure.trace(invented, span))
    assert traced
    assert {event.kind for event, _ in traced} <= set(figure.kinds)
    assert all(role for _, role in traced)
    if name == "ai-share":
        assert [event for event, _ in traced] == [e for e in alone if e.at <= NOW][-1:]
    if figure.unit is not Unit.PER_THOUSAND and "lines.counted" not in figure.kinds:
        by_kind = {"refusals": 0, "unexplained-reports": 0}
        assert len(traced) == whole.samples or name in by_kind


# -- what is kept


def write(folder, events):
    (folder / ".git" / "vetline").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    location = stores.locate(folder)
    sqlite.put(location.folders[0] / "ledger.db", events)
    return location


def resealed(events, after=(0, GENESIS)):
    for e in events:
        sealed = ledger.seal(
            Draft(e.kind, e.subject, e.payload), after=after, at=e.at, actor=e.actor
        )
        after = (sealed.seq, sealed.hash)
        yield sealed


def test_what_is_kept_goes_on_with_what_is_new(tmp_path, invented, monkeypatch):
    location = write(tmp_path, invented[:4000])
    assert metrics.load(location).events == 4000
    cache = location.folders[0] / metrics.NAME
    assert cache.stat().st_mode & 0o077 == 0
    sqlite.put(location.folders[0] / "ledger.db", invented[4000:])
    read = []
    honest = sqlite.tell
    monkeypatch.setattr(
        sqlite, "tell", lambda *words: (read.append(1) or one for one in honest(*words))
    )
    assert metrics.load(location) == metrics.fold(invented)
    assert len(read) == len(invented) - 4000
    assert metrics.load(location, fresh=True) == metrics.fold(invented)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: kept[: len(kept) // 2],
        lambda _: b"[]",
        lambda _: b"\xff\xfe",
        lambda kept: kept.replace(b'"version":1', b'"version":99', 1),
        lambda kept: kept.replace(b'"open":[', b'"open":[[1],', 1),
        lambda kept: b'{"version":1,"marks":{},"book":' + kept.partition(b'"book":')[2],
    ],
)
def test_what_is_kept_and_damaged_is_made_anew(tmp_path, invented, damage, signed):
    location = write(tmp_path, invented[:2000])
    metrics.load(location)
    cache = location.folders[0] / metrics.NAME
    raw = damage(cache.read_bytes().partition(b"\n")[2])
    digest = hashlib.sha256(raw).hexdigest().encode() if signed else b"0" * 64
    cache.write_bytes(digest + b"\n" + raw)
    assert metrics.load(location) == metrics.fold(invented[:2000])


def test_another_chain_at_the_same_place_is_read_anew(tmp_path, invented):
    location = write(tmp_path, invented[:2000])
    metrics.load(location)
    path = location.folders[0] / "ledger.db"
    for name in (path, path.with_name("ledger.db-wal"), path.with_name("ledger.db-shm")):
        name.unlink(missing_ok=True)
    other = list(resealed(invented[100:2500]))
    sqlite.put(path, other)
    assert metrics.load(location) == metrics.fold(other)


def test_a_ledger_from_before_the_repository_is_read_too_and_in_the_order_of_time(
    tmp_path, invented
):
    location = write(
        tmp_path / "project", invented[1500:3000:1] and list(resealed(invented[1500:3000]))
    )
    former = tmp_path / "state"
    former.mkdir()
    sqlite.put(former / "ledger.db", invented[:1500])
    location = location._replace(former=(former,))
    assert metrics.load(location) == metrics.fold(invented[:3000])
    late = list(resealed(invented[3000:3100], after=(1500, invented[1499].hash)))
    sqlite.put(former / "ledger.db", late)
    assert metrics.load(location) == metrics.fold(invented[:3100])
    early = invented[0]
    head = sqlite.ends(former / "ledger.db")[1]
    sqlite.put(former / "ledger.db", resealed([early], after=(head.seq, head.hash)))
    assert metrics.load(location) == metrics.fold(stores.stream(location))


def test_a_place_that_cannot_be_written_costs_only_time(tmp_path, invented):
    location = write(tmp_path, invented[:2000])
    (location.folders[0] / metrics.NAME).mkdir()
    assert metrics.load(location) == metrics.fold(invented[:2000])


WORDS = (
    *(
        "fingerprint",
        "mark",
        "request",
        "why",
        "severity",
        "origin",
        "lines",
        "written",
        "verdict",
        "change",
    ),
    *(
        "base",
        "commit",
        "reasons",
        "severities",
        "escalated",
        "files",
        "failures",
        "expires",
        "kind",
        "agent",
    ),
)
EVENT = st.builds(
    lambda kind, subject, payload, at: SimpleNamespace(
        kind=kind, subject=subject, payload=payload, at=at, actor="Ada"
    ),
    st.sampled_from([*map(str, Kind), "of.tomorrow"]),
    st.sampled_from(["a.py", "b.py", "", "."]),
    st.dictionaries(
        st.sampled_from(WORDS),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.sampled_from(["", "x", "pass", "gone", "ai"]),
            st.lists(st.one_of(st.integers(), st.lists(st.sampled_from(["a", "2026-03-01", 3]), max_size=5)), max_size=3),
            st.dictionaries(st.sampled_from(["ai", "state", "high", "rule"]), st.one_of(st.integers(), st.just("ai")), max_size=3),
        ),
        max_size=6,
    ),
    st.one_of(
        st.sampled_from(["", "soon", "2026-02-30T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"]),
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1)).map(lambda d: ledger.timestamp(d.replace(tzinfo=UTC))),  # noqa: DTZ001 - the zone follows
    ),
)  # fmt: skip


@given(st.lists(EVENT, max_size=40), st.integers(0, 40))
def test_whatever_a_ledger_holds_there_are_figures_and_they_can_be_kept(events, cut):
    whole = metrics.fold(events)
    kept = Chronicle.from_json(json.loads(json.dumps(metrics.fold(events[:cut]).to_json())))
    gone_on = metrics.fold(events[cut:], kept)
    assert gone_on == whole
    sheet = metrics.sheet(whole, now=NOW, days=30)
    for one in sheet.measured:
        assert one.value.value is None or one.value.value >= 0, one
        assert one.figure.unit is not Unit.SHARE or one.value.value is None or one.value.value <= 1
        assert one.figure.unit.said(one.value.value)
        list(one.figure.trace(events, sheet.period))
        metrics.weekly(one.figure, whole, now=NOW)


# -- what is to be known


def at(events, *times):
    """The same events at other times."""
    for e, time in zip(events, times, strict=True):
        yield SimpleNamespace(
            at=time, kind=e.kind, subject=e.subject, payload=e.payload, actor=e.actor
        )


def finding(what, **payload):
    return SimpleNamespace(
        at=NOW, kind=what, subject="a.py", actor="Ada",
        payload={"fingerprint": "f", "severity": "high", "why": "gone", **payload},
    )  # fmt: skip


def test_an_empty_ledger_has_figures_without_values():
    sheet = metrics.sheet(Chronicle(), now=NOW)
    assert all(one.value.value is None or one.figure.stands for one in sheet.measured)
    assert not sheet.alarming
    assert "no event yet" in sheet.notes[0]


def test_one_event_is_too_little_for_an_alert():
    event = SimpleNamespace(
        at=NOW, kind="gate.judged", subject=".", actor="Ada",
        payload={"verdict": "block", "commit": "c", "base": "b"},
    )  # fmt: skip
    sheet = metrics.sheet(metrics.fold([event]), now=NOW)
    one = next(o for o in sheet.measured if o.figure.name == "gate-pass-rate")
    assert (one.value.value, one.value.samples, one.standing) == (0, 1, "unknown")
    assert not sheet.alarming


def test_clocks_that_contradict_give_no_duration_and_are_told():
    pair = (finding("finding.opened"), finding("finding.closed"))
    book = metrics.fold(at(pair, "2026-03-20T00:00:00.000Z", "2026-03-10T00:00:00.000Z"))
    span = metrics.period(book, now=NOW, days=30)
    assert figures.named("time-to-remediate").compute(span) == Value(None)
    assert figures.named("open-findings").compute(span).value == 0
    assert "before that of one in front" in metrics.notes(book, now=NOW)[0]


def test_what_is_dated_ahead_waits_for_its_day():
    event = next(at([finding("finding.opened")], "2031-01-01T00:00:00.000Z"))
    book = metrics.fold([event])
    assert "ahead of now" in metrics.notes(book, now=NOW)[0]
    assert not metrics.tops(metrics.period(book, now=NOW, days=3000))
    assert metrics.tops(metrics.period(book, now="2031-01-02T00:00:00.000Z", days=2))


def test_targets_and_alerts_can_be_others(invented):
    book = metrics.fold(invented)

    def standing(name, **bounds):
        both = Bounds(*(bounds.get(name, {}) for name in ("targets", "alerts", "floors")))
        found = metrics.measure(book, now=NOW, bounds=both)
        return next(one.standing for one in found if one.figure.name == name)

    assert (
        standing("gate-pass-rate", targets={"gate-pass-rate": 0.5}, alerts={"gate-pass-rate": 0.1})
        == "met"
    )
    assert (
        standing(
            "gate-pass-rate", targets={"gate-pass-rate": 0.999}, alerts={"gate-pass-rate": 0.1}
        )
        == "missed"
    )
    assert standing("gate-pass-rate", alerts={"gate-pass-rate": 0.999}) == "alert"
    wide = {"targets": {"escalation-rate": 0.9}, "alerts": {"escalation-rate": 0.9}}
    assert standing("escalation-rate", **wide, floors={"escalation-rate": 0.0}) == "met"
    assert standing("escalation-rate", **wide, floors={"escalation-rate": 0.9}) == "alert"
    assert standing("suppression-debt") == ""
    assert standing("suppression-debt", alerts={"suppression-debt": 3}) == "alert"
    assert standing("ai-share", alerts={"ai-share": 0.1}) == "", (
        "which way it should go nobody says"
    )


def test_a_verdict_counts_once_a_day_and_change_and_only_of_a_commit():
    def judged(verdict, day, **payload):
        return SimpleNamespace(
            at=f"2026-03-{day}T09:00:00.000Z", kind="gate.judged", subject=".", actor="A",
            payload={"verdict": verdict, "commit": "c" * 40, "base": "", **payload},
        )  # fmt: skip

    events = [
        judged("block", 10),
        judged("pass", 10),
        judged("block", 11),
        judged("block", 11, commit=""),
    ]
    value = told(events, "gate-pass-rate")
    assert (value.value, value.samples) == (0.5, 2)
    events = [judged("block", 12, change="!7"), judged("pass", 12, change="!7", commit="d" * 40)]
    assert told(events, "gate-pass-rate").samples == 1


def test_verdicts_of_before_tell_of_triggers_by_their_rules():
    payload = {
        "verdict": "block", "commit": "c", "base": "b",
        "reasons": [{"rule": "trigger/database", "count": 2}, {"rule": "python/x", "count": 9}, 3],
    }  # fmt: skip
    event = SimpleNamespace(at=NOW, kind="gate.judged", subject=".", actor="A", payload=payload)
    assert told([event], "escalation-rate").parts == {"changes": 1, "places": 2}
    assert told([event], "severe-findings-per-change").value is None


def test_a_suppression_that_is_gone_is_no_debt():
    told_of = [finding("suppression", mark="m", expires="2026-01-01", kind="comment")]
    assert told(told_of, "suppression-debt").parts["past their end"] == 1
    assert told([*told_of, finding("suppression.ended", mark="m")], "suppression-debt").value == 0
    figure = figures.named("suppression-debt")
    span = metrics.period(metrics.fold(told_of), now=NOW, days=30)
    assert [said for _, said in figure.trace(told_of, span)] == ["since then"]


def test_the_events_of_a_demo_are_known(invented):
    assert metrics.fold(invented).invented
    assert all(e.actor.endswith(f"<{INVENTED}>") for e in invented)
    assert not metrics.fold([finding("finding.opened")]).invented


def test_weeks_end_today_and_follow_each_other(invented):
    weeks = metrics.weekly(
        figures.named("gate-pass-rate"), metrics.fold(invented), now=NOW, weeks=4
    )
    assert [day for day, _ in weeks] == ["2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31"]
    assert all(value.samples for _, value in weeks)


# -- what jumped


STEADY = [Week(10, 1000), Week(8, 1000), Week(12, 1000), Week(9, 1000), Week(11, 1000)]


@pytest.mark.parametrize(
    ("weeks", "jumps"),
    [
        ([*STEADY, Week(40, 1000)], True),
        ([*STEADY, Week(0, 1000)], False),  # it got better
        ([*STEADY, Week(14, 1000)], False),
        ([*STEADY, Week(2, 50)], False),  # four times as many, but two
        ([*STEADY[:3], Week(90, 1000)], False),  # of too few weeks nothing is usual
        ([Week(0, 0), *STEADY, Week(0, 0), Week(40, 1000)], True),
        ([*[Week(10, 1000)] * 8, Week(14, 1000)], False),  # no spread is no proof
        ([*[Week(0, 1000)] * 8, Week(5, 1000)], True),
        ([*STEADY, Week(500, 1000), Week(40, 1000)], True),  # one odd week hides nothing
        ([Week(9, 49)], False),
    ],
)
def test_a_jump_is_far_above_what_is_usual(weeks, jumps):
    assert (anomalies.jump(weeks) is not None) is jumps


def test_the_model_that_got_worse_is_named(invented):
    (alarm,) = metrics.alarms(metrics.fold(invented), now=NOW)
    assert alarm.author == ("cursor", "example-fast")
    assert alarm.jump.rate > 2 * alarm.jump.usual
    before = "2026-03-20T12:00:00.000Z"
    assert not metrics.alarms(metrics.fold(invented), now=before)


# -- numbers


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=60))
def test_quantiles_are_those_of_the_textbook(values):
    assert figures.median(values) == pytest.approx(statistics.median(values))
    inclusive = statistics.quantiles(values, n=10, method="inclusive")
    assert figures.tail(values) == pytest.approx(inclusive[8])


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        (Unit.SHARE, 0.875, "87.5 %"),
        (Unit.SECONDS, 0, "0 s"),
        (Unit.SECONDS, 59.6, "1 min"),
        (Unit.SECONDS, 100_000, "1 d 3 h"),
        (Unit.SECONDS, 86_400 + 59, "1 d"),
        (Unit.COUNT, 12_345, "12,345"),
        (Unit.RATIO, 0.5, "0.50"),
        (Unit.PER_THOUSAND, None, "-"),
    ],
)
def test_values_for_people(unit, value, said):
    assert unit.said(value) == said


def test_each_figure_says_what_it_is():
    for name in figures.names():
        figure = figures.named(name)
        assert figure.name == name
        assert figure.about.endswith(".")
        assert figure.how.endswith(".")
        assert figure.kinds
        assert figure.stands or figure.waits
    assert LEAST > 1
    assert VERSION >= 1


def test_what_waits_for_a_team_s_server_counts_already(tmp_path, invented, monkeypatch):
    write(tmp_path, invented[:1200])
    monkeypatch.setenv("VETLINE_LEDGER_URL", "postgresql://ana@127.0.0.1:9/team")
    monkeypatch.setenv("PGSSLMODE", "disable")
    (tmp_path / "vetline.toml").write_text('[ledger]\nrepository = "shop"\n')
    location = stores.locate(tmp_path)
    assert location.server is not None, location.why
    draft = Draft(Kind.INCIDENT_OPENED, "", {"title": "late"})
    receipt = stores.append(location, [draft, draft], at=NOW, actor="Ada")
    assert [event.seq for event in receipt.events] == [0, 0]
    for _ in range(2):
        book = metrics.load(location)
        assert book.events == 1202
        assert book.days[LAST].kinds["incident.opened"] == 2
    assert (location.folders[0] / metrics.NAME).exists()


@pytest.mark.parametrize(
    ("name", "target", "alert", "floor"),
    [
        ("gate-pass-rate", 0.95, 0.90, None),
        ("severe-findings-per-change", 0, 0, None),
        ("time-to-remediate", 86_400, 3 * 86_400, None),
        ("false-positive-rate", 0.10, 0.25, None),
        ("escalation-rate", 0.15, 0.15, 0.05),
    ],
)
def test_targets_and_alerts_are_those_that_were_asked_for(name, target, alert, floor):
    figure = figures.named(name)
    assert (figure.target, figure.alert, figure.floor) == (target, alert, floor)
