"""What is found, and the rule behind it.

Severity, confidence and persona are three different questions, as in zizmor: how bad would it be, how
sure are we, and who wants to hear of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core import weaknesses

if TYPE_CHECKING:
    from vetline_analyzers.core.text import Edit, Span

TRIGGERS = "trigger/"  # what the ids of rules begin with that only ask for a person's look
RULE_ID = re.compile(r"[a-z][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9-]*")


class _Word(IntEnum):
    """An ordered choice, written in lower case everywhere a person sees it."""

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> _Word:
        """The member of that name.

        Raises:
            ValueError: there is none; the message lists the choices.
        """
        try:
            return cls[word.upper()]
        except KeyError:
            choices = ", ".join(str(member) for member in cls)
            raise ValueError(f"{word!r} is not one of {choices}") from None


class Severity(_Word):
    """How bad it is when the finding is true."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Confidence(_Word):
    """How sure the rule is."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Persona(_Word):
    """The reader who wants to see it.

    REGULAR is a busy engineer, PEDANTIC one who wants smells too, AUDITOR one who wants everything. A
    finding is shown to its persona and to all stricter ones.
    """

    REGULAR = 0
    PEDANTIC = 1
    AUDITOR = 2


class Addition(NamedTuple):
    """A line that a fix needs in another file of the project, which is made where there is none.

    Attributes:
        path: POSIX, relative to the project's root: ".env.example".
        line: the line, without its end. A file that has it already stays as it is.
    """

    path: str
    line: str


class Fix(NamedTuple):
    """A change that removes the finding.

    Attributes:
        title: what the change does, as a menu shows it.
        edits: spans of the analysed text and what replaces them.
        safe: the meaning of the program stays, apart from the fault.
        additions: what other files must hold for it.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool
    additions: tuple[Addition, ...] = ()


class Related(NamedTuple):
    """Another place that explains the finding.

    Attributes:
        span: where in the finding's text; says nothing when there is a `path`.
        message: what is there, a few words.
        path: the other file it is in, POSIX, relative to the project's root; "" for the same text.
        line: the line there, from 1; 0 for the same text.
    """

    span: Span
    message: str
    path: str = ""
    line: int = 0

    def shifted(self, by: int) -> Related:
        """The same place when the finding's text lies `by` code points further on."""
        return self if self.path else self._replace(span=self.span.shifted(by))


class Suppression(NamedTuple):
    """Why a finding is not shown.

    Attributes:
        kind: the comment that says so: "vetline", "noqa", "nosec" or "pragma"; or "secrets-baseline", a file.
        reason: the words after it; empty where the comment's grammar has none.
        in_source: it stands in the text itself.
        span: the comment, where it stands in the text; else None. Who wrote it decides whether it counts.
        owner: who answers for it, as the comment says; "" when it does not.
        expires: the last day on which it counts, "2026-12-31"; "" when it does not say.
    """

    kind: str
    reason: str
    in_source: bool = True
    span: Span | None = None
    owner: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault in a text. It knows no author and no line number.

    Attributes:
        rule: the rule's id, "family/kebab-name".
        span: where; for a secret exactly the secret's characters.
        message: one sentence for a person; never contains a secret.
        analyzer: the analyzer's name.
        cwe: CWE numbers, the most fitting first.
        secret: the characters under `span` are a secret: whoever shows the text masks them.
        same_as: ids of other tools' rules that mean the same (see Rule).
        also: ids of other rules that saw the same fault here.
        symbol: dotted name of the enclosing function or class, "" at module level.
        fingerprint: identity across edits, set by the engine; no secret's value is in it.
        exact: by it a finding is known as one that was accepted: the fingerprint, but of a secret,
            where there is a key, another digest with its value in it.
        suppression: set when a comment, or a baseline of detect-secrets, silences the finding.
        tentative: too uncertain for code that people wrote and reviewed: the regular persona sees it
            only in lines that an AI touched.
        of_ai: it says something of lines that an AI touched only; in others nobody sees it.
        flow: the way of a value from its source to its sink, which is the last step; steps may lie in
            other files, not all of them; of a tentative finding from a parameter that may hold anything. Empty where no data
            flow was looked at.
        package: the package that it is about, by its URL without a version ("pkg:pypi/requests"); "" for none.
        meant: the name, in the same registry, of the package that was probably meant; "" when none suggests itself.
        evidence: what a finding on a package rests on, a few words each.
    """

    rule: str
    span: Span
    message: str
    severity: Severity
    confidence: Confidence
    analyzer: str
    persona: Persona = Persona.REGULAR
    cwe: tuple[int, ...] = ()
    secret: bool = False
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    same_as: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    symbol: str = ""
    fingerprint: str = ""
    exact: str = ""
    suppression: Suppression | None = None
    tentative: bool = False
    of_ai: bool = False
    flow: tuple[Related, ...] = ()
    package: str = ""
    meant: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def tier(self) -> str:
        """How sure a data flow is: "traced" from a source, "possible" by a parameter; else ""."""
        if not self.flow:
            return ""
        return "possible" if self.tentative else "traced"

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where it is, first, and the places in its text that explain it."""
        others = (*self.related, *self.flow)
        return (self.span, *(other.span for other in others if not other.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a rule says of itself, told once: docs, hover, SARIF, tests are rendered from it.

    Attributes:
        id: "family/kebab-name".
        title: a noun phrase, the page's heading.
        severity, confidence, persona, cwe: what its findings have unless one says otherwise.
        page: Markdown: what it finds, why it is bad.
        advice: what to do, one or two sentences.
        bad: texts in which the rule finds something.
        good: texts that differ only in what matters, in which it finds nothing.
        same_as: rules of other tools that mean the same ("bandit/B608"): one diagnostic is shown,
            and their suppression comments (`# nosec B608`, `# noqa: S608`) are honoured.
        url: further reading.
        language: the language of `bad` and `good`.
        path: where the examples are supposed to stand, for rules that look at it.
        attack: what an attacker does with it, one line.
        tentative, of_ai: as of Finding.
    """

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    page: str
    advice: str
    cwe: tuple[int, ...] = ()
    persona: Persona = Persona.REGULAR
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    url: str = ""
    language: str = "python"
    path: str = "example"
    attack: str = ""
    tentative: bool = False
    of_ai: bool = False

    def found(self, analyzer: str, span: Span, message: str, *, fix: Fix | None = None) -> Finding:
        """A finding of this rule at `span`, with the rule's own severity, confidence and CWEs."""
        return Finding(
            rule=self.id,
            span=span,
            message=message,
            severity=self.severity,
            confidence=self.confidence,
            analyzer=analyzer,
            persona=self.persona,
            cwe=self.cwe,
            same_as=self.same_as,
            fix=fix,
            tentative=self.tentative,
            of_ai=self.of_ai,
        )

    def markdown(self, mark: str = "#") -> str:
        """The rule's page; `mark` begins a comment in its language."""
        facts = [
            f"`{self.id}`",
            f"severity **{self.severity}**",
            f"confidence **{self.confidence}**",
        ]
        if self.persona is not Persona.REGULAR:
            facts.append(f"shown to `--persona {self.persona}`")
        if self.of_ai:
            facts.append("shown in lines that an AI touched")
        elif self.tentative:
            facts.append("shown in lines that an AI touched, and to `--persona pedantic`")
        if self.same_as:
            facts.append("same as " + ", ".join(f"`{name}`" for name in self.same_as))
        parts = [f"# {self.title}", " · ".join(facts), *self._words()]
        parts += [_example("## Bad", self.language, text) for text in self.bad[:1]]
        parts += [_example("## Good", self.language, text) for text in self.good[:1]]
        if known := self._known_as():
            parts.append("## Known as\n\n" + "\n".join(f"- {one}" for one in known))
        parts.append(
            "## To allow one place\n\nWrite on its line, with your reason:\n\n"
            f"```text\n{self._allowed(mark)}\n```"
        )
        if self.url:
            parts.append(f"More: <{self.url}>")
        return "\n\n".join(parts) + "\n"

    def brief(self, mark: str = "#") -> str:
        """The page as it fits beside code, without headings; `mark` begins a comment in its language."""
        parts = [f"**{self.title}** · `{self.id}` · {self.severity}", *self._words()]
        parts += [_example("Bad:", self.language, text) for text in self.bad[:1]]
        parts += [_example("Good:", self.language, text) for text in self.good[:1]]
        parts.append("  \n".join((*self._known_as(), f"To allow it here: `{self._allowed(mark)}`")))
        return "\n\n".join(parts) + "\n"

    def _words(self) -> list[str]:
        """What it is, what an attacker does with it, what to do."""
        attack = [f"**The attacker:** {self.attack}"] if self.attack else []
        return [self.page.strip(), *attack, f"**What to do.** {self.advice}"]

    def _known_as(self) -> list[str]:
        known = [
            f"[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)"
            f" {weaknesses.name(number)}".rstrip()
            for number in self.cwe
        ]
        tops = weaknesses.categories(self.cwe)
        return [*known, "OWASP Top 10: " + " · ".join(map(str, tops))] if tops else known

    def _allowed(self, mark: str) -> str:
        return f'{mark} vetline: allow[{self.id}] reason="why it is safe here"'


def _example(title: str, language: str, text: str) -> str:
    return f"{title}\n\n```{language}\n{text.strip()}\n```"
