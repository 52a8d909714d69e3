"""Secrets in the settings of servers and tools that know their place by a word of their own: Redis, PPP, IPsec, SNMP, Bundler."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = r"(?:\"(?P<quoted>[^\"\n]{3,200})\"|(?P<bare>[^\s\"'#;]{4,200}))"


class _Directive(NamedTuple):
    """A line of a kind of file.

    Attributes:
        anchor: lower-case, in the line.
        line: what the line looks like; the secret is the group `quoted` or `bare`.
        files: what such files are called.
    """

    anchor: str
    line: re.Pattern[str]
    files: re.Pattern[str]


_ANY = late(r"")
_DIRECTIVES = (
    # Redis: `user alice on >…`, `sentinel auth-pass main …`, `requirepass …` of any kind of file.
    _Directive(
        "user ",
        late(r"^\s{0,9}user\s{1,9}\S{1,60}\s(?:[^>\n]{0,120}\s)?>(?P<bare>[^\s#]{4,200})"),
        late(r"redis|sentinel|\.acl$"),
    ),
    _Directive(
        "auth-pass",
        late(rf"^\s{{0,9}}sentinel\s{{1,9}}auth-pass\s{{1,9}}\S{{1,60}}\s{{1,9}}{_WORD}"),
        _ANY,
    ),
    _Directive("requirepass", late(rf"(?:^|\s|--)requirepass[\"',\s]{{1,6}}{_WORD}"), _ANY),
    _Directive("masterauth", late(rf"(?:^|\s|--)masterauth[\"',\s]{{1,6}}{_WORD}"), _ANY),
    # PPP: the client, the server, the secret, the addresses.
    _Directive(
        "",
        late(
            rf"^\s{{0,9}}(?:\"[^\"\n]{{1,60}}\"|[^\s#\"]{{1,60}})\s{{1,20}}(?:\*|\S{{1,60}})\s{{1,20}}{_WORD}(?:\s|$)"
        ),
        late(r"(?:chap|pap|srp)-secrets$"),
    ),
    # IPsec: `… : PSK "…"`.
    _Directive(
        ":",
        late(rf"^[^:#\n]{{0,200}}:\s{{0,9}}(?:PSK|XAUTH|EAP|NTLM|PIN)\s{{1,9}}{_WORD}"),
        late(r"ipsec[\w.-]{0,20}secrets|\.secrets$"),
    ),
    # SNMP: the community is all there is to know, but for the two that everybody has.
    _Directive(
        "community",
        late(r"^\s{0,9}r[ow]community6?\s{1,9}(?!public\b|private\b)(?P<bare>[^\s#\"']{4,100})"),
        _ANY,
    ),
    _Directive(
        "createuser",
        late(
            rf"^\s{{0,9}}createUser\s{{1,9}}\S{{1,60}}\s{{1,9}}(?:MD5|SHA(?:-?\d{{1,3}})?)\s{{1,9}}{_WORD}"
        ),
        _ANY,
    ),
    _Directive(
        "createuser",
        late(
            r"^\s{0,9}createUser\s{1,9}\S{1,60}\s{1,9}\S{1,9}\s{1,9}\S{1,100}\s{1,9}(?:AES|DES)(?:-?\d{1,3})?\s{1,9}\"?(?P<bare>[^\s\"#]{4,100})"
        ),
        _ANY,
    ),
    # Bundler: `BUNDLE_GEMS__SHOP__COM: "user:…"`, or a token alone.
    _Directive(
        "bundle_",
        late(
            r"\bBUNDLE_[A-Z0-9_]{1,60}__[A-Z0-9_]{2,60}\s{0,3}[:=]\s{0,3}[\"']?(?:[^\s:\"']{1,60}:(?!x-oauth))?(?P<bare>[^\s:\"']{8,200})"
        ),
        _ANY,
    ),
    # Composer: a host and its token.
    _Directive(
        '": "',
        late(
            r"^[\s{]{0,40}(?:\"(?:git(?:hub|lab)-(?:oauth|token)|bearer)\"\s{0,3}:\s{0,3}\{\s{0,9})?\"(?:[\w-]{1,60}\.){1,4}[a-z]{2,12}\"\s{0,3}:\s{0,3}\"(?P<bare>[^\s\"]{16,200})\""
        ),
        late(r"(?:^|/)auth\.json$"),
    ),
    # Game servers: `rcon_password "…"`, and Steam's token for one.
    _Directive(
        "rcon_password",
        late(rf"^\s{{0,9}}(?:set[as]?\s{{1,3}})?rcon_?password\s{{1,9}}{_WORD}", re.IGNORECASE),
        _ANY,
    ),
    _Directive("sv_", late(rf"^\s{{0,9}}sv_(?:password|setsteamaccount)\s{{1,9}}{_WORD}"), _ANY),
    # Mail: Postfix's `[host]:587 user:…`, isync's `Pass …`.
    _Directive(
        ":",
        late(r"^[^\s#]{3,200}\s{1,20}[^\s:#]{1,80}:(?P<bare>\S{4,200})\s{0,9}$"),
        late(r"sasl_passwd|sasl/passwd"),
    ),
    _Directive(
        "pass", late(rf"^\s{{0,9}}Pass\s{{1,9}}{_WORD}\s{{0,9}}$"), late(r"mbsyncrc|isyncrc")
    ),
)


def _find(passage: Passage) -> Iterator[Hit]:
    line = passage.line
    lowered = line.lower()
    for directive in _DIRECTIVES:
        if directive.anchor not in lowered or not directive.files.search(passage.path):
            continue
        for match in directive.line.finditer(line):
            group = "quoted" if match.groupdict().get("quoted") is not None else "bare"
            strength = worth.worth(match[group])
            if strength is not Strength.NONE:
                start, end = match.span(group)
                yield Hit(
                    "hard-coded-password",
                    passage.start + start,
                    passage.start + end,
                    strength,
                    name="password",
                )


DETECTORS = (
    Detector(
        (
            "auth-pass",
            "requirepass",
            "masterauth",
            "community",
            "createuser ",
            "bundle_",
            "rcon_password",
            "rconpassword",
            "sv_password",
            "sv_setsteam",
        ),
        _find,
    ),
    Detector(
        (),
        _find,
        files=late(
            r"(?:redis|sentinel)[\w.-]{0,20}\.conf$|\.acl$|(?:chap|pap|srp)-secrets$|ipsec[\w.-]{0,20}secrets|(?:^|/)auth\.json$|mbsyncrc|isyncrc|sasl_passwd|sasl/passwd"
        ),
    ),
)
