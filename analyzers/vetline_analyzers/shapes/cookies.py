"""Session cookies that were recorded: `Set-Cookie: sessionid=…`, `Cookie: PHPSESSID=…; …`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.names import Sense
from vetline_analyzers.secret.values import Strength, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = late(r"\bcookies?\b", re.IGNORECASE)
# Those of well-known frameworks, and what calls itself a session, a login or a user's token.
_COOKIE = late(
    r"(?<![\w.-])(?P<name>(?:PHP|ASP|J)SESS(?:ION)?ID\w{0,12}|ASP\.NET_SessionId|connect\.sid|[\w.-]{0,40}(?:session(?:[_-]?(?:id|token|key))?|sessid|[_-]sid"
    r"|[_-]auth|remember_\w{1,20}|user_session)|sid|auth_?token|access_?token|\.ASPXAUTH|\.AspNetCore\.[\w.]{1,40})="
    r"[\"']?(?P<value>(?:s%3A)?[A-Za-z0-9%._+/=|-]{16,2000}?)(?=[;\"'\s,\\\])}]|$)"
)


def _find(passage: Passage) -> Iterator[Hit]:
    header = _HEADER.search(passage.line)
    if header is None:
        return
    for match in _COOKIE.finditer(passage.line, header.end()):
        strength = judge(match["value"], Sense.TOKEN)
        if strength is not Strength.NONE:
            start, end = match.span("value")
            # It has often run out, and opens what its user may do when it has not.
            strength = Strength.FAIR if strength is Strength.REAL else strength
            yield Hit(
                "hard-coded-password",
                passage.start + start,
                passage.start + end,
                strength,
                name=match["name"],
            )


DETECTORS = (Detector(("cookie",), _find),)
