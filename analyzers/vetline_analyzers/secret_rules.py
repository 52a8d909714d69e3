"""The rules on secrets: their pages, their examples and what a finding says."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers import tokens
from vetline_analyzers.core.finding import Confidence, Persona, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "hard-coded-password"  # noqa: S105 - the name of a rule
ENTROPY = "high-entropy-string"
KEY = "private-key"

_SAME_AS = ("bandit/B105", "bandit/B106", "bandit/B107")
_GOOD = ('import os\n\nclient = Client(os.environ["SHOP_TOKEN"])\n',)
_ADVICE = (
    "Revoke it at its issuer first: whoever has read the file, or its history, has it. Then read the "
    "new one from the environment or from a secret store."
)


@cache
def by_name() -> dict[str, Rule]:
    """The rules by their names, without the family."""
    listed = [_of_format(format_) for format_ in tokens.formats()]
    return {rule.id.removeprefix("secret/"): rule for rule in (*listed, *_others())}


def message(name: str) -> str:
    """What a finding of the rule of that name says; never more than the rule knows."""
    return (
        f"{_titles()[name]} is written in this file. Revoke it, and read it from the environment."
    )


@cache
def _titles() -> dict[str, str]:
    """By rule's name, what a sentence calls the secret: "An AWS access key"."""
    titles = {format_.name: format_.title for format_ in tokens.formats()}
    titles |= {
        KEY: "private key",
        PASSWORD: "password, key or token",
        ENTROPY: "random-looking string",
    }
    return {
        name: f"{'An' if _VOWEL.match(title) else 'A'} {title}" for name, title in titles.items()
    }


_VOWEL = re.compile(r"[aeio]|npm|xai", re.IGNORECASE)


def _of_format(format_: tokens.Format) -> Rule:
    return Rule(
        id=f"secret/{format_.name}",
        title=format_.title[0].upper() + format_.title[1:]
        if " " in format_.title
        else format_.title,
        severity=format_.severity,
        confidence=Confidence.HIGH,
        cwe=(798,),
        page=f"{_titles()[format_.name]} stands in the file. Everybody who can read it, a fork or an old "
        "commit can use it until it is revoked, and nobody sees who did.",
        advice=_ADVICE,
        same_as=_SAME_AS,
        bad=(format_.example.format(format_.sample) + "\n",),
        good=_GOOD,
    )


def _others() -> Iterator[Rule]:
    yield Rule(
        id=f"secret/{KEY}",
        title="Private key",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        cwe=(321, 798),
        page="A private key stands in the file. With it anybody can sign, decrypt or log in as its owner.",
        advice="Make a new pair, withdraw the old one, and keep the private half in a secret store.",
        same_as=_SAME_AS,
        bad=(
            f'KEY = """-----BEGIN {"PRIVATE"} KEY-----\n{"MIIEvQ" * 10}\n-----END {"PRIVATE"} KEY-----"""\n',
        ),
        good=(
            'HEADER = "-----BEGIN PRIVATE KEY-----"\n',
            'KEY = open("/run/secrets/key").read()\n',
        ),
    )
    yield Rule(
        id=f"secret/{PASSWORD}",
        title="Password, key or token",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        cwe=(798, 259),
        page="A value with a secret's name is written down: a password, `SECRET_KEY`, `api_key=…`, an "
        "`Authorization` header. Everybody who can read the file can use it.\n\nReferences "
        "(`os.environ[…]`, `${…}`) and empty values are no findings; placeholders, words of a demo and "
        "what stands in tests are shown to the pedantic persona only. A phrase that signs sessions or "
        "tokens (`SECRET_KEY`, `JWT_SECRET`), or a password easily guessed that a call is given, is of "
        "medium severity: it is what the program runs with.",
        advice=_ADVICE,
        same_as=_SAME_AS,
        bad=(
            f'SECRET_KEY = "{"v9#kQ2" + "m!Lx84z"}"\n',
            f'requests.get(url, headers={{"Authorization": "Bearer {"q7Rz2mQx9" + "TbW4vLp8"}"}})\n',
        ),
        good=('import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n', 'api_key = ""\n'),
    )
    yield Rule(
        id=f"secret/{ENTROPY}",
        title="Random-looking string",
        severity=Severity.LOW,
        confidence=Confidence.LOW,
        persona=Persona.AUDITOR,
        cwe=(798,),
        page="A quoted string has as much entropy as a key. Most such strings are digests and "
        "identifiers, so only an audit shows them.",
        advice="Look whether it is a secret. If it is: " + _ADVICE,
        bad=(f'seal = "{"k7Rz2mQx9TbW4vLp8Nf" + "3HsY6cJd5Gg1Xw0Ue"}"\n',),
        good=('seal = "a string of words"\n',),
    )
