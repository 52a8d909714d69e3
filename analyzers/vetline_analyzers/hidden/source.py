"""A text as the carriers of hidden text look at it, and what each of them is."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers import languages
from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document.role import DECLARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vetline_analyzers.core.finding import Fix, Rule
    from vetline_analyzers.core.text import Snapshot

ZERO = (
    "\u034f\u180b-\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\u115f\u1160\u3164\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U0001bca0-\U0001bca3\ufdd0-\ufdef"
)
_HIDDEN = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
    "|(?P<tag>[\U000e0000-\U000e007f]+)"
    "|(?P<bidi>[\u202a-\u202e\u2066-\u2069])"
    f"|(?P<zero>[{ZERO}]+|\u00ad{{2,}})"
    "|(?P<variation>[\ufe00-\ufe0f\U000e0100-\U000e01ef]+)"
)
# One class is searched for six times as fast as the alternatives above.
_ANY = re.compile(
    f"[\u00ad{ZERO}\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_FENCE = late(r"^(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]{0,200})$", re.MULTILINE)
_RENDERED = frozenset({"markdown", "plaintext", "restructuredtext", "html", *DECLARED})
_PROSE_SUFFIXES = frozenset(
    {"md", "mdx", "markdown", "txt", "rst", "adoc", "tex", "html", "htm", "xml", "svg"}
    | {"po", "pot", "properties", "json", "csv", "tsv", "srt", "vtt", "strings", "mdc"}
)
_MARKUP_SUFFIXES = frozenset({"html", "htm", "xhtml", "xml", "svg", "vue", "svelte"})
_DATA_SUFFIXES = frozenset(
    {"po", "pot", "properties", "json", "csv", "tsv", "srt", "vtt", "strings"}
)


class Trace(NamedTuple):
    """Hidden text that was found.

    Attributes:
        start, end: offsets of what hides it.
        message: one sentence, without line ends and without any secret.
        fix: takes it away.
    """

    start: int
    end: int
    message: str
    fix: Fix | None = None


@dataclass(frozen=True)
class Carrier:
    """One way to hide text.

    Attributes:
        rule: its page.
        find: gives the traces in a text, in linear time.
        marks: it is asked only of a text that holds one of these; if there are none, of every text
            that is not all ASCII.
        documents: it is asked only of what people read rendered.
    """

    rule: Rule
    find: Callable[[Source], Iterable[Trace]]
    marks: tuple[str, ...] = ()
    documents: bool = False


@dataclass(frozen=True)
class Source:
    """A text, and what more than one carrier wants to know of it. Each is computed when first asked.

    Attributes:
        snapshot: the text, its language and path.
    """

    snapshot: Snapshot

    @property
    def text(self) -> str:
        """The whole text."""
        return self.snapshot.text

    @cached_property
    def suffix(self) -> str:
        """What follows the last dot of the file's name, in lower case; "" where there is none."""
        name = self.snapshot.path.rpartition("/")[2].lower()
        return name.rpartition(".")[2] if "." in name else ""

    @cached_property
    def is_prose(self) -> bool:
        """Whether people read it rather than machines: many a language of programs is "text" to us."""
        if self.snapshot.language != "text":
            return self.snapshot.language in _RENDERED
        return not self.suffix or self.suffix in _PROSE_SUFFIXES

    @cached_property
    def is_page(self) -> bool:
        """Whether it is markup of a web page or an image, where much is hidden for good reasons."""
        return self.snapshot.language == "html" or self.suffix in _MARKUP_SUFFIXES

    @cached_property
    def is_document(self) -> bool:
        """Whether it is shown to people in another form than it is written, or as a page."""
        return (self.is_prose and self.suffix not in _DATA_SUFFIXES) or self.is_page

    @cached_property
    def _code(self) -> list[Span]:
        """The fenced blocks of Markdown whose marks stand at the start of a line, outside of comments."""
        found: list[Span] = []
        opened, mark = -1, ""
        for match in _FENCE.finditer(self.text) if self.is_document and not self.is_page else ():
            if opened < 0:
                before = self.text.rfind("<!--", found[-1].end if found else 0, match.start())
                if before < 0 or self.text.find("-->", before, match.start()) >= 0:
                    opened, mark = match.end(), match["mark"]
            elif match["mark"].startswith(mark) and not match["info"].strip():
                found.append(Span(opened, match.start()))
                opened = -1
        return found

    def is_code(self, offset: int) -> bool:
        """Whether a fenced block is shown there as it is written, so that nothing in it is hidden."""
        index = bisect_right(self._code, offset, key=lambda span: span.start) - 1
        return index >= 0 and offset < self._code[index].end

    @cached_property
    def inside(self) -> Callable[[int], Span | None]:
        """Gives the string or comment in which an offset lies."""
        return languages.opaque(languages.named(self.snapshot.language), self.text)

    def is_comment(self, offset: int) -> bool:
        """Whether a comment of the program stands there."""
        around = self.inside(offset)
        return around is not None and self.text.startswith(("#", "//", "/*"), around.start)

    @cached_property
    def _runs(self) -> dict[str, list[re.Match[str]]]:
        found: dict[str, list[re.Match[str]]] = {}
        if first := _ANY.search(self.text):
            # A flag of tag characters starts one character earlier than what is hidden in it.
            for match in _HIDDEN.finditer(self.text, max(0, first.start() - 1)):
                found.setdefault(match.lastgroup or "", []).append(match)
        return found

    def runs(self, kind: str) -> list[re.Match[str]]:
        """The runs of invisible characters of a kind: "tag", "bidi", "zero" or "variation"."""
        return self._runs.get(kind, [])

    def line_of(self, offset: int) -> Span:
        """The line in which an offset lies, found by halving: for those who ask often."""
        starts = self.snapshot.line_starts
        number = bisect_right(starts, offset)
        return Span(starts[number - 1], starts[number] if number < len(starts) else len(self.text))

    def line(self, offset: int) -> Span:
        """The line in which an offset lies, without its end."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return Span(start, len(self.text) if end < 0 else end)
