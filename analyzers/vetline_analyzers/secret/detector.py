"""A detector: one way to find secrets, what makes it look, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

# As far beyond its line a detector of `beyond` may look: before it, and behind it, where a private key of
# 16,384 bits has 13,000 characters.
AROUND, AHEAD = 4_000, 20_000


class Hit(NamedTuple):
    """A secret that was found.

    Attributes:
        rule: the rule's name without the family, "github-token".
        start, end: offsets in the passage's text: the secret's own characters, no quote and no name.
        strength: how much the value looks like a live secret.
        doubtful: another detector's hit on the same characters is preferred; seldom worth a look.
        name: what the code calls it ("db_password"), as far as it is known; the fix names its
            environment variable after it.
        proven: a checksum in the secret itself was computed and fits.
        unsure: that checksum does not fit, or only a name near it says what kind it is.
    """

    rule: str
    start: int
    end: int
    strength: Strength = Strength.REAL
    doubtful: bool = False
    name: str = ""
    proven: bool = False
    unsure: bool = False


class Passage(NamedTuple):
    """Where a detector is asked to look.

    Attributes:
        text: of most detectors the one line, of a very long line what is around an anchor; for those that
            look `beyond` also the AROUND characters before it and the AHEAD behind it.
        start, end: the line in it, without its end. A secret that is reported starts in it.
        bare: values stand without quotes in files of this kind: `.env`, YAML, INI, shell.
        path: POSIX path of the file, relative to the project's root; "" where there is none.
    """

    text: str
    start: int
    end: int
    bare: bool = False
    path: str = ""

    @property
    def line(self) -> str:
        """The line's text."""
        return self.text[self.start : self.end]


@dataclass(frozen=True, eq=False)  # known by itself: they are put into sets on each line
class Detector:
    """One way to find secrets.

    Attributes:
        anchors: lower-case ASCII strings. It is asked of a line only when that holds one of them, in
            whatever case; so each must be as rare as the format allows.
        find: gives the hits of a passage. Linear in the length of its line; of `beyond`, in that of its text,
            and quick to see that a line with an anchor has nothing more: each of them is asked about anew.
        beyond: it looks beyond the line, and is therefore asked again with every change of the text. Its hits
            may lie anywhere in what it is shown.
        files: of files whose path it matches every line is asked about, whatever it holds: for secrets
            that stand in a line of their own and have no mark.
        ahead: of `beyond`, characters behind the line that it is shown. The fewer they are, the fewer lines
            are asked about again after an edit.
    """

    anchors: tuple[str, ...]
    find: Callable[[Passage], Iterable[Hit]]
    beyond: bool = False
    files: re.Pattern[str] | None = None
    ahead: int = AHEAD
