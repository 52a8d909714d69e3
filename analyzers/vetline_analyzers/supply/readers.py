"""Names that are the reader's own, most likely: no package is meant by them, whatever the registry has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Names that thousands of distributions put beside their own module by mistake, and every other project has itself: they
# neither clear nor blame.
_COMMON = (
    "api app apps application base benchmark benchmarks bin build cli client code common conf config configs conftest"
    " constants core data database db demo dist doc docs domain env errors example examples exceptions experiments ext"
    " fixtures frontend backend functions handlers helper helpers infra integration internal io_utils lib libs log logger"
    " logging_config main manage migrations misc mocks model models module modules notebooks package packages plugins"
    " project projects resources routes router run sample samples schema schemas scripts secrets_local server service"
    " services settings setup shared site sources src static task tasks template templates test test_utils testing tests"
    " tmp tool tools types_ ui unit unittests util utilities utility utils vendor version versions view views web worker"
    " workers wsgi asgi"
)
_GENERIC = frozenset(_COMMON.split())
# What stands for a name in documentation, in templates and in tests of what happens when nothing is there.
_STANDS_FOR = re.compile(
    r"your_?\w+|my_?(?:\w{0,9}_)?(?:api|app|application|class|cli|code|command|config|dag|extension|file|func|function|lib"
    r"|library|middleware|mod|model|models|module|modules|package|packages|pkg|plugin|plugins|proj|project|script|server"
    r"|service|settings|site|task|tasks|test|tests|tool|utils?|views?)\d*"
    r"|(?:some|another|other|an?|the|example|sample|dummy|fake|foo|bar|demo|temp|generated|missing|broken|invalid|target|real|main)_?"
    r"(?:api|app|file|lib|library|module|package|pkg|plugin|project|script|thing)s?\d*"
    r"|(?:module|package|plugin|project|lib|mod)_?(?:name|path|something|[a-z]|\d+)?"
    r"|foo\w{0,4}|bar|baz|qux|quux|spam|eggs|ham|xxx+|yyy+|zzz+|example\w{0,3}|mypkg|[a-z]|_+|something|unknown(?:_\w+)?"
    r"|\w+_pb2(?:_grpc)?",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"@(?:(?:my|your|some|the|any)(?:[-_]?\w{2,20})?|scope|org|company|example|acme|vendor|username|user|namespace|foo|bar"
    # what projects call folders of their own by
    r"|app|assets|common|components|config|constants|features|helpers|hooks|internal|lib|libs|modules|pages|services|shared|src|store|styles|test|utils|views)/.+"
)
_NOT_THERE = re.compile(
    r"non_?exist[ae]nt|do(?:es)?_?n_?t_?exist|do(?:es)?_?not_?exist|no_?such|not_?installed|unimportable|not_?a_?(?:real_?)?(?:module|package)|bogus",
    re.IGNORECASE,
)
_TEST_DATA = re.compile(
    r"(?:^|/)(?:test_?data|fixtures?|snapshots?|golden|vendor(?:ed)?|third_?party)/"
    r"|(?:^|/)(?:tests?|testing)/(?:[^/]+/){0,9}(?:data|roots|cases|examples?|samples?|resources|assets|inputs?|apps|live_apps)/"
)


def is_generic(name: str) -> bool:
    """Whether thousands of projects have a module of that name themselves."""
    return name[0] == "_" or name.lower() in _GENERIC


def stands_for_another(name: str) -> bool:
    """Whether a name is one that writers put where readers put theirs, or says itself that nothing is there."""
    return _STANDS_FOR.fullmatch(name) is not None or _NOT_THERE.search(name) is not None


def has_readers_scope(name: str, own: Iterable[str]) -> bool:
    """Whether nobody but the reader can publish an npm name: it is in a scope of the project's, or in one that stands for it.

    Args:
        name: the package's.
        own: the names of the project's own packages: `vite` vouches for what is in `@vite`.
    """
    scope, slash, _ = name.partition("/")
    if not slash or scope[:1] != "@":
        return False
    return _SCOPE.fullmatch(name) is not None or any(
        scope in (one.partition("/")[0], f"@{one}") for one in own
    )


def is_data(path: str) -> bool:
    """Whether a file is what tests are fed with, or a copy of somebody else's: not a part of the program."""
    return _TEST_DATA.search(path) is not None
