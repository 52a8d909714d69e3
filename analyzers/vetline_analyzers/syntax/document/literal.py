"""Secrets that are written out: by the name they are given to, since their values look like words."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"(?:^|.*[_.-])(?:pass(?:word|wd|phrase|code)?|pwd|secret|secret[_-]?key|token|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|encryption[_-]?key|signing[_-]?key|credentials?|auth[_-]?key|connection[_-]?string)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PUBLIC = re.compile(
    r"(?:^|[_.-])(?:public|allow_empty|no|enable|use|require)(?:$|[_.-])", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"\W*|.*(?:[$<>%]|\{\{|\[\[|ENC\[).*|/.*|[a-z]+://.*|(?:true|false|yes|no|null|none|nil|\d{1,3})"
    r"|.*(?:your|change|replace|example|placeholder|dummy|fake|mock|sample|redacted|insert|\.\.\.).*"
    r"|\S+\.(?:json|pem|key|crt|p12|txt|ya?ml|env)"
    r"|(.)\1*|(?:var|local|data|module|each|random_password)\..*",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 500


def is_secret_name(name: str) -> bool:
    """Whether what is given to a variable of that name is meant to be secret."""
    name = _CAMEL.sub("_", name[:_LONGEST])
    return bool(_NAME.match(name)) and not _PUBLIC.search(name)


def is_written_out(value: str) -> bool:
    """Whether a value is the secret itself: no reference, no path, nothing to be filled in."""
    return len(value) <= _LONGEST and not _PLACEHOLDER.fullmatch(value.strip())
