"""Values without quotes of their own that are given a secret's name: `PASSWORD=…`, `token: …`, `?api_key=…&`.

Where values stand bare by rule (`.env`, YAML, shell) what a name is given counts as in quotes. Elsewhere a bare
word may be a variable, so it has to be where variables are not: in a string, in an address, in prose.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.names import ANCHORS, Name, Sense, names_in
from vetline_analyzers.secret.values import Strength, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

_BARE = late(
    r"(?P<close>\\{0,3}[\"'`])?(?:\])?(?P<operator>\s{0,9}(?:[?:+.]{0,3}=|=>|:-|:{1,3})\s{0,20}|\s{1,20}\|\s{1,20}|\s{1,20}(?:(?:is|was|of)\s)?)"
    r"(?P<scheme>(?i:bearer|token|api-?key|api-token|bot)\s{1,4})?"
    r"(?P<value>(?![?=~])[^\s\"'`<>\\,;&|(){}\[\]]{4,1000})(?P<end>\\?.?)"
)
# In files of bare values whatever is not blank.
_WHOLE = late(
    r"\s{0,9}(?:[?:+.]{0,3}=|:)\s{0,20}(?P<value>[^\s\"'`#<>\[({|&*!%?$][^\s]{3,400})(?=\s*$|\s+#)"
)
_HOLE = late(r"\$\{[\w.-]{0,60}$")
# To the line's end, with what a shell or a comment has behind it.
_ENDS = late(r"\s{0,200}(?:$|\\{1,2}$|\s#|\s//|\s[\w.-]{1,60}=|\s&&|\s\||;|\}\s{0,9}$)")
_STARTS = late(r"(?:^|[\s\"'`;(])(?:export |set |ENV |-e |-D)?$|^[-+> ]{0,20}$")
_VARIABLE = late(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_PASSWORD = late(r"PASS(?:WOR)?D?|PWD|PASSPHRASE")
_CODE = late(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*[.:]?")
_PROSE_FILES = late(
    r"(?:\.(?:md|mdx|txt|log|rst|adoc|org|diff|patch|csv|example|sample|dist|http|rest|ipynb)|(?:^|/)[^/.]*)$",
    re.IGNORECASE,
)
_COMMENT = late(r"\s{0,40}(?:#|//|/?\*|--\s|<!--|;)")
_AUTHORIZATION = late(r"\bbearer\s{1,4}(?P<value>[A-Za-z0-9._~+/=-]{16,1000})", re.IGNORECASE)
_FILLING = " \tisawof"  # what stands in "the key is …"
_RUN = 200  # characters without a break in which no other name is looked for


def find(line: str, *, bare: bool, path: str) -> Iterator[Hit]:
    """The values in a line without quotes of their own, placeholders, references and code left out.

    Args:
        line: a line, or a piece of one of bounded length.
        bare: whether values stand without quotes in such a file.
        path: as of a Passage.
    """
    end = 0
    for name in names_in(line):
        if name.start < end:
            continue
        match = _BARE.match(line, name.end)
        if match and len(match["value"]) > _RUN:
            end = match.end("value")
        if hit := _bare(line, name, match, bare=bare, path=path):
            end = hit.end
            yield hit
    for match in _AUTHORIZATION.finditer(line):
        if hit := _authorization(match):
            yield hit


def _bare(
    line: str, name: Name, match: re.Match[str] | None, *, bare: bool, path: str
) -> Hit | None:
    if match is None:
        return _whole(line, name) if bare else None
    # `${TOKEN:-…}` of a shell, `${db.password:…}` of Spring.
    default = match["operator"] in {":-", ":"} and bool(
        _HOLE.search(line, max(0, name.start - 80), name.start)
    )
    flow = (
        bare and match["end"][:1] == "}" and "{" in line[: name.start]
    )  # YAML's {user: u, password: p}
    if not default and not flow and match["end"][:1] in {*"(){}[]"}:
        return _whole(line, name) if bare and match["close"] is None else None
    value, prose = match["value"], bool(_PROSE_FILES.search(path))
    if not match["end"].strip():
        value = value.rstrip(".:")
    if _is_alias(value, match["operator"]) or _is_none(match):
        return None
    spaced, table = not match["operator"].strip(_FILLING), "|" in match["operator"]
    sense = Sense.TOKEN if match["scheme"] else name.sense
    strength = judge(value, Sense.KEY if spaced else sense)
    alone = bare and match["close"] is None and not spaced and _ENDS.match(line, match.end("value"))
    if not (default or alone):
        there = prose if table else _is_text(line, name, match, prose=prose)
        strength = strength if there and strength is Strength.REAL else Strength.NONE
    if strength is Strength.NONE:
        return None
    if strength is not Strength.REAL:
        strength = Strength.FAIR if alone and _is_in_use(name, value) else Strength.WEAK
    start = match.start("value")
    return Hit("hard-coded-password", start, start + len(value), strength, name=name.text)


def _is_in_use(name: Name, value: str) -> bool:
    """Whether a word is the password of a variable that a program runs with."""
    return bool(
        _VARIABLE.fullmatch(name.text) and _PASSWORD.search(name.text) and values.is_chosen(value)
    )


def _is_alias(value: str, operator: str) -> bool:
    """YAML's `*anchor`, `&anchor` and `!tag`."""
    return ":" in operator and value[0] in "*&!"


def _is_none(match: re.Match[str]) -> bool:
    """Whether it is a number that JSON gives to a name in quotes, or a value that is shown in part."""
    value: str = match["value"]
    return value.endswith("...") or (match["close"] is not None and value.isdigit())


def _whole(line: str, name: Name) -> Hit | None:
    """A value with brackets in it, in a file in which they open nothing."""
    match = _WHOLE.match(line, name.end)
    if match is None or "(" in match["value"] or "{" in line[max(0, name.start - 400) : name.start]:
        return None
    strength = judge(match["value"], name.sense)
    if strength is not Strength.REAL:
        return None
    return Hit("hard-coded-password", *match.span("value"), strength, name=name.text)


def _is_text(line: str, name: Name, match: re.Match[str], *, prose: bool) -> bool:
    """Whether a bare word stands where no code does, or could not be code."""
    value, behind = match["value"], match["end"]
    before = line[max(0, name.start - 1) : name.start]
    tight = "=" in match["operator"] and not match["operator"].strip("=")
    if tight and (before in {"?", "&"} or behind == "&"):
        return True
    if (
        tight
        and _VARIABLE.fullmatch(name.text)
        and _STARTS.search(line, max(0, name.start - 30), name.start)
    ):
        return True
    if values.is_random(value) or not _CODE.fullmatch(value):
        return not _is_expression(value)
    if behind and behind[-1] in "\"'`" and match["close"] is None:
        return True
    return prose or bool(_COMMENT.match(line))


def _is_expression(value: str) -> bool:
    """Whether it is code: a product, a choice, a type, the member of something."""
    return bool(
        re.search(r"[A-Za-z_]\w*[.?*](?:[A-Za-z_]|$)|^[&*!~]|==|=>|->|\?\.|::|^\d{1,3}$|^-", value)
    ) and not values.is_random(value)


def _authorization(match: re.Match[str]) -> Hit | None:
    if not any(map(str.isdigit, match["value"])):
        return None
    if judge(match["value"], Sense.TOKEN) is not Strength.REAL:
        return None
    return Hit("hard-coded-password", *match.span("value"), name="authorization")


def _find(passage: Passage) -> Iterator[Hit]:
    for hit in find(passage.line, bare=passage.bare, path=passage.path):
        yield hit._replace(start=hit.start + passage.start, end=hit.end + passage.start)


DETECTORS = (Detector(ANCHORS, _find),)
