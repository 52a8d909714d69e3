"""Where a text says to install packages: READMEs, Dockerfiles, scripts, workflows, notebooks, argument lists, comments.

Most sentences that name an installer are prose ("npm install and then …"). A command begins where one can: on a line
of its own, behind a prompt, a quote, a back quote or another command; and what follows it are names, not English.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.manifests import npm_spec, pep508, places
from vetline_analyzers.manifests.json_places import Text
from vetline_analyzers.sites.installers import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.manifests import Requirement
    from vetline_analyzers.sites.installers import Verb

_NAMES = "|".join(map(re.escape, sorted(BY_NAME, reverse=True)))
# Those that no other one begins with: "pip" stands for "pip3", too.
_FIRST = tuple(
    name for name in BY_NAME if not any(name != o and name.startswith(o) for o in BY_NAME)
)
_VERBS = "|".join(
    sorted(
        {verb for one in BY_NAME.values() for verb in one.verbs if verb and " " not in verb},
        reverse=True,
    )
)
# An installer, with a verb a few words behind it where it needs one; or one in a list of strings.
_TOOL = late(
    rf"(?:(?<![\w./@$-])|(?<=[\t ][@-])|(?<=[\t ]@-))(?P<tool>{_NAMES}|pip3\.\d{{1,2}})(?:(?=[\"'][ \t\r\n]{{0,99}},)"
    rf"|(?:(?<=npx)|(?<=pnpx)|(?<=uvx)|(?<=bunx)|(?<=easy_install))(?=[ \t])"
    rf"|(?=(?:(?:[ \t]|\\\r?\n)+[^\s\\]{{1,60}}){{0,4}}?(?:[ \t]|\\\r?\n)+(?:{_VERBS})(?:\s|\\)))"
)
_BEFORE = 200  # characters in front of a command that are looked at
_LONG = 2_000  # characters of a line that no person writes
_WORDS = 200  # words of one command that are looked at
# What begins a command, and what may stand between its beginning and the installer.
_OPENERS = "`\"'$%>#!|&;([{:=*+@-\u2022\u203a\u276f\u279c"
_HOPS = 8  # words between the beginning of a command and the installer
_LAUNCHER = late(
    r"(?P<open>[`\"'$%!|&;(\[{=]{0,9})(?:sudo|exec|time|env|nohup|then|do|else|RUN|(?:uv|poetry|pdm|pipenv|hatch)[ \t]{1,9}run|-[A-Za-z]{1,3}"
    r"|--[\w-]{1,30}(?:=\S{1,99})?|[A-Z_][A-Z0-9_]{0,40}=\S{0,99}|(?:[\w./~$@{}-]{0,99}/)?(?:python|py|pypy)[\d.]{0,6}(?:\.exe)?"
    r"|sys\.executable\}?)"
)
# What is said not to be done: "Do not simply run `pip install x`", "uv add y instead of pip install x".
_DENIED = late(
    r"(?<![\w-])(?<!why )(?<!if )(?:not|never|cannot|avoid(?:ing)?|(?:do|does|did|is|must|should|wo|ca)n['\u2019]t"
    r"|(?:instead|rather)[ \t]{1,3}(?:of|than))"
    r"(?:[ \t]{1,3}(?:a|an|any|be|blindly|bare|by|call|directly|do|doing|ever|execute|have|install|installing|just|manually|need"
    r"|plain|please|recommend|run|running|simply|the|to|try|trying|type|typing|use|using|via|with)){0,4}[ \t]{0,3}[*_`\"'$%]{0,3}[ \t]{0,3}\Z",
    re.IGNORECASE,
)
_DENYING = 100  # characters in front of a command in which that is said
_NUMBERED = late(r"\d{1,3}[.)]|//+|/\*+")
_LIST_ITEM = late(
    r"(?:[\s]{0,200},|(?<=[(\[]))[\s]{0,200}(?:(?P<quote>[\"'])(?P<word>[^\"'\n]{0,300})(?P=quote)|(?P<other>[^\s\"',\]\)][^\"',\]\)\n]{0,200}))"
)
_CALL = late(
    r"(?<![\w.])(?:(?P<session>session\.install\()|(?:pip(?:\._internal)?(?:\.cli\.main)?\.main|pip_?main)\([ \t\r\n]{0,99}\[)"
)
_BLANK = late(r"(?:[ \t]|\\\r?\n|\^\r?\n|(?<=[ \t])`\r?\n(?=[ \t]))*")
_QUOTED = late(
    r"\\?(?P<quote>[\"'])(?P<word>[^\s\"'\\]{1,300}(?:[ \t]{0,3}[<>=!~^,;@][^\"'\\\n]{0,200})?)\\?(?P=quote)(?![\w(])"
)
_BARE = late(r"[^\s\"'`|&;()<>#\\]+(?:(?:[<>]=?|[~!=]=)[\w.*,<>=!~+]+)?")
# Words of sentences. Some are packages, too: whoever writes them as such is not looked at, which slanders nobody.
_ENGLISH = frozenset(
    """
    a above after again all also an and any anything are as at available be because before below both but by can
    cannot command commands could dependencies dependency did directly do does during each either else etc even
    everything fail failed failing fails failure first for from get gets globally had has have here how i if in
    inside instead into is it its just like line lines locally manually may might missing module modules most must
    my need needed needs new no not now of off on once one only or other our out over package packages please
    possible process properly read regardless required requires run running runs separately should since so some
    something step steps still such sure than that the their them then there these they this those to too under
    unless until up us use used uses using usually via want was way we were what when where whether which while will
    with within without won work works would you your yourself
    """.split()  # noqa: SIM905 - a list of strings would fill a page
)
_PLACEHOLDER = late(
    r"@(?:(?:my|your|some|the)[-_]?\w{2,20}|scope|org|company|example|acme|username|user|namespace)/.*"
    r"|(?:@[^/]{1,99}/)?(?:(?:your|my|some|the|any|other|another|new|example|demo|sample|target|private|internal)[-_.]?)+(?:package|pkg|plugin|module|project|app|lib|library|dist|dependency|tool|name|code|repo|extension)s?(?:[-_.]?(?:name|here|a|b|x|\d))?"
    r"|(?:package|pkg|plugin|module|project|library|dependency|dist)s?[-_.]?(?:name|names|here|a|b|c|x|\d{1,2})?|foo\d?|foobar|bar\d?|baz|qux|spam|eggs|xyz|abc|name|x|y|z|example|\.{2,}|\u2026",
    re.IGNORECASE,
)
_SHOUTED = late(r"[A-Z][A-Z0-9_.-]*")
_TO_FILL_IN = late(r"(?<=[a-z][-_.])[A-Z][A-Z0-9_]{1,99}$")  # "pytest-NAME"
_INDEXES = frozenset(
    {"-i", "--index-url", "--extra-index-url", "--index", "--default-index", "--registry"}
)  # options that name where packages come from
_INTERPRETERS = frozenset({"python", "python3", "pypy", "node"})
_SHOUTED_NAMES = frozenset(
    {"PACKAGE", "PACKAGES", "NAME", "PKG", "PKGS", "PROJECT", "MODULE", "LIBRARY"}
)
_SENTENCE_END = ".,:!?"


class _Word(NamedTuple):
    """A word of a command and where it stands."""

    text: str
    at: int


def found(text: str) -> Iterator[Requirement]:
    """The packages that commands in a text install or run, in its order.

    A package that is only run (`npx`) and may be a program of another one is `optional`.
    """
    if "main(" in text or "session.install(" in text:
        yield from _called(text)
    at = 0
    for start in _starts(text):
        match = _TOOL.match(text, start) if start >= at else None
        if match is None:
            continue
        at = match.end()
        in_list = text[at] in "\"'" and text[match.start() - 1 : match.start()] == text[at]
        if in_list and at - text.rfind("\n", 0, at) > _LONG:
            continue  # made by a tool: a table of types has "uvx", too
        if not in_list and (text[at] not in " \t" or not _may_begin(text, match.start())):
            continue
        if _is_denied(text, match.start()):
            continue
        words, at = _listed(text, at + 1) if in_list else _written(text, at)
        tool = "pip" if match["tool"].startswith("pip3") else match["tool"]
        yield from _packages(text, tool, words)


def _starts(text: str) -> list[int]:
    """Where the name of an installer may begin: looked for as plain text, for most texts have few and are long."""
    found: list[int] = []
    for name in _FIRST:
        at = text.find(name)
        while at >= 0:
            found.append(at)
            at = text.find(name, at + 1)
    return sorted(found)


def _called(text: str) -> Iterator[Requirement]:
    """The packages that Python code installs without a command: `pip.main([…])`, `session.install(…)` of Nox."""
    for match in _CALL.finditer(text):
        words, _ = _listed(text, match.end())
        if match["session"]:
            words.insert(0, _Word("install", match.start()))
        yield from _packages(text, "pip", words)


def _may_begin(text: str, at: int) -> bool:
    """Whether a command may begin at an offset."""
    start = max(text.rfind("\n", 0, at) + 1, at - _BEFORE)
    before = text[start:at]
    for _ in range(_HOPS):
        before = before.rstrip(" \t")
        if not before:
            return start == 0 or text[start - 1] == "\n"
        if before[-1] in _OPENERS or before.endswith("\\n"):
            return True
        word = before[max(before.rfind(" "), before.rfind("\t")) + 1 :]
        if word == "run":  # `uv run pip …`
            word = before[before.rfind(" ", 0, -4) + 1 :]
        if _NUMBERED.fullmatch(word):
            return True
        launcher = _LAUNCHER.fullmatch(word)
        if launcher is None:
            return False
        if launcher["open"]:
            return True
        before = before[: -len(word)]
    return False


def _is_denied(text: str, at: int) -> bool:
    """Whether the line says in front of an offset that what follows is not to be done."""
    start = max(text.rfind("\n", 0, at) + 1, at - _DENYING)
    return _DENIED.search(text[start:at]) is not None


def _listed(text: str, at: int) -> tuple[list[_Word], int]:
    """The words of an argument list from behind its installer, and its end."""
    words: list[_Word] = []
    while len(words) < _WORDS and (item := _LIST_ITEM.match(text, at)):
        if item["word"] is not None:
            words.append(_Word(item["word"], item.start("word")))
        else:
            words.append(_Word("", item.start("other")))
        at = item.end()
    return words, at


def _written(text: str, at: int) -> tuple[list[_Word], int]:
    """The words of a command line from behind its installer, and its end."""
    words: list[_Word] = []
    while len(words) < _WORDS:
        blank = _BLANK.match(text, at)
        end = blank.end() if blank else at
        if end == at:  # a quote or a sign ends it
            return words, at
        at = end
        if quoted := _QUOTED.match(text, at):
            words.append(_Word(quoted["word"], quoted.start("word")))
            at = quoted.end()
        elif bare := _BARE.match(text, at):
            word = bare[0].rstrip(_SENTENCE_END) or "."
            words.append(_Word(word, at))
            at = bare.end()
            if text.startswith(("(", "<"), at):  # `f(`, `foo<version>`: no name
                words.pop()
            if bare[0][-1] in ".,:!?" and len(bare[0]) > 1 and word != "." and "/" not in word:
                return words, at
        else:
            return words, at
    return words, at


def _packages(text: str, tool: str, words: list[_Word]) -> Iterator[Requirement]:
    """The packages among the words of a command."""
    installer = BY_NAME[tool]
    verb = installer.verbs.get("")
    at, group = 0, ""
    while verb is None:
        at = _skipped(words, at, installer.valued)
        if at >= len(words):
            return
        word = words[at].text
        at += 1
        if word in installer.between:
            at, group = at + installer.between[word], f"{word} "
            continue
        verb = installer.verbs.get(group + word) or installer.verbs.get(word)
        if verb is None:
            return
    rest = words[at:]
    # Behind a program that is run stand words for it, whatever they are.
    if any(word.text.lower() in _ENGLISH for word in (rest[:2] if verb.runs else rest)):
        return
    source = places.index(_index(words))
    for one in _arguments(text, installer.ecosystem, verb, rest):
        yield replace(one, source=source) if source else one


def _index(words: list[_Word]) -> str:
    """The address of the index that a command names, of several the last; "" where it names none."""
    url = ""
    for at, word in enumerate(words):
        option, equals, value = word.text.partition("=")
        if option in _INDEXES:
            following = words[at + 1].text if at + 1 < len(words) else ""
            told = value if equals else following
            url = told if places.is_url(told) else url
    return url


def _skipped(words: list[_Word], at: int, valued: frozenset[str]) -> int:
    """Where the first word stands that is neither an option nor its value."""
    while at < len(words) and words[at].text.startswith("-"):
        at += 2 if words[at].text in valued else 1
    return at


def _arguments(
    text: str, ecosystem: Ecosystem, verb: Verb, words: list[_Word]
) -> Iterator[Requirement]:
    left = verb.most
    skip = verb.skip
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.text in {"", "--"}:
            continue
        if word.text.startswith("-"):
            option, _, value = word.text.partition("=")
            if option in verb.naming and value:
                yield from _package(text, ecosystem, _Word(value, word.at + len(option) + 1), verb)
            elif option in verb.naming and at < len(words):
                yield from _package(text, ecosystem, words[at], verb)
            at += option in verb.valued and not value
            left = 0 if option in verb.instead else left
        elif skip:
            skip -= 1
        elif left:
            left -= 1
            yield from _package(text, ecosystem, word, verb)
            if not left:
                at = len(words) if verb.most == 1 else at


_ARCHIVES = (".whl", ".gz", ".tgz", ".zip", ".bz2")


def _package(text: str, ecosystem: Ecosystem, word: _Word, verb: Verb) -> Iterator[Requirement]:
    """The package that a word names, if it does."""
    name = re.split(r"[\[=<>!~;]|(?<=.)@", word.text, maxsplit=1)[0].strip()
    if (
        not name
        or word.text.endswith(_ARCHIVES)
        or _PLACEHOLDER.fullmatch(name)
        or places.is_path(word.text)
        or places.is_url(word.text)
    ):
        return
    if _SHOUTED.fullmatch(name) and (len(name) == 1 or "_" in name or name in _SHOUTED_NAMES):
        return
    if name.isdigit() or _TO_FILL_IN.search(name) or (verb.runs and name in _INTERPRETERS):
        return
    if ecosystem is Ecosystem.NPM:
        requirement = _of_npm(word, optional=verb.runs)
    else:
        # `httpx@^0.27` of Poetry and uv is no URL.
        shown = word.text if "://" in word.text else word.text.partition("@")[0]
        requirement = pep508.read(text, word.at, word.at + len(shown), optional=verb.runs)
    if requirement is not None and not requirement.source:
        yield requirement


def _of_npm(word: _Word, *, optional: bool) -> Requirement | None:
    text, at = word.text, word.at
    if text.startswith("npm:"):
        text, at = text[4:], at + 4
    name, _, spec = text[1:].partition("@")
    written, said = Text(text[:1] + name), Text(spec)
    written.at = at
    said.at = at + len(written) + 1
    return npm_spec.read(written, said, optional=optional)
