"""The machine: positions, identity, merging, suppression. Naive models and hostile input."""

from __future__ import annotations

import re
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers import engine
from vetline_analyzers.core import text as core
from vetline_analyzers.core.analyzer import Analyzer, Facts, NotChecked, Pace
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Severity
from vetline_analyzers.core.text import Edit, Position, Snapshot, Span
from vetline_analyzers.engine import identity, suppression
from vetline_analyzers.engine.merge import merge

TEXT = st.text(st.sampled_from("ab \t\n\r\x0b\x0c\x85\u2028\u2029\xe9\U0001f600"), max_size=40)
SECONDS = 5.0  # what takes a quadratic algorithm minutes


def snap(text: str, language: str = "python", path: str = "x.py") -> Snapshot:
    return Snapshot("file:///" + path, language, 1, text, path)


def find(
    snapshot: Snapshot, words: str, rule: str = "python/eval", nth: int = 0, **more
) -> Finding:
    """A finding of `rule` on the nth occurrence of `words`."""
    start = [match.start() for match in re.finditer(re.escape(words), snapshot.text)][nth]
    defaults = {
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "message": "m",
        "analyzer": "bandit" if rule.startswith("bandit/") else rule.partition("/")[0],
    }
    return Finding(rule=rule, span=Span(start, start + len(words)), **{**defaults, **more})


class Timer:
    def __enter__(self):
        self.start = time.process_time()
        return self

    def __exit__(self, *_):
        assert time.process_time() - self.start < SECONDS


# -- text


def naive_starts(text: str) -> list[int]:
    starts, at = [0], 0
    while at < len(text):
        if text[at] == "\r" and text[at + 1 : at + 2] == "\n":
            at += 2
            starts.append(at)
        else:
            at += 1
            if text[at - 1] in "\r\n":
                starts.append(at)
    return starts


@given(TEXT)
def test_lines_start_after_line_ends_and_nothing_else(text):
    assert core.line_starts(text) == naive_starts(text)


@given(TEXT, st.data())
def test_edits_keep_text_and_line_starts_true(text, data):
    snapshot = snap(text)
    for version in range(2, 6):
        length = len(snapshot.text)
        start, end = sorted((data.draw(st.integers(0, length)), data.draw(st.integers(0, length))))
        edit = Edit(Span(start, end), data.draw(TEXT))
        expected = snapshot.text[:start] + edit.text + snapshot.text[end:]
        snapshot = snapshot.edited(edit, version)
        assert snapshot.text == expected
        assert snapshot.line_starts == naive_starts(expected)
        assert snapshot.version == version
        assert snapshot.digest == snap(expected).digest


@given(TEXT, st.integers(-5, 50))
def test_an_offset_has_one_position_and_the_way_back(text, offset):
    snapshot = snap(text)
    line, column = snapshot.position(offset)
    clamped = min(max(offset, 0), len(text))
    assert snapshot.line_starts[line] + column == clamped
    assert line == sum(start <= clamped for start in naive_starts(text)) - 1
    back = snapshot.offset(Position(line, column))
    # A position behind a line's text, inside its line end, is clamped to the text's end.
    assert back == min(clamped, snapshot.line_span(line).end)


@given(TEXT, st.integers(-3, 20), st.integers(-3, 20))
def test_any_position_is_clamped_to_its_line(text, line, column):
    snapshot = snap(text)
    offset = snapshot.offset(Position(line, column))
    assert 0 <= offset <= len(text)
    if 0 <= line < len(snapshot.line_starts):
        span = snapshot.line_span(line)
        assert offset == min(span.start + max(column, 0), span.end)


@given(TEXT)
def test_lines_and_their_ends_make_the_text(text):
    snapshot = snap(text)
    starts = [*snapshot.line_starts, len(text)]
    for line, (start, following) in enumerate(pairwise(starts)):
        assert snapshot.line_span(line).start == start
        assert text[snapshot.line_span(line).end : following] in ("", "\n", "\r", "\r\n")
        assert not set(snapshot.line_text(line)) & set("\r\n")


@given(TEXT, TEXT)
def test_the_difference_turns_one_text_into_the_other(old, new):
    edit = core.difference(old, new)
    if edit is None:
        assert old == new
        return
    assert core.apply(old, [edit]) == new
    replaced = old[edit.span.start : edit.span.end]
    assert not (replaced and edit.text and replaced[0] == edit.text[0])
    assert not (replaced and edit.text and replaced[-1] == edit.text[-1])


def test_edits_at_one_place_stay_in_the_order_given():
    at = Span(1, 1)
    edits = [Edit(Span(1, 2), "_"), Edit(at, "b"), Edit(at, "a"), Edit(Span(0, 1), "<")]
    assert core.apply("xyz", edits) == "<ba_z"


@given(TEXT, st.data())
def test_a_carried_span_holds_the_same_text(text, data):
    places = st.integers(0, len(text))
    start, end = sorted((data.draw(places), data.draw(places)))
    one, two = sorted((data.draw(places), data.draw(places)))
    edit, span = Edit(Span(start, end), data.draw(TEXT)), Span(one, two)
    carried = edit.carry(span)
    if carried is None:
        assert start < two
        assert end > one
    else:
        assert snap(core.apply(text, [edit])).slice(carried) == snap(text).slice(span)


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (Span(0, 2), Span(2, 4), False),
        (Span(0, 3), Span(2, 4), True),
        (Span(2, 2), Span(2, 4), True),
        (Span(0, 2), Span(2, 2), True),
        (Span(3, 3), Span(2, 4), True),
        (Span(5, 5), Span(2, 4), False),
        (Span(2, 2), Span(2, 2), True),
    ],
)
def test_overlap(one, two, expected):
    assert one.overlaps(two) is expected
    assert two.overlaps(one) is expected


# -- examine


def analyzer(function, name="python"):
    return Analyzer(name, Pace.KEYSTROKE, lambda: (), function)


def test_one_analyzer_that_raises_costs_its_own_findings_only_and_quotes_nothing():
    snapshot = snap("eval(x)\n")

    def broken(snapshot, facts, memo):
        yield find(snapshot, "eval", "broken/first")
        raise ValueError("hunter2")

    def partial(snapshot, facts, memo):
        yield find(snapshot, "eval", "partial/first")
        raise NotChecked("does not parse")

    def good(snapshot, facts, memo):
        return [find(snapshot, "eval")]

    ask = [analyzer(broken, "broken"), analyzer(partial, "partial"), analyzer(good)]
    analysis = engine.examine(snapshot, Facts(), ask)
    assert {f.rule for f in analysis.findings} == {"broken/first", "partial/first", "python/eval"}
    assert [f.analyzer for f in analysis.failures] == ["broken", "partial"]
    assert "hunter2" not in repr(analysis.failures)
    assert "does not parse" in analysis.failures[1].reason


def test_of_very_many_findings_the_most_urgent_stay_and_the_rest_is_said():
    snapshot = snap("BAD " * 5_000)

    def noisy(snapshot, facts, memo):
        for at in range(0, len(snapshot.text), 4):
            first = find(snapshot, "BAD", "noisy/a", persona=Persona.AUDITOR)
            yield suppression.replace(first, span=Span(at, at + 3)) if at else first
        yield find(snapshot, "BAD", "noisy/low", severity=Severity.LOW)
        yield find(snapshot, "BAD", "noisy/worst", severity=Severity.CRITICAL)

    def quiet(snapshot, facts, memo):
        return [find(snapshot, "BAD")] * engine.MOST

    ask = [analyzer(noisy, "noisy"), analyzer(quiet)]
    analysis = engine.examine(snapshot, Facts(), ask)
    kept = Counter(f.rule for f in analysis.findings)
    most = engine.MOST
    assert kept == {"noisy/worst": 1, "noisy/low": 1, "noisy/a": most - 2, "python/eval": most}
    (failure,) = analysis.failures
    assert (failure.analyzer, failure.partial) == ("noisy", True)
    assert "over 1,000 faults" in failure.reason


def test_only_what_compares_with_the_project_waits_for_its_facts():
    waiting = [name for name, one in engine.analyzers().items() if one.needs_facts]
    assert waiting == ["dependencies", "imports", "members"]


# -- identity


def prints(snapshot: Snapshot, *findings: Finding, key: bytes = b"") -> list[str]:
    return [f.fingerprint for f in identity.identify(snapshot, Facts(key=key), findings)]


CODE = "import os\n\n\nclass Shop:\n    def buy(self, x):\n        y = 1\n        return eval(x)\n"


@pytest.mark.parametrize(
    "after",
    [
        "# a line above\n\n" + CODE,
        CODE.replace("        y = 1\n", ""),
        CODE.replace("        ", "\t\t").replace("    ", "\t"),
        CODE.replace("    ", "  "),
        CODE.replace("\n", "\r\n"),
        "class Shop:\n    def buy(self, x):\n        return eval(x)\n\n\nimport os\n",
        CODE.replace("eval(x)", "(eval(x))"),
    ],
)
def test_a_fingerprint_survives_edits_elsewhere_indentation_and_moves(after):
    one, two = snap(CODE), snap(after)
    assert prints(one, find(one, "eval(x)")) == prints(two, find(two, "eval(x)"))


@pytest.mark.parametrize(
    "after",
    [
        CODE.replace("eval(x)", "eval(y)"),
        CODE.replace("buy", "sell"),
        CODE.replace("class Shop", "class Bank"),
        "def eval_(x):\n    return eval(x)\n",
    ],
)
def test_a_fingerprint_changes_with_the_text_and_the_symbol(after):
    one, two = snap(CODE), snap(after)
    words = "eval(y)" if "eval(y)" in after else "eval(x)"
    assert prints(one, find(one, "eval(x)")) != prints(two, find(two, words))


def test_equal_lines_have_prints_of_their_own_in_the_order_of_the_text():
    snapshot = snap("eval(x)\neval(x)\n")
    one, two = find(snapshot, "eval(x)"), find(snapshot, "eval(x)", nth=1)
    assert len(set(prints(snapshot, one, two))) == 2
    assert prints(snapshot, one, two) == prints(snapshot, two, one)
    assert prints(snapshot, one) == prints(snapshot, one, two)[:1]
    other = find(snapshot, "eval(x)", "python/other")
    assert len({*prints(snapshot, one), *prints(snapshot, other)}) == 2


VALUE, OTHER = "hunter" + "2", "correct-horse"


def secret(snapshot: Snapshot, value: str, **more) -> Finding:
    return find(snapshot, value, "secret/password", secret=True, **more)


def exact(snapshot: Snapshot, *findings: Finding, key: bytes = b"") -> list[str]:
    return [f.exact for f in identity.identify(snapshot, Facts(key=key), findings)]


def test_a_secrets_value_is_told_apart_only_under_a_key_and_not_in_its_print():
    one, two = snap(f'password = "{VALUE}"\n'), snap(f'password = "{OTHER}"\n')
    first, second = secret(one, VALUE), secret(two, OTHER)
    assert exact(one, first) == prints(one, first)
    assert exact(one, first) == exact(two, second)
    assert exact(one, first, key=b"k") != exact(two, second, key=b"k")
    assert exact(one, first, key=b"k") != exact(one, first, key=b"other")
    assert exact(one, first, key=b"k") == exact(one, first, key=b"k")
    for key in (b"", b"k", b"other"):
        assert prints(one, first, key=key) == prints(two, second, key=key) == prints(one, first)


def test_of_many_secrets_alike_each_keeps_its_exact_print_when_one_comes_before():
    values = [f"{VALUE}-{number}" for number in range(3)]
    few, more = (snap("".join(f'    "{v}",\n' for v in some)) for some in (values[1:], values))
    before = exact(few, *(secret(few, v) for v in values[1:]), key=b"k")
    after = exact(more, *(secret(more, v) for v in values), key=b"k")
    assert after[1:] == before
    assert len(set(prints(more, *(secret(more, v) for v in values)))) == 3


def test_what_is_no_secret_has_one_print():
    snapshot = snap("eval(x)\n")
    one = find(snapshot, "eval(x)")
    assert exact(snapshot, one, key=b"k") == prints(snapshot, one)


@given(st.lists(st.builds(lambda at, n: Span(at, at + n), st.integers(0, 20), st.integers(1, 8))))
def test_joined_spans_cover_the_same_characters_once(spans):
    joined = identity.join(spans)
    assert all(one.end <= two.start for one, two in pairwise(joined))
    covered = [at for span in joined for at in range(*span)]
    assert covered == sorted({at for span in spans for at in range(*span)})
    text = "abcdefghijklmnopqrstuvwxyzABCD"
    shown = identity.masked(snap(text), Span(0, len(text)), joined)
    assert set(shown) - {"*"} == {text[at] for at in range(len(text)) if at not in covered}


def test_a_neighbouring_secret_is_not_in_the_print_either():
    one = snap(f'login("{VALUE}", "{OTHER}")\n')
    two = snap('login("another-value", "and-one-more")\n')
    assert prints(one, secret(one, VALUE), secret(one, OTHER)) == prints(
        two, secret(two, "another-value"), secret(two, "and-one-more")
    )


def test_a_print_does_not_depend_on_who_else_was_asked():
    snapshot = snap(f'login("{VALUE}", "{OTHER}")\n')
    own, others = secret(snapshot, VALUE), secret(snapshot, OTHER, analyzer="another")
    assert prints(snapshot, own)[0] == prints(snapshot, own, others)[0]


def test_overlapping_secrets_and_secrets_of_many_lines_have_prints():
    snapshot = snap('key = """BEGIN\nabc\nEND"""\n')
    whole, part = secret(snapshot, "BEGIN\nabc\nEND"), secret(snapshot, "abc")
    assert len(set(prints(snapshot, whole, part))) == 2


@pytest.mark.parametrize(
    ("language", "text", "line", "expected"),
    [
        ("python", CODE, 6, "Shop.buy"),
        ("python", CODE, 4, "Shop.buy"),
        ("python", CODE, 0, ""),
        ("python", "async def f():\n    if x:\n        y\n    z\n", 3, "f"),
        ("python", "def f():\n    def g():\n        x\n    def h():\n        y\n", 4, "f.h"),
        ("python", "def f():\n\tif x:\n\n# c\n\t\ty\n", 4, ""),
        ("javascript", "export default class A {\n  x() {\n    y\n  }\n}\n", 2, "A"),
        ("javascript", "const f = async (a) => {\n  y\n}\n", 1, "f"),
        ("text", "def f():\n    x\n", 1, ""),
        ("python", "def f(:\n    x = (\n", 1, "f"),
    ],
)
def test_the_enclosing_symbol(language, text, line, expected):
    assert identity.symbol_at(snap(text, language), line) == expected


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["def f():", "class A:", "x", ""]))))
def test_symbols_found_together_are_those_found_alone(lines):
    text = "\n".join(" " * indent + words for indent, words in lines)
    snapshot = snap(text)
    parents: dict[int, int] = {}
    count = len(snapshot.line_starts)
    together = [identity.symbol_at(snapshot, line, parents) for line in range(count)]
    assert together == [identity.symbol_at(snapshot, line) for line in range(count)]


# -- merge


def sql(**more):
    return {"same_as": ("bandit/B608",), "cwe": (89,), **more}


def test_two_analyzers_seeing_one_fault_give_one_finding():
    snapshot = snap('db.execute(\n    "SELECT" + x)\n')
    ours = find(snapshot, '"SELECT" + x', "python/sql-from-string", **sql())
    theirs = find(snapshot, '"SELECT"', "bandit/B608", cwe=(89,), severity=Severity.CRITICAL)
    (merged,) = merge(snapshot, [theirs, ours])
    assert merged.rule == "python/sql-from-string"
    assert merged.also == ("bandit/B608",)


def test_one_line_may_have_different_faults():
    snapshot = snap("eval(input()); os.system(y)\n")
    one = find(snapshot, "eval", "python/eval", cwe=(95,), same_as=("bandit/B307",))
    two = find(snapshot, "os.system(y)", "bandit/B605", cwe=(78,))
    assert len(merge(snapshot, [one, two])) == 2


def test_a_shared_weakness_needs_a_shared_place():
    snapshot = snap("md5(a); md5(b)\n")
    one = find(snapshot, "md5(a)", "python/weak-hash", cwe=(327,))
    apart = find(snapshot, "md5(b)", "bandit/B324", cwe=(327, 328))
    together = find(snapshot, "(a)", "bandit/B324", cwe=(328, 327))
    assert len(merge(snapshot, [one, apart])) == 2
    (merged,) = merge(snapshot, [one, together])
    assert {merged.rule, *merged.also} == {"python/weak-hash", "bandit/B324"}


def test_an_analyzer_never_repeats_itself():
    snapshot = snap("f(x)\n")
    one = find(snapshot, "f(x)", "python/one", cwe=(1,), same_as=("python/two",))
    two = find(snapshot, "f(x)", "python/two", cwe=(1,))
    assert len(merge(snapshot, [one, two])) == 2


def test_of_three_who_see_one_fault_one_stays():
    snapshot = snap("run(x)\n")
    ours = find(snapshot, "run(x)", "python/run", cwe=(78,), same_as=("bandit/B605",))
    theirs = find(snapshot, "run(x)", "bandit/B605", cwe=(78,))
    third = find(snapshot, "run", "other/run", cwe=(78,))
    (merged,) = merge(snapshot, [third, theirs, ours])
    assert (merged.rule, set(merged.also)) == ("python/run", {"bandit/B605", "other/run"})


def test_a_finding_that_ends_with_its_line_does_not_touch_the_next():
    snapshot = snap("one()\ntwo()\n")
    one = find(snapshot, "one()\n", "python/one", same_as=("bandit/B1",))
    two = find(snapshot, "two()", "bandit/B1")
    assert len(merge(snapshot, [one, two])) == 2


FINDINGS = st.builds(
    lambda rule, start, length, cwe, severity, same, persona: Finding(
        rule=rule,
        span=Span(start, start + length),
        message="m",
        severity=severity,
        confidence=Confidence.HIGH,
        analyzer=rule.partition("/")[0],
        cwe=cwe,
        same_as=same,
        persona=persona,
    ),
    st.sampled_from(["a/one", "a/two", "b/one", "c/one"]),
    st.integers(0, 10),
    st.integers(0, 8),
    st.sampled_from([(), (1,), (2,), (1, 2)]),
    st.sampled_from(Severity),
    st.sampled_from([(), ("b/one",), ("c/one",)]),
    st.sampled_from(Persona),
)


@given(st.lists(FINDINGS, max_size=8, unique=True), st.randoms())
def test_merging_does_not_depend_on_the_order(findings, random):
    snapshot = snap("abc\ndef\nghi\njkl\nmno\n")
    expected = merge(snapshot, findings)
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert merge(snapshot, shuffled) == expected
    told = {f.rule for f in expected} | {rule for f in expected for rule in f.also}
    assert told == {f.rule for f in findings}
    if len({f.analyzer for f in findings}) == 1:  # nobody repeats itself
        assert len(expected) == len(findings)


COMMENTS = st.sampled_from(
    ["", "", "# noqa", "# noqa: S1", "# nosec", "# vetline: allow[a/one]", '"""',
     "# pragma: allowlist secret", '# vetline: allow[b/one, c/one] reason="x"']
)  # fmt: skip


@given(st.lists(FINDINGS, max_size=8), st.lists(COMMENTS, min_size=4, max_size=4))
def test_no_finding_is_lost_unless_another_stands_for_it(findings, comments):
    snapshot = snap("".join(f"abc {comment}\n" for comment in comments))
    concluded = [f for f in engine.conclude(snapshot, findings) if f.analyzer != suppression.NAME]
    assert all((f.suppression is None) or any(comments) for f in concluded)
    left = list(concluded)
    for finding in sorted(findings, key=lambda f: f.persona):
        mine = [f for f in left if is_kept(f, finding)]
        own = max(mine, key=lambda f: f.persona, default=None)
        if own is not None:
            left.remove(own)
            continue
        assert any(
            finding.rule in (other.rule, *other.also)
            and other.analyzer != finding.analyzer
            and (other.persona <= finding.persona or finding.rule in other.same_as)
            and touching(snapshot, other, finding)
            for other in concluded
        )
    assert left == []


def is_kept(after: Finding, before: Finding) -> bool:
    """Whether `after` is `before`, to which others may have been added."""
    own = suppression.replace(after, suppression=None, also=(), persona=before.persona)
    return own == before and after.persona <= before.persona


def touching(snapshot: Snapshot, one: Finding, two: Finding) -> bool:
    """Whether two findings overlap or share a line."""
    lines = [
        range(snapshot.position(f.span.start).line, snapshot.position(max(f.span.start, f.span.end - 1)).line + 1)
        for f in (one, two)
    ]  # fmt: skip
    return one.span.overlaps(two.span) or bool(set(lines[0]) & set(lines[1]))


def test_nobody_loses_sight_of_a_finding_that_another_does_not_name():
    snapshot = snap("run(x)\n")
    worse = find(snapshot, "run(x)", "a/one", cwe=(78,), severity=Severity.CRITICAL,
                 persona=Persona.AUDITOR)  # fmt: skip
    plain = find(snapshot, "run(x)", "b/one", cwe=(78,))
    (merged,) = merge(snapshot, [worse, plain])
    assert (merged.rule, merged.also, merged.persona) == ("b/one", ("a/one",), Persona.REGULAR)


# -- suppression


@pytest.mark.parametrize("tentative", [True, False])
def test_one_finding_is_as_sure_as_the_surest_of_two(tentative):
    ours = find(
        snap("a = 1\n"), "a = 1", "a/one", cwe=(79,), severity=Severity.HIGH, tentative=True
    )
    theirs = find(snap("a = 1\n"), "a = 1", "b/one", cwe=(79,), analyzer="b", tentative=tentative)
    (merged,) = merge(snap("a = 1\n"), [theirs, ours])
    assert (merged.rule, merged.tentative) == ("a/one", tentative)


def silenced(text: str, rule: str = "python/eval", *, language: str = "python", **more):
    """The suppression of a finding on "BAD", and the other findings."""
    snapshot = snap(text, language)
    found = engine.conclude(snapshot, [find(snapshot, "BAD", rule, **more)])
    bad = next(f for f in found if f.rule == rule)
    return bad.suppression, [f for f in found if f is not bad]


ALLOW = 'vetline: allow[python/eval] reason="trusted"'


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (f"BAD  # {ALLOW}\n", "python"),
        (f"BAD  #{ALLOW}", "python"),
        (f"# {ALLOW}\nBAD\n", "python"),
        (f"    # {ALLOW}\n\n    # another\n    BAD\n", "python"),
        (f"# {ALLOW}\r\nBAD\r\n", "python"),
        ("BAD  # vetline: allow[python/other, python/eval] reason='trusted'\n", "python"),
        ('BAD  # vetline:allow[python/eval]reason = "trusted"\n', "python"),
        (f"f(BAD)  # nosec  # {ALLOW}\n", "python"),
        (f"f(\n    BAD,  # {ALLOW}\n)\n", "python"),
        (f"BAD // {ALLOW}\n", "javascript"),
        (f"// {ALLOW}\nBAD\n", "javascript"),
        (f"/* {ALLOW} */\nBAD\n", "javascript"),
        (f"  {{/* {ALLOW} */}}\n  <BAD/>\n", "javascript"),
        (f"// {ALLOW}\n// and more\n#BAD = 1\n", "javascript"),
        (f"<!-- {ALLOW} -->\n<BAD>\n", "text"),
        (f"key: BAD  # {ALLOW}\n", "text"),
        (f"SELECT BAD -- {ALLOW}\n", "text"),
        (f"; {ALLOW}\nBAD\n", "text"),
    ],
)
def test_ours_silences_with_a_reason(text, language):
    why, others = silenced(text, language=language)
    assert (why.kind, why.reason) == ("vetline", "trusted")
    assert [f.rule for f in others if f.rule == "suppression/no-reason"] == []


def test_ours_holds_for_any_line_of_the_finding_and_no_other():
    snapshot = snap(f"f(\n  BAD  # {ALLOW}\n)\nBAD\n")
    whole = find(snapshot, "f(\n  BAD")
    after = find(snapshot, "BAD", nth=1)
    found = engine.conclude(snapshot, [whole, after])
    assert [f.suppression is not None for f in found if f.rule == "python/eval"] == [True, False]


def test_a_finding_that_ends_with_its_line_is_not_silenced_by_the_next():
    snapshot = snap(f"BAD\nx = 1  # {ALLOW}\n")
    found = engine.conclude(snapshot, [find(snapshot, "BAD\n")])
    assert found[0].suppression is None


@pytest.mark.parametrize(
    "comment",
    [
        "vetline: allow[python/eval]",
        'vetline: allow[python/eval] reason=""',
        'vetline: allow[python/eval] reason="   "',
        "vetline: allow[python/eval] reason=trusted",
        'vetline: allow[python/eval] because="trusted"',
        'vetline: allow[python/eval] reason="trusted',
    ],
)
def test_without_a_reason_it_silences_nothing_and_is_a_finding(comment):
    why, others = silenced(f"BAD  # {comment}\n")
    assert why is None
    assert [f.rule for f in others] == ["suppression/no-reason"]
    assert re.fullmatch("[0-9a-f]{20}", others[0].fingerprint)


@pytest.mark.parametrize("names", ["*", "python/*", "python", "python/Eval", "eval", "all", ""])
def test_only_whole_rule_ids_silence(names):
    why, others = silenced(f'BAD  # vetline: allow[{names}] reason="trusted"\n')
    assert why is None
    assert {f.rule for f in others} <= {"suppression/unused"}


def test_what_it_allows_in_vain_is_said_to_pedants():
    why, others = silenced('BAD  # vetline: allow[python/eval,python/x] reason="trusted"\n')
    assert why is not None
    assert [(f.rule, str(f.persona)) for f in others] == [("suppression/unused", "pedantic")]
    assert others[0].message.startswith("python/x ")
    assert others[0].fingerprint


def test_what_is_no_rule_id_is_not_quoted():
    _, others = silenced(f'BAD  # vetline: allow[{VALUE}!] reason="trusted"\n')
    assert VALUE not in others[0].message


def test_it_silences_a_merged_rule_too():
    snapshot = snap(f"BAD  # {ALLOW}\n")
    both = [
        find(snapshot, "BAD", "python/other", same_as=("python/eval",), analyzer="another"),
        find(snapshot, "BAD", "python/eval"),
    ]
    (merged,) = engine.conclude(snapshot, both)
    assert merged.suppression is not None


def test_a_silenced_finding_keeps_all_else():
    snapshot = snap(f"BAD  # {ALLOW}\n")
    before = find(snapshot, "BAD", fingerprint="f" * 20, cwe=(95,), severity=Severity.CRITICAL)
    (after,) = engine.conclude(snapshot, [before])
    assert after.suppression is not None
    assert before == suppression.replace(after, suppression=None)


B608 = {"rule": "python/sql", "same_as": ("bandit/B608",)}


@pytest.mark.parametrize(
    ("comment", "kind"),
    [
        ("# noqa", "noqa"),
        ("#noqa", "noqa"),
        ("# NOQA", "noqa"),
        ("# noqa: S608", "noqa"),
        ("# noqa:s608", "noqa"),
        ("# noqa: E501, S608", "noqa"),
        ("# noqa: S608 the reason", "noqa"),
        ("# noqa: E501", None),
        ("# noqa: S101", None),
        ("# noqa: ABS608", None),
        ("# noqa: because", None),
        ("# noqarette", None),
        ("# nosec", "nosec"),
        ("# nosec B608", "nosec"),
        ("# nosec: B101, b608", "nosec"),
        ("# nosec B101 B608", "nosec"),
        ("# nosec this is safe", "nosec"),
        ("# nosec B101", None),
        ("# nosec assert_used", None),
        ("# nosecret", None),
        ("# pragma: allowlist secret", None),
        ("# type: ignore  # noqa: S608", "noqa"),
    ],
)
def test_comments_of_other_tools_hold_for_the_rules_they_name(comment, kind):
    why, others = silenced(f"BAD  {comment}\n", severity=Severity.MEDIUM, **B608)
    assert (why.kind if why else None) == kind
    assert others == []


@pytest.mark.parametrize(
    ("comment", "most"),
    [
        ("# noqa", Severity.MEDIUM),
        ("# nosec", Severity.MEDIUM),
        ("# nosec this is safe", Severity.MEDIUM),
        ("# noqa: S608", Severity.HIGH),
        ("# noqa: E501, S608", Severity.HIGH),
        ("# nosec B608", Severity.HIGH),
    ],
)
def test_what_they_silence_at_most(comment, most):
    for severity in Severity:
        why, _ = silenced(f"BAD  {comment}\n", severity=severity, **B608)
        assert (why is not None) is (severity <= most)


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: S105", "# nosec", "# nosec B105"])
def test_no_word_about_passwords_silences_a_critical_secret(comment):
    more = {"same_as": ("bandit/B105",), "secret": True, "severity": Severity.CRITICAL}
    assert silenced(f"BAD  {comment}\n", "secret/aws-access-key", **more)[0] is None
    both = f"BAD  {comment}  # pragma: allowlist secret\n"
    assert silenced(both, "secret/aws-access-key", **more)[0].kind == "pragma"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('f("""\n# noqa: S608\nBAD %s""" % x)\n', None),
        ('f("""\nBAD # noqa: S608\n""")\n', None),
        ("f('''\nBAD  # nosec B608\n''')\n", None),
        ('f("BAD  # noqa: S608")\n', None),
        (f'f("""\n# {ALLOW.replace("eval", "sql")}\nBAD""")\n', None),
        ('f("""BAD\n""")  # noqa: S608\n', None),
        ('f("BAD # noqa: E1")  # noqa: S608\n', "noqa"),
        ("f('# nosec B101 BAD')  # nosec B608\n", "nosec"),
        (f'f("# BAD")  # {ALLOW.replace("eval", "sql")}\n', "vetline"),
        (f'"""doc"""  # "\n# {ALLOW.replace("eval", "sql")}\nBAD\n', "vetline"),
    ],
)
def test_in_python_a_suppression_stands_in_a_comment(text, kind):
    why, others = silenced(text, severity=Severity.MEDIUM, **B608)
    assert (why.kind if why else None) == kind
    assert others == []


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: S608", "# nosec", "# nosec B608"])
def test_they_do_not_hold_for_rules_of_ours_alone(comment):
    why, _ = silenced(f"BAD  {comment}\n", "python/own")
    assert why is None


def test_bandits_own_findings_are_left_to_bandit_for_nosec_only():
    assert silenced("BAD  # nosec B608\n", "bandit/B608")[0] is None
    assert silenced("BAD  # noqa: S608\n", "bandit/B608")[0].kind == "noqa"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BAD  # pragma: allowlist secret\n", True),
        ("BAD  // pragma: allowlist secret\n", True),
        ("# pragma: allowlist nextline secret\nBAD\n", True),
        ("# pragma: allowlist next line secret\nBAD\n", True),
        ("# pragma: allowlist secret\nBAD\n", False),
        ("BAD  # pragma: allowlist nextline secret\n", False),
        ("BAD  # pragma: no cover\n", False),
    ],
)
def test_the_pragma_holds_for_secrets(text, expected):
    language = "javascript" if "//" in text else "python"
    more = {"secret": True, "severity": Severity.CRITICAL, "language": language}
    why, _ = silenced(text, "secret/key", **more)
    assert (why is not None) is expected


# -- hostile input: linear time


HOSTILE_LINES = {
    "own lines": f"# {ALLOW}\n" * 30_000,
    "same line": f"# {ALLOW} " * 20_000,
    "open brackets": "# vetline: allow[" * 60_000,
    "open reasons": '# vetline: allow[a/b] reason="' * 40_000,
    "spaces": ("#" + " " * 1000) * 1000 + "vetline: allow[",
    "noqa": "# noqa: " + "E1," * 300_000,
    "nosec": "# nosec " * 100_000,
    "pragma": "# pragma: allowlist " * 50_000,
    "marks": "#//*<!----;" * 90_000 + "noqa",
    "blanks": "# " + " " * 1_000_000 + "noqa",
}


@pytest.mark.parametrize("text", HOSTILE_LINES.values(), ids=HOSTILE_LINES)
def test_hostile_comments_cost_linear_time(text):
    snapshot = snap(text + "\nBAD\n")
    with Timer():
        found = engine.conclude(snapshot, [find(snapshot, "BAD")])
    assert found


def test_many_findings_and_comments_on_one_long_line_cost_linear_time():
    snapshot = snap(f"BAD # {ALLOW} " * 10_000)
    every = [match.start() for match in re.finditer("BAD", snapshot.text)]
    ours = [
        Finding(rule=rule, span=Span(at, at + 3), message="m", severity=Severity.HIGH,
                confidence=Confidence.HIGH, analyzer=name, cwe=(1,), secret=name == "s")
        for at in every
        for rule, name in (("python/eval", "python"), ("s/key", "s"))
    ]  # fmt: skip
    with Timer():
        identified = list(identity.identify(snapshot, Facts(key=b"k"), ours))
        found = engine.conclude(snapshot, identified)
    assert len({f.fingerprint for f in identified}) == 20_000
    assert sum(f.suppression is not None for f in found) == 10_000


def test_a_text_without_marks_is_not_read_for_comments():
    snapshot = snap("x = f('a', 1)  # why\n" * 10_000)
    assert snapshot.line_starts
    start = time.process_time()
    for _ in range(20):
        assert engine.conclude(snapshot, []) == []
    # 2 ms is the budget of a keystroke; the factor is for busy machines.
    assert (time.process_time() - start) / 20 < 0.002 * 5


def test_many_findings_in_one_long_function_cost_linear_time():
    snapshot = snap("def f():\n" + "    BAD\n" * 20_000)
    every = [
        Finding(rule="python/eval", span=Span(at, at + 3), message="m", severity=Severity.HIGH,
                confidence=Confidence.HIGH, analyzer="python")
        for at in range(13, len(snapshot.text), 8)
    ]  # fmt: skip
    with Timer():
        identified = list(identity.identify(snapshot, Facts(), every))
    assert {f.symbol for f in identified} == {"f"}


def test_keystrokes_in_a_long_text_do_not_look_for_lines_again():
    snapshot = snap("x = 1\n" * 100_000)
    assert snapshot.line_starts
    with Timer():
        for version in range(200):
            snapshot = snapshot.edited(Edit(Span(300_000, 300_000), "y"), version)
    assert snapshot.line_starts[-1] == len(snapshot.text)
