"""Commands that are given a secret: how one is called, and where among its arguments the secret stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# An argument: in quotes, escaped perhaps, or to the next blank.
_BARE = r"[^\s\"'`;|<>()\[\]{},\\-][^\s\"'`;|<>\\]{1,200}"
VALUE = rf"(?:\\?[\"'](?P<quoted>[^\"'\n\\]{{1,200}})\\?[\"']|(?P<bare>{_BARE}))"
# `user:password`, in quotes as a whole, or each of them perhaps.
PAIR_QUOTED = r"\\?[\"'](?P<user>[^\s\"':;|<>\\/]{0,80}):(?P<quoted>[^\"'\n\\]{1,200})(?=\\?[\"'])"
PAIR = (
    r"\\?[\"']?(?P<user>[^\s\"':;|<>\\/]{0,80})\\?[\"']?:"
    r"(?:\\?[\"'](?P<quoted>[^\"'\n\\]{1,200})\\?[\"']|(?P<bare>[^\s\"'`;|<>\\&]{2,200}))"
)
BEFORE = r"(?:^|[\s\"'])"  # an option
BETWEEN = (
    r"(?:[\"'],?\s{0,4}(?=[\"'])|[\s=]{1,4})"  # an option and its value, also in a list of strings
)
_REFERS = late(r"^\$|\$[A-Za-z_{(@*]|^%\w{1,40}%$|^!\w{1,40}!$|^@|^/dev/|^(?:file|env|fd):|^stdin$")
_ARGUMENTS = 400  # characters behind a command in which its arguments are looked for


@dataclass(frozen=True)
class Command:
    """A command that is given a secret.

    Attributes:
        anchors: lower-case words of which a line holds one that calls it.
        called: a pattern of its name.
        takes: patterns of its arguments, each with the secret in the group `quoted` or `bare`; `user`
            says whose it is.
        name: what the secret is called.
        sure: whether a word that looks like no secret is one at that place.
    """

    anchors: tuple[str, ...]
    called: str
    takes: tuple[str, ...]
    name: str = "password"
    sure: bool = True

    @cached_property
    def _called(self) -> re.Pattern[str]:
        return late(rf"(?<![\w.-])(?:{self.called})(?![\w-])")

    @cached_property
    def _takes(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(re.compile, self.takes))

    def find(self, line: str) -> Iterator[Hit]:
        """The secrets that the command is given in a line, by offsets in it."""
        ends = [match.end() for match in self._called.finditer(line)]
        for at, following in pairwise([*ends, len(line)]):
            arguments = line[at : min(following, at + _ARGUMENTS)]
            for pattern in self._takes:
                for match in pattern.finditer(arguments):
                    if hit := self._hit(match, at):
                        yield hit

    def _hit(self, match: re.Match[str], at: int) -> Hit | None:
        groups = match.groupdict()
        group = "quoted" if groups.get("quoted") is not None else "bare"
        value = groups[group].rstrip(",.:)") if group == "bare" else groups[group]
        if _REFERS.search(value):
            return None
        strength = worth.worth(value, groups.get("user") or "")
        if strength is Strength.NONE or (not self.sure and strength is not Strength.REAL):
            return None
        start = at + match.start(group)
        return Hit("hard-coded-password", start, start + len(value), strength, name=self.name)


def find(commands: Iterable[Command], passage: Passage) -> Iterator[Hit]:
    """The secrets that any of the commands is given in a passage."""
    line = passage.line
    lowered = line.lower()
    for command in commands:
        if any(anchor in lowered for anchor in command.anchors):
            for hit in command.find(line):
                yield hit._replace(start=hit.start + passage.start, end=hit.end + passage.start)
