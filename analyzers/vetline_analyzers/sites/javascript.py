"""Where a JavaScript or TypeScript text imports something, and whether it expects that this may fail.

Told from the text alone, without a tree: a text that is being typed seldom parses, and its imports are what an
assistant invents. Names that are put together when the code runs are passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST = 3_000  # imports of one text that are looked at
_AROUND = 200  # characters that are looked at for what stands before something
_DEPTH = 1_000  # templates in templates; deeper ones are not told apart
_REGEX_SIZE = 1_000  # of a regular expression
_REACH = 20_000  # characters before an import in which the blocks around it begin
_BLOCKS = 50  # around an import that are looked at
_MOCKED = 2_000  # characters of what a mock is made of that are looked at
_MAKERS = 10  # calls of `createRequire` that are looked at

# -- strings, comments, templates and regular expressions

_STRINGS = (  # many in a row at once, with what may part them: it is no name
    r'(?:(?:"[^"\\\n]*(?:\\.[^"\\\n]*)*"|\'[^\'\\\n]*(?:\\.[^\'\\\n]*)*\'|`[^`\\$]*(?:\\.[^`\\$]*)*`)'
    r"[^\w$\"'`/{}]*)+"
)
_OPAQUE = (
    rf"//[^\r\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/|\Z)|{_STRINGS}"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*|\'[^\'\\\n]*(?:\\.[^\'\\\n]*)*|`|/(?:(?<![\w$)\]]/)|(?<=return/)|(?<=typeof/)|(?<=case/))'
)
_CODE = re.compile(_OPAQUE, re.DOTALL)
_HOLE = re.compile(_OPAQUE + r"|[{}]", re.DOTALL)
_TEMPLATE = re.compile(r"[^`\\$]*(?:(?:\\(?:.|\Z)|\$(?!\{))[^`\\$]*)*(?P<end>`|\$\{|\Z)", re.DOTALL)
_REGEX = re.compile(r"/(?![*/>])(?:[^\\/\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_REGEX = re.compile(
    r"(?:[(,=:\[!&|?{;+\-*%~^]|=>|\n|^|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield))[ \t]*\Z"
)

# -- imports

_GAP = r"\s*(?:(?:/\*[^*]{0,500}\*/|//[^\r\n]{0,500}[\r\n])\s*)*"
_QUOTED = r"(?P<quote>['\"`])(?P<name>[^'\"`\\\r\n]{1,300})(?P=quote)"
_CALLED = rf"\({_GAP}{_QUOTED}{_GAP}[,)]"
_BOUND = rf"(?:\*{_GAP}as\b{_GAP}[\w$]+|\{{[^{{}}]*\}}){_GAP}"
_IMPORT = re.compile(
    rf"import\b{_GAP}(?:(?P<call>(?:\.{_GAP}meta{_GAP}\.{_GAP}resolve{_GAP})?{_CALLED})"
    rf"|(?:(?:(?P<type>type(?:of)?)\b{_GAP})?(?:[\w$]+{_GAP})?(?:,{_GAP})?(?:{_BOUND})?from{_GAP})?"
    + _QUOTED.replace("quote", "mark").replace("name", "source")
    + ")"
)
_EXPORT = re.compile(
    rf"export\b{_GAP}(?:(?P<type>type)\b{_GAP})?(?:\*{_GAP}(?:as\b{_GAP}[\w$]+{_GAP})?|\{{[^{{}}]*\}}{_GAP})from{_GAP}"
    + _QUOTED.replace("quote", "mark").replace("name", "source")
)
_REQUIRE = re.compile(rf"require\b{_GAP}(?:\.{_GAP}resolve{_GAP})?{_CALLED}")
_MOCK = late(
    rf"(?:jest|vi|vitest){_GAP}\.{_GAP}"
    rf"(?:mock|doMock|unmock|dontMock|setMock|requireActual|requireMock|importActual|importMock){_GAP}(?:<[^<>()]{{0,200}}>{_GAP})?{_CALLED}"
)
_VIRTUAL = late(r"virtual['\"]?\s{0,9}:\s{0,9}true\b")
_WORKER = re.compile(
    rf"Worker{_GAP}\({_GAP}new\s+URL{_GAP}\({_GAP}{_QUOTED}{_GAP},{_GAP}import\.meta\.url\b"
)
_REFERENCE = re.compile(
    r"/// *<reference\s{1,9}(?P<kind>types|path)\s{0,9}=\s{0,9}(?P<quote>['\"])(?P<name>[^'\"\r\n]{1,300})(?P=quote)"
)
_AMBIENT = re.compile(r"module\s{1,9}(?P<quote>['\"])(?P<name>[^'\"\r\n]{1,300})(?P=quote)")
_MADE = late(r"([\w$]+)\s*=\s*(?:[\w$]+\s*\.\s*)?\Z")
_PARAMETERS = late(r"(?:\bfunction\b[^(){}]*)?\([\w$\s,]*\Z")
_ARROW = late(r"[\w$\s,]*\)\s*=>")
_STATEMENT = re.compile(r"(?:^|[;{}/\ufeff\r\n>])[ \t]*\Z")

# -- what guards them

_BRACE = re.compile(r"[{}]")
_HEADER = late(
    r"\b(?:try|catch\s*(?:\([^()]*\))?)\s*\Z"
    r"|\b(?:if|else\s+if)\s*\([^{}]*\b(?:typeof\s+(?:window|document|process|require|globalThis|module|self|Deno|Bun)"
    r"|process\s*\.\s*(?:platform|versions?|browser|type|env))\b[^{}]*\)\s*\Z"
)
_CONDITION = late(
    r"\b(?:typeof\s+(?:window|document|process|require|globalThis|module|self|Deno|Bun)"
    r"|process\s*\.\s*(?:platform|versions?|browser|type))\b[^\n;]*\Z"
)
_CAUGHT = late(r"[^)\n]{0,50}\)\s*\.\s*(?:catch\s*\(|then\s*\([^,\n]{0,200},)")


class Import(NamedTuple):
    """An import of something, and whether the code expects that it may be missing.

    Attributes:
        span: what is imported, without the quotes.
        specifier: the same as text; of a `<reference path>` with "./" before it, as it means that.
        guarded: it is for its types only, in `try`, or for some hosts only.
    """

    span: Span
    specifier: str
    guarded: bool = False


def code(text: str) -> Callable[[int], bool]:
    """Tells whether an offset lies outside strings, comments, regular expressions and templates' text.

    It reads the text only as far as it is asked: this runs with every keystroke.
    """
    spans = _opaque(text)
    starts: list[int] = []
    ends: list[int] = []
    last = -1

    def is_code(at: int) -> bool:
        nonlocal last
        while last <= at:
            last, end = next(spans, (len(text) + 1, len(text) + 1))
            starts.append(last)
            ends.append(end)
        index = bisect_right(starts, at) - 1
        return index < 0 or at >= ends[index]

    return is_code


def _opaque(text: str) -> Iterator[tuple[int, int]]:
    """The strings, comments, regular expressions and texts of templates, in their order."""
    holes: list[int] = []  # braces that are open in each hole of a template that we are in
    token = _CODE
    at = divides = 0
    while found := token.search(text, at):
        start, at = found.span()
        first = text[start]
        if first == "/" and at == start + 1:
            if start >= divides and _may_be_regex(text, start):
                regex = _REGEX.match(text, start, start + _REGEX_SIZE)
                at = regex.end() if regex else at
                divides = 0 if regex else start + _REGEX_SIZE
            if at == start + 1:
                continue
        elif first in "{}":
            holes[-1] += 1 if first == "{" else -1
            if holes[-1]:
                continue
            holes.pop()
        if first in "`}" and at == start + 1:
            template = _TEMPLATE.match(text, at)
            at = template.end() if template else at
            if template and template["end"] == "${" and len(holes) < _DEPTH:
                holes.append(1)
            token = _HOLE if holes else _CODE
        yield start, at


def _may_be_regex(text: str, slash: int) -> bool:
    """Whether what stands before a slash wants a value, so that no division is meant."""
    before = text[max(0, slash - _AROUND) : slash].rstrip(" \t")
    return bool(_BEFORE_REGEX.search(before, max(0, len(before) - 10)))


def found(text: str, is_code: Callable[[int], bool]) -> Iterator[Import]:
    """The imports in a text, in its order, of too many one more than `MOST`; guarded so far only those of types."""
    ways = (_declarations, _calls, _others)
    sites = [one for way in ways for one in islice(way(text, is_code), MOST + 1)]
    yield from sorted(sites)[: MOST + 1]


def ambient(text: str, is_code: Callable[[int], bool]) -> frozenset[str]:
    """The modules that a text itself declares for TypeScript: `declare module "x"`."""
    if "declare module" not in text:
        return frozenset()
    hits = (_AMBIENT.match(text, at) for at in _hits(text, "module", is_code))
    return frozenset(match["name"] for match in hits if match)


def _hits(text: str, word: str, is_code: Callable[[int], bool]) -> Iterator[int]:
    """Where a word that begins with no other stands in code."""
    at = text.find(word)
    while at >= 0:
        before = text[max(0, at - len("module.")) : at]
        is_member = before.endswith(".") and not before.endswith(("...", "module."))
        last = before[-1:]
        if not (last.isalnum() or last in {"_", "$"} or is_member) and is_code(at):
            yield at
        at = text.find(word, at + len(word))


def _declarations(text: str, is_code: Callable[[int], bool]) -> Iterator[Import]:
    """Of `import` and `export … from`, and calls of `import`."""
    for at in _hits(text, "import", is_code):
        if not (match := _IMPORT.match(text, at)):
            continue
        if match["call"]:
            if not _is_markup(text, at):
                yield from _site(
                    match, "name", guarded=text[max(0, at - 8) : at].rstrip().endswith("typeof")
                )
        elif _begins(text, at):
            yield from _site(match, "source", guarded=bool(match["type"]))
    for at in _hits(text, "export", is_code):
        if (match := _EXPORT.match(text, at)) and _begins(text, at):
            yield from _site(match, "source", guarded=bool(match["type"]))


def _calls(text: str, is_code: Callable[[int], bool]) -> Iterator[Import]:
    """Of `require`, and of what `createRequire` made under another name."""
    for at in _hits(text, "require", is_code):
        if match := _REQUIRE.match(text, at):
            if not _is_markup(text, at):
                yield from _site(match, "name")
        elif _is_parameter(text, at):
            return  # a bundle's own, or a loader's: what it takes is no package
    if "createRequire" not in text:
        return
    makers = islice((m.start() for m in re.finditer("createRequire", text)), _MAKERS)
    made = (_MADE.search(text[max(0, at - _AROUND) : at]) for at in makers if is_code(at))
    for name in {match[1] for match in made if match} - {"require"}:
        call = re.compile(re.escape(name) + rf"{_GAP}(?:\.{_GAP}resolve{_GAP})?{_CALLED}")
        for at in _hits(text, name, is_code):
            if match := call.match(text, at):
                yield from _site(match, "name")


def _others(text: str, is_code: Callable[[int], bool]) -> Iterator[Import]:
    """Of workers, and of the references to types that TypeScript reads from comments."""
    if "Worker" in text and "import.meta" in text:
        for match in _WORKER.finditer(text):
            if is_code(match.start()):
                yield from _site(match, "name")
    for word in ("jest", "vi", "vitest") if "ock" in text or "Actual" in text else ():
        for at in _hits(text, word, is_code):
            mock = _MOCK.match(text, at)
            if mock and not _is_virtual(text, mock.end()):
                yield from _site(mock, "name")
    if "<reference" in text:
        for match in _REFERENCE.finditer(text):
            if match.start() and not is_code(match.start() - 1):
                continue  # in a template
            name = match["name"]
            is_path = match["kind"] == "path" and not name.startswith((".", "/"))
            yield Import(Span(*match.span("name")), "./" + name if is_path else name, guarded=True)


def _is_virtual(text: str, at: int) -> bool:
    """Whether a mock stands for a module that there is not, as its options behind an offset say."""
    option = text.find("virtual", at, at + _MOCKED)
    return option >= 0 and _VIRTUAL.match(text, option) is not None


def _site(match: re.Match[str], group: str, *, guarded: bool = False) -> Iterator[Import]:
    name = match[group]
    if "${" not in name:
        yield Import(Span(*match.span(group)), name, guarded)


def _begins(text: str, at: int) -> bool:
    """Whether a statement may begin here; in the text of an element it does not."""
    return bool(_STATEMENT.search(text, max(0, at - _AROUND), at))


def _is_markup(text: str, at: int) -> bool:
    """Whether it is the text of an element: `<code>require("x")</code>`."""
    before = text[max(0, at - 2) : at]
    return before.endswith(">") and before != "=>"


def _is_parameter(text: str, at: int) -> bool:
    """Whether the name stands among the parameters of a function."""
    after = text[at + len("require") : at + _AROUND].lstrip()
    if not after.startswith((",", ")")):
        return False
    before = _PARAMETERS.search(text[max(0, at - _AROUND) : at])
    if before is None:
        return False
    return before[0].startswith("function") or _ARROW.match(after) is not None


def guarded(
    text: str, imports: Iterable[Import], is_code: Callable[[int], bool]
) -> Iterator[Import]:
    """The imports, in the order of the text, each knowing whether something around it guards it."""
    stack: list[int] = []
    guards: dict[int, bool] = {}
    at = 0
    for found in imports:
        start, end = found.span
        if start - at > _REACH:
            at = start - _REACH
            stack.clear()
        for brace in _BRACE.finditer(text, at, start):
            if not is_code(brace.start()):
                continue
            if brace[0] == "{":
                stack.append(brace.start())
            elif stack:
                stack.pop()
        at = start
        around = stack[-_BLOCKS:]
        guards.update({block: _guards(text, block) for block in around if block not in guards})
        before = text[max(0, text.rfind("\n", 0, start), start - _AROUND) : start]
        is_guarded = (
            found.guarded
            or any(guards[block] for block in around)
            or bool(_CONDITION.search(before))
            or bool(_CAUGHT.match(text, end))
        )
        yield found._replace(guarded=is_guarded)


def _guards(text: str, brace: int) -> bool:
    """Whether the block that a brace opens expects that something is missing."""
    return bool(_HEADER.search(text[max(0, brace - _AROUND) : brace]))
