"""Subjects: the same text is found again wherever it went, and another one never passes for it."""

from __future__ import annotations

import textwrap

import pytest
from counting import calls_of
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline import subject
from vetline.subject import Place, Subject, digest_of, find, of_span
from vetline_analyzers.core.finding import Confidence, Finding, Severity
from vetline_analyzers.core.text import Snapshot, Span

BEFORE = "import os\n\nDEBUG = True\n\n\n"
PAY = '''\
class Cart:
    """Things."""

    @audited
    def pay(self, name):
        if name:
            os.system(name)
        return f"""
          {name}
        """

    def close(self):
        return None
'''
AFTER = "\n\nTABLE = {\n    'a': 1,\n}\n"
TEXT = BEFORE + PAY + AFTER


def snap(text: str, language: str = "python") -> Snapshot:
    return Snapshot("", language, 0, text)


def about(word: str, text: str = TEXT, findings=()) -> Subject:
    start = text.index(word)
    return of_span(snap(text), Span(start, start + len(word)), "shop/cart.py", findings)


CODE = about("os.system")
LINES = about("'a': 1")


def finding(rule: str, fingerprint: str) -> Finding:
    return Finding(
        rule=rule,
        span=Span(0, 1),
        message="m",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        analyzer="a",
        fingerprint=fingerprint,
    )


def test_a_subject_is_the_function_around_it():
    found = about("os.system", findings=[finding("b/b", "f2"), finding("a/a", "f1")])
    assert (found.symbol, found.first, found.last) == ("Cart.pay", 9, 15)
    assert (found.fingerprints, found.rules) == (("f1", "f2"), ("a/a", "b/b"))
    assert about("os.system", findings=[finding("a/a", "")]).fingerprints == ()
    assert (LINES.symbol, LINES.first, LINES.last) == ("", 21, 23)


def test_json_and_back():
    for one in (CODE, LINES, Subject("", package="pkg:pypi/foo", rules=("a/b",))):
        assert Subject.from_json(one.to_json()) == one
        assert Subject.from_json({**one.to_json(), "of a newer version": 1}) == one


@pytest.mark.parametrize(
    "change",
    [
        {"path": ""},
        {"path": None},
        {"path": 3},
        {"digest": "x"},
        {"digest": "A" * 64},
        {"digest": ""},
        {"lines": None},
        {"lines": [1]},
        {"lines": [True, 2]},
        {"lines": [2, 1]},
        {"lines": [0, 1]},
        {"lines": [1, 10**12]},
        {"lines": ["1", "2"]},
        {"fingerprints": "abc"},
        {"fingerprints": [1]},
        {"rules": ["x"] * 2000},
        {"symbol": ["x"]},
        {"symbol": "x" * 5000},
        {"head": "zzzz"},
        {"package": "pkg:cargo/foo"},
        {"package": "pkg:pypi/Foo_Bar"},
        {"package": ["pkg:pypi/foo"]},
        {"package": None},
    ],
)
def test_what_is_no_subject_is_refused(change):
    with pytest.raises(ValueError, match=r"."):
        Subject.from_json({**CODE.to_json(), **change})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ),
    st.sampled_from(sorted(CODE.to_json())),
)
def test_hostile_data_is_a_subject_or_a_value_error(value, name):
    try:
        found = Subject.from_json({**CODE.to_json(), name: value})
    except ValueError:
        return
    find(found, snap(TEXT))


# -- digests


def test_indentation_of_the_whole_and_line_ends_do_not_count():
    text = "def f():\n    x = 1\n\n    y = 2"
    same = (
        text,
        text + "\n\n  \n",
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r"),
        textwrap.indent(text, "        "),
        textwrap.indent(text, "\t"),
        text.replace("\n\n", "\n   \t\n"),
    )
    assert len(set(map(digest_of, same))) == 1


@pytest.mark.parametrize("other", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_line_that_only_looks_like_one_does_not_hide_a_call(other):
    """A person and `str.splitlines` see two lines; Python sees one, with the call in a comment."""
    seen = "def f(user):\n    # who?\n    authorise(user)\n"
    assert digest_of(seen) != digest_of(seen.replace("who?\n", f"who?{other}"))


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n  x = 1\n\n    y = 2",
        "def f():\n    x = 1\n\n\ty = 2",
        "def f():\n    x = 1 \n\n    y = 2",
        "def f():\n    x = 1\n    y = 2",
        "\ndef f():\n    x = 1\n\n    y = 2",
        "def f():\n    x = 1\n\n    y = 2\u200b",
        "def f():\n    x = 1\n\n    y = 2\u3000",
    ],
)
def test_anything_else_does(text):
    assert digest_of(text) != digest_of("def f():\n    x = 1\n\n    y = 2")


def test_half_a_character_has_a_digest():
    assert len(digest_of("x = '\ud800'")) == 64


# -- finding it again


@pytest.mark.parametrize("found", [CODE, LINES])
@pytest.mark.parametrize(
    ("text", "moved"),
    [
        (TEXT, 0),
        ("# above\n" * 9 + TEXT, 9),
        (TEXT.replace("import os", "import os, sys"), 0),
        (TEXT.replace("\n", "\r\n"), 0),
        (TEXT + "\n\ndef more():\n    pass\n", 0),
        (TEXT.replace("return None", "return 1"), 0),
    ],
)
def test_it_follows_its_text(found, text, moved):
    assert find(found, snap(text)) == Place((found.first + moved, found.last + moved))


def test_a_function_keeps_through_another_indentation_of_all_and_another_order():
    inner = textwrap.indent(PAY, "    ")
    assert find(CODE, snap(f"if True:\n{inner}")) == Place((5, 11))
    turned = TEXT.replace(PAY, "") + "\n\n" + PAY
    assert find(CODE, snap(turned)).lines == (16, 22)


def test_of_two_with_one_name_the_nearest_with_that_text():
    text = TEXT + "\n\n" + PAY.replace("os.system(name)", "pass")
    assert find(CODE, snap(text)) == Place((9, 15))
    both = "\n" * 30 + PAY + "\n\n" + TEXT
    assert find(CODE, snap(both)).lines == (34, 40)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TEXT.replace("os.system(name)", "os.system(name, 1)"), "Cart.pay was changed since"),
        (TEXT.replace("@audited", "@anybody"), "Cart.pay was changed since"),
        (TEXT.replace("    @audited\n", ""), "Cart.pay was changed since"),
        (TEXT.replace("def pay", "def paid"), "Cart.pay is no longer there"),
        (TEXT.replace("class Cart", "class Basket"), "Cart.pay is no longer there"),
        (textwrap.dedent(PAY.partition("\n\n")[2]), "Cart.pay is no longer there"),
        ("", "Cart.pay is no longer there"),
    ],
)
def test_a_changed_or_renamed_function_is_stale_and_the_reason_names_it(text, why):
    assert find(CODE, snap(text)) == Place(None, why)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TEXT.replace("'a': 1", "'a': 2"), "lines 21 to 23 were changed since"),
        (TEXT.replace(AFTER, ""), "lines 21 to 23 were changed since"),
        (TEXT.replace(AFTER, "\n\nif x:\n    TABLE = {\n        'a': 1,\n  }\n"), "lines 21 to"),
        (
            TEXT.replace(AFTER, "\n\ndef f():\n    TABLE = {\n        'a': 1,\n    }\n"),
            "lines 21 to",
        ),
    ],
)
def test_changed_lines_are_stale(text, why):
    found = find(LINES, snap(text))
    assert found.lines is None
    assert found.why.startswith(why)


def test_one_line_is_named_as_one():
    found = about("DEBUG", "DEBUG = 1\n")
    assert find(found, snap("DEBUG = 2\n")) == Place(None, "line 1 was changed since")


def test_lines_are_found_without_their_head_too():
    bare = Subject.from_json({**LINES.to_json(), "head": ""})
    assert find(bare, snap("# above\n" * 9 + TEXT)).lines == (30, 32)


def test_a_package_stands_everywhere():
    assert find(Subject("", package="pkg:pypi/foo"), snap("")) == Place((0, 0))


BODIES = st.lists(
    st.sampled_from(
        ["x = 1", "y = call(x)", "if x:\n    y = 2", "# words", "z = '''\n  a\n'''", ""]
    ),
    min_size=1,
    max_size=5,
).map("\n".join)
NOISE = st.lists(
    st.sampled_from(
        [
            "A = 1",
            "# note",
            "",
            "def other():\n    return 2",
            "class Z:\n    def target(self):\n        pass",
        ]
    ),
    max_size=5,
).map(lambda parts: "\n".join([*parts, ""]))


def _function(body: str) -> str:
    return f"@deco\ndef target(x):\n{textwrap.indent(body, '    ')}\n    return x\n"


@given(
    BODIES,
    st.tuples(NOISE, NOISE),
    st.tuples(NOISE, NOISE),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_moves_edits_elsewhere_indentation_and_line_ends_keep_it(
    body, old_noise, new_noise, end, indented
):
    code = _function(body)
    (above, below), (new_above, new_below) = old_noise, new_noise
    old = f"{above}\n{code}\n{below}"
    before = snap(old)
    start = len(above) + 1
    found = of_span(before, Span(start + 1, start + 3), "x.py")
    assert found.symbol == "target"
    new = f"{new_above}\n{code}\n{new_below}"
    if indented:
        new = f"if x:\n    pass\n{textwrap.indent(new, '    ')}"
    after = snap(new.replace("\n", end))
    lines = find(found, after).lines
    assert lines is not None
    first, last = lines
    text = after.slice(Span(after.line_starts[first - 1], after.line_span(last - 1).end))
    assert textwrap.dedent(text.replace(end, "\n")) == code.rstrip("\n")


@given(BODIES, NOISE, st.data())
@settings(max_examples=150, deadline=None)
def test_any_change_inside_makes_it_stale_and_the_reason_names_it(body, above, data):
    code = _function(body)
    text = f"{above}\n{code}"
    start = len(above) + 1
    found = of_span(snap(text), Span(start + 1, start + 3), "x.py")
    at = data.draw(st.integers(start, start + len(code.rstrip("\n")) - 1))
    letter = data.draw(st.sampled_from("qQ7_(#'"))
    if text[at] == letter or text[at] in "\n ":
        return
    changed = text[:at] + letter + text[at + 1 :]
    place = find(found, snap(changed))
    assert place.lines is None
    assert place.why.startswith("target ")


# -- the cost


def test_a_long_file_costs_little():
    unit = "def f{0}(a):\n    b = a + {0}\n    return b\n"
    many = "\n".join(unit.format(number) for number in range(2500))
    text = f"{many}\nA = 1\nB = 2\n"
    assert text.count("\n") > 9_000
    lines, code = about("A = 1", text), about("b = a + 1234\n", text)
    longer = snap("import os\n\n" + text)
    find(code, longer)  # the tree is made once a text
    calls, found = calls_of(lambda: find(code, longer).lines)
    assert found == (code.first + 2, code.last + 2)
    assert calls < 1_000
    calls, found = calls_of(lambda: find(lines, longer).lines)
    assert found == (lines.first + 2, lines.last + 2)
    assert calls < 20 * len(longer.line_starts)


@pytest.mark.parametrize("head", ["", None])
def test_a_file_made_to_be_slow_is_given_up(head, monkeypatch):
    text = "x\n" * 20_000
    wanted = Subject("x.py", digest="0" * 64, first=5_000, last=14_000)
    if head is None:
        wanted = Subject("x.py", "", "0" * 64, 5_000, 14_000, head=subject._head("x"))
    read = []
    digest = subject._digest
    monkeypatch.setattr(subject, "_digest", lambda lines: read.append(len(lines)) or digest(lines))
    assert find(wanted, snap(text, "text")).lines is None
    assert 10 < len(read) < 1_000, "of the 10,000 places that the text could stand at"


def test_a_text_that_many_reviews_are_about_is_read_line_by_line_once(monkeypatch):
    text = "".join(f"VALUE_{number} = {number}\n" for number in range(300))
    asked = [about(f"VALUE_{number} =", text) for number in (3, 90, 200)]
    monkeypatch.setattr(subject, "_head", counted := Counted(subject._head))
    now = snap("\n" + text)
    for one in asked * 20:
        find(one, now)
    assert counted.times == 301 + 1


class Counted:
    """A function, and how often it was called."""

    def __init__(self, function):
        self.function, self.times = function, 0

    def __call__(self, *given):
        self.times += 1
        return self.function(*given)
