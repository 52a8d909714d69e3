"""Output formats for people: excerpts, carets, colours, the summary."""

from __future__ import annotations

import re

from reports import SECRET, TEXT, by, finding, fixed, rendered, report

from vetline.formats import Screen
from vetline.gate import Policy, Scope
from vetline_analyzers.core.finding import Related, Suppression
from vetline_analyzers.core.text import Span
from vetline_analyzers.engine import Failure


def test_full_shows_the_line_and_what_to_do():
    told = report(fixed(TEXT), origin=by("copilot", "m1"))
    assert rendered("full", told) == (
        "shop/app.py:4:9: high[python/yaml-load] yaml.load runs code from the document.\n"
        "   4 |     return yaml.load(x)\n"
        "     |            ^^^^^^^^^^^^\n"
        "     fix: Use yaml.safe_load\n"
        "     CWE-502 · AI: copilot (m1)\n"
        "\n"
        "BLOCK: 1 finding of severity medium or above.\n"
        "  1 finding: 1 high · 1 file\n"
        "  1 fixable with `--fix`\n"
        "  Next: `vetline check --explain python/yaml-load` says why it is bad and what to do.\n"
    )


def test_full_shows_where_a_value_came_from_but_not_the_sink_twice():
    flow = (
        Related(Span(0, 0), "what a client sends", "shop/views.py", 7),
        Related(Span(22, 23), "x is a parameter"),
        Related(Span(34, 46), "it is loaded here"),
    )
    told = rendered("full", report(fixed(TEXT, flow=flow)))
    assert (
        "     |            ^^^^^^^^^^^^\n"
        "     from shop/views.py:7: what a client sends\n"
        "     from line 3: x is a parameter\n"
        "     fix: Use yaml.safe_load\n"
        "     CWE-502 · traced from a source\n"
    ) in told
    assert "it is loaded here" not in told


def test_full_says_in_two_lines_what_a_finding_on_a_package_rests_on():
    evidence = (
        "absent from PyPI's list of 2026-01-01",
        "near 'pyyaml', which is \x1b[31m",
        "x " * 99,
    )
    told = rendered(
        "full", report(finding(TEXT, "yaml", cwe=(), evidence=evidence)), Screen(width=60)
    )
    assert (
        "     |        ^^^^\n"
        "     evidence: absent from PyPI's list of 2026-01-01; near\n"
        "     'pyyaml', which is \\x1b[31m; x x x x x x x x x x x x …\n"
        "\n"
    ) in told
    assert "evidence" not in rendered("full", report(finding(TEXT, "yaml")))


def carets(text: str, part: str, width: int = 60) -> tuple[str, str]:
    """The two lines of an excerpt, without their margin."""
    told = rendered("full", report(finding(text, part, cwe=()), text=text), Screen(width=width))
    code, mark = told.splitlines()[1:3]
    return code[7:], mark[7:]


def test_carets_stand_under_wide_and_invisible_characters():
    code, mark = carets('print("漢字") ; yaml.load(x)\n', "yaml.load(x)")
    assert mark.index("^") == code.index("yaml") + 2  # two of the characters take two columns each
    code, mark = carets("a = 1 \u200b; yaml.load(x)\n", "yaml.load(x)")
    assert r"\u200b" in code
    assert mark.index("^") == code.index("yaml")


def test_a_long_line_is_cut_around_the_finding():
    text = "x = [" + "1, " * 3000 + "yaml.load(x), " + "2, " * 3000 + "]\n"
    code, mark = carets(text, "yaml.load(x)")
    assert len(code) <= 60
    assert code.startswith("…")
    assert code.endswith("…")
    assert code[mark.index("^") :].startswith("yaml.load(x)")
    assert mark.count("^") == len("yaml.load(x)")


def test_the_carets_of_a_masked_secret_are_as_long_as_its_mask():
    text = f'key = "{SECRET}"\n'
    secret = finding(text, SECRET, secret=True)
    code, mark = rendered("full", report(secret, text=text)).splitlines()[1:3]
    assert code[7:] == 'key = "********"'
    assert mark[7:] == "       ^^^^^^^^"


def test_colours_only_where_asked_for():
    told = report(fixed(TEXT))
    for name in ("full", "concise"):
        assert "\x1b[" not in rendered(name, told)
        assert "\x1b[31m" in rendered(name, told, Screen(colour=True))
        plain = re.sub(r"\x1b\[[0-9;]*m", "", rendered(name, told, Screen(colour=True)))
        assert plain == rendered(name, told)


def test_the_summary_counts_what_is_not_shown_and_why():
    told = report(
        finding(TEXT, "import", suppression=Suppression("noqa", "")),
        finding(TEXT, "return"),
        policy=Policy(scope=Scope.AI),
        failures=[Failure("b.py", "it is too large")],
    )
    assert rendered("concise", told) == (
        "BLOCK: 1 thing could not be checked.\n"
        "  0 findings · suppressed: 1 by noqa · 1 out of scope · 1 file\n"
        "  Not checked:\n"
        "    b.py: it is too large\n"
    )


def test_many_things_not_checked_for_one_reason_share_a_line():
    alike = [Failure(f"{name}.py", "took over 20 s") for name in "abcde"]
    text = rendered("full", report(failures=[*alike, Failure("f.py", "is binary")]))
    assert text.splitlines()[-2:] == [
        "    took over 20 s: 5 files, among them a.py, b.py, c.py",
        "    f.py: is binary",
    ]
