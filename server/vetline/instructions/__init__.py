"""The section on secure code that goes into an agent's instructions: which rules it tells, in which order, and where it lies.

Pure. All of its words are ours: rules, and names from lists of this module. Of a project only which languages and
frameworks it has and which of our rules its AI code broke gets in, so nothing that somebody wrote into a repository or
a ledger becomes an order to an agent.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from vetline.instructions import libraries
from vetline.instructions.section import BEGIN, END
from vetline.ledger import Kind
from vetline.provenance import State
from vetline_analyzers import engine
from vetline_analyzers.core import weaknesses
from vetline_analyzers.core.finding import TRIGGERS, Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from vetline.ledger import AuditEvent
    from vetline_analyzers.core.finding import Rule

LIMIT = 8_000  # bytes of a section, with its marks: some two thousand tokens
LEAST, MOST = 3_000, 30_000  # what may be asked for instead
LATELY = 6  # lines on what went wrong lately
_TWICE = 2  # findings of a rule that is not severe, before it is told of
_LET_PASS = frozenset(
    {"approved", "suppressed"}
)  # why a finding was closed that was none, or is accepted
_OF_AI = frozenset(state.value for state in State if state.touched)
_EDITION = 2025  # of the OWASP Top 10
_ADVICE = 200  # characters of a rule's advice, in whole sentences
_OTHER = "Other"
_HEAD = "## Secure code"
_LATELY = "### What went wrong here lately"
_ON_PEOPLE = "### What people decide"
_OUR_NAME = re.compile(r"`([a-z][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9-]*)`")
_SENTENCE = re.compile(r"(?<=[.:)])\s+(?=[A-Z`])")

# Those of MITRE's CWE Top 25 of 2025 (cwe.mitre.org/top25) that code in our languages has, in its order.
_TOP = (79, 89, 352, 862, 22, 78, 94, 434, 502, 863, 20, 284, 200, 306, 918, 77, 639, 770)

# Families of rules whose advice tells how to clean up afterwards, and what to do so that it does not come to that.
_FAMILIES = {
    "secret": (
        "Write no password, key, token or connection string into code, tests, examples or configuration, not even for "
        "a moment: read it from the environment or a secret store, and fail at start when it is missing. "
        "`secret/hard-coded-password`"
    ),
    "package": (
        "Import and install only packages that the project declares already, or that you have looked up in their "
        "registry: a name that merely sounds right may be somebody's malware. `package/nonexistent`"
    ),
    "dependency": (
        "Give each new dependency one version, from the registry that the project uses, and update the lock file with "
        "it. Take no version with a known vulnerability. `dependency/unpinned`"
    ),
    "member": (
        "Call only functions and methods that the installed version of a library has; look them up where you are not "
        "sure. `member/unknown`"
    ),
}
_ALIASES = {"import": "package", "detect-secrets": "secret"}


class Stack(NamedTuple):
    """What a project is written in.

    Attributes:
        families: families of rules on the languages and kinds of documents found: "python", "dockerfile".
        frameworks: titles of the frameworks found.
    """

    families: frozenset[str] = frozenset()
    frameworks: frozenset[str] = frozenset()


class Wrong(NamedTuple):
    """A finding in lines that an AI touched: its rule, and its fingerprint."""

    rule: str
    fingerprint: str


class _Line(NamedTuple):
    """One line of the section: what it is about, in which order it comes, what it says and which rules tell more."""

    key: str
    order: tuple[int, int, str]
    group: str
    text: str


def wrong(events: Iterable[AuditEvent], since: str) -> list[Wrong]:
    """What was found in lines that an AI touched, each once; what people let pass is not among it.

    Args:
        events: of a ledger, in its order; those that open and close findings count.
        since: from when on, as `ledger.timestamp` writes it.
    """
    found: dict[str, Wrong] = {}
    for event in events:
        said = event.payload
        mark, rule, origin = said.get("fingerprint"), said.get("rule"), said.get("origin")
        if not isinstance(mark, str) or not isinstance(rule, str):
            continue
        if event.kind == Kind.FINDING_CLOSED and said.get("why") in _LET_PASS:
            found.pop(mark, None)
        elif event.kind == Kind.FINDING_OPENED and event.at >= since and _is_of_ai(origin):
            found.setdefault(mark, Wrong(rule, mark))
    return list(found.values())


def _is_of_ai(origin: object) -> bool:
    return isinstance(origin, dict) and origin.get("state") in _OF_AI


def keys_of(found: Iterable[Wrong]) -> tuple[str, ...]:
    """What an AI's code got wrong so that it should be told: the gravest and commonest first, `LATELY` at most.

    A rule whose findings are high or critical counts from one on, others from two.
    """
    rules = engine.rules()
    counted: Counter[str] = Counter()
    worst: dict[str, Severity] = {}
    for one in found:
        if key := _key(one.rule) if one.rule in rules else "":
            counted[key] += 1
            worst[key] = max(rules[one.rule].severity, worst.get(key, Severity.INFO))
    told = [
        key for key, number in counted.items() if worst[key] >= Severity.HIGH or number >= _TWICE
    ]
    told.sort(key=lambda key: (-worst[key], -counted[key], key))
    return tuple(told[:LATELY])


def keys_in(section: str) -> tuple[str, ...]:
    """What a section that we wrote tells of as gone wrong lately; names in it that are no rules are passed over."""
    _, found, rest = section.partition(_LATELY)
    names = _OUR_NAME.findall(rest.partition("\n###")[0]) if found else ()
    keys = (_key(name) for name in names)
    return tuple(dict.fromkeys(key for key in keys if key))[:LATELY]


def render(stack: Stack, lately: Sequence[str] = (), limit: int = LIMIT) -> str:
    """The section, with its marks, its lines ended by LF and none at its end.

    What went wrong lately comes first, then what holds for every project, then rules by their severity, by the CWE Top
    25 and by whether they speak of a framework that is used, as many as the limit has room for.

    Args:
        stack: what the project is written in.
        lately: keys, as `keys_of` and `keys_in` give them.
        limit: bytes at most, `LEAST` or more.
    """
    lines = _spread(_lines(stack))
    by_key = {one.key: one for one in lines} | {one.key: one for one in _strays(lately, lines)}
    wanted = [by_key[key]._replace(group=_LATELY) for key in lately if key in by_key]
    taken = {one.key: one for one in sorted(wanted, key=lambda one: one.order)}
    best = _text(stack, taken.values())
    for line in lines:
        if line.key in taken:
            continue
        text = _text(stack, [*taken.values(), line])
        if len(text.encode()) <= limit:
            taken[line.key], best = line, text
    return best


# -- what is said


def _text(stack: Stack, lines: Iterable[_Line]) -> str:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        groups[line.group].append(line.text)
    order = sorted(groups, key=lambda one: (one != _LATELY, one == _OTHER, one))
    written = [
        f"### {group.removeprefix('### ')}\n\n" + "\n".join(groups[group]) for group in order
    ]
    return "\n\n".join((BEGIN, _HEAD, _preface(stack), *written, _on_people(), END))


def _preface(stack: Stack) -> str:
    used = sorted(stack.frameworks)
    about = f" This project uses {_listed(used)}." if used else ""
    return (
        "A gate checks each change against the rules below before it may be merged. Each line names a fault, and then "
        f"what to write instead; `vetline rule NAME` tells more.{about}"
    )


def _on_people() -> str:
    """What an agent cannot settle by itself, from the rules on what a person must look at."""
    titles = [
        rule.title[:1].lower() + rule.title[1:]
        for rule in engine.rules().values()
        if rule.id.startswith(TRIGGERS)
    ]
    return (
        f"{_ON_PEOPLE}\n\n"
        "- Write no comment that silences a finding, and change neither the policy, the reviews nor the list of "
        "signers: what an AI writes there does not count. Mend the code, or tell your user what is left.\n"
        f"- A person reviews: {'; '.join(titles)}. Keep such changes small and apart from others, and say what you changed."
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)


# -- which rules, and in which order


def _spread(lines: Iterable[_Line]) -> list[_Line]:
    """The lines in the order in which they are taken: a category that has told much already comes later with the rest."""
    told: Counter[str] = Counter()
    found: list[tuple[tuple[int, int, str], _Line]] = []
    for line in sorted(lines, key=lambda one: one.order):
        points, rank, key = line.order
        found.append(((2 * points + told[line.group], rank, key), line))
        told[line.group] += 1
    return [line for _, line in sorted(found, key=lambda one: one[0])]


@cache
def _key(rule: str) -> str:
    """What a finding of a rule is told under: its family, else its name without the language; "" for not at all."""
    family, _, name = rule.partition("/")
    family = _ALIASES.get(family, family)
    if rule not in engine.rules():
        return ""
    if family in _FAMILIES:
        return family
    if family == "bandit":
        return next((_key(own.id) for own in _own() if rule in own.same_as), "")
    return name if any(own.id == rule for own in _own()) else ""


@cache
def _own() -> tuple[Rule, ...]:
    """The rules on code and on declarative files."""
    told = {
        "python",
        "javascript",
        "dockerfile",
        "compose",
        "kubernetes",
        "terraform",
        "github-actions",
    }
    return tuple(
        rule
        for rule in engine.rules().values()
        if rule.id.partition("/")[0] in told and rule.persona is Persona.REGULAR
    )


def _lines(stack: Stack) -> Iterator[_Line]:
    """What may be said to this project."""
    yield from map(_family, _FAMILIES)
    fits = _fits(stack)
    merged: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in _own():
        if fits(rule):
            merged[_key(rule.id)].append(rule)
    yield from (_of_rules(key, rules, stack) for key, rules in merged.items())


def _strays(lately: Iterable[str], lines: Iterable[_Line]) -> Iterator[_Line]:
    """Lines for what went wrong lately in a language or with a framework that is not seen now."""
    there = {line.key for line in lines}
    for key in lately:
        if key not in there and (rules := [rule for rule in _own() if _key(rule.id) == key]):
            yield _of_rules(key, rules, Stack())


def _family(name: str) -> _Line:
    text = _FAMILIES[name]
    rule = engine.rules()[_OUR_NAME.findall(text)[0]]
    return _Line(name, (-99, 0, name), _group(rule), f"- {text}")


def _fits(stack: Stack) -> Callable[[Rule], bool]:
    """Whether a rule is on a language that is used, and not on a framework alone that is not."""

    def fits(rule: Rule) -> bool:
        needed = libraries.named_in(f"{rule.id} {rule.title}")
        return rule.id.partition("/")[0] in stack.families and needed <= stack.frameworks

    return fits


def _of_rules(key: str, rules: Sequence[Rule], stack: Stack) -> _Line:
    """What is said of rules of one name in several languages: one line where they have one title, too."""
    first = max(rules, key=lambda rule: (rule.severity, rule.id))
    points = 2 * first.severity - 2 * first.tentative + 3 * (_rank(first) < len(_TOP))
    points += max(_about(rule, stack.frameworks) for rule in rules)
    by_title: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_title[rule.title].append(rule)
    text = "\n".join(f"- **{title}.** {_advice(alike)}" for title, alike in by_title.items())
    return _Line(key, (-points, _rank(first), key), _group(first), text)


def _advice(rules: Sequence[Rule]) -> str:
    """What to do, by language where there are several, and which rules tell more."""
    told = [_short(rule.advice) for rule in rules]
    if len(rules) > 1:
        told = [f"{_language(rule)}: {advice}" for rule, advice in zip(rules, told, strict=True)]
    return " ".join((*told, *(f"`{rule.id}`" for rule in rules)))


def _short(advice: str) -> str:
    """An advice in as many whole sentences as there is room for, one at least."""
    sentences = _SENTENCE.split(" ".join(advice.split()))
    kept = sentences[:1]
    for sentence in sentences[1:]:
        if len(" ".join((*kept, sentence))) > _ADVICE:
            break
        kept.append(sentence)
    return " ".join(kept)


def _language(rule: Rule) -> str:
    titles: Mapping[str, str] = {
        "python": "Python", "javascript": "JavaScript", "github-actions": "GitHub Actions",
        "dockerfile": "Dockerfile", "compose": "Compose", "kubernetes": "Kubernetes", "terraform": "Terraform",
    }  # fmt: skip
    return titles[rule.id.partition("/")[0]]


def _rank(rule: Rule) -> int:
    return min((_TOP.index(number) for number in rule.cwe[:2] if number in _TOP), default=len(_TOP))


def _about(rule: Rule, titles: Collection[str]) -> int:
    """Whether a rule speaks of a framework that is used (2), only of others (-2), or of none (0)."""
    named = libraries.named_in(" ".join((rule.id, rule.title, rule.advice, *rule.bad[:1])))
    return (2 if named & set(titles) else -2) if named else 0


def _group(rule: Rule) -> str:
    """The category of the OWASP Top 10 that a rule's first known number belongs to."""
    for number in rule.cwe:
        for category in weaknesses.categories([number]):
            if category.year == _EDITION:
                return str(category)
    return _OTHER
