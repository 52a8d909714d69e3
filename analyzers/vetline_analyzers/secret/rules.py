"""The rules on secrets: their pages, their examples and what a finding says."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers import shapes, tokens
from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.core.regex import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.secret.format import Format

PASSWORD = "hard-coded-password"  # noqa: S105 - the name of a rule
KEY = "private-key"

_SAME_AS = ("bandit/B105", "bandit/B106", "bandit/B107")
_GOOD = ('import os\n\nclient = Client(os.environ["SHOP_TOKEN"])\n',)
_ADVICE = (
    "Revoke it at its issuer first: whoever has read the file, or its history, has it. Then read the "
    "new one from the environment or from a secret store."
)


_PUBLIC = ("-public-key", "-public-token")  # what the rules on keys that browsers are given end in


@cache
def by_name() -> dict[str, Rule]:
    """The rules by their names, without the family."""
    kinds: dict[str, list[Format]] = {}
    for format_ in tokens.formats():
        kinds.setdefault(format_.name, []).append(format_)
    listed = [_of_formats(*formats) for formats in kinds.values()]
    return {
        rule.id.removeprefix("secret/"): rule for rule in (*listed, *_others(), *shapes.rules())
    }


def message(name: str) -> str:
    """What a finding of the rule of that name says; never more than the rule knows."""
    if name.endswith(_PUBLIC):
        return f"{_titles()[name]} is written in this file. Let its issuer take it from your addresses only."
    return (
        f"{_titles()[name]} is written in this file. Revoke it, and read it from the environment."
    )


@cache
def _titles() -> dict[str, str]:
    """By rule's name, what a sentence calls the secret: "An AWS access key"."""
    titles = {format_.name: format_.title for format_ in tokens.formats()}
    titles |= {
        rule.id.removeprefix("secret/"): rule.title[0].lower() + rule.title[1:]
        for rule in shapes.rules()
    }
    titles |= {
        KEY: "private key",
        PASSWORD: "password, key or token",
    }
    return {
        name: f"{'An' if _VOWEL.match(title) else 'A'} {title}" for name, title in titles.items()
    }


_VOWEL = late(r"(?!one)[aeio]|u[np]|npm|nvidia|x(?:ai)?\b", re.IGNORECASE)


def _of_formats(format_: Format, *others: Format) -> Rule:
    """The rule of one kind of token, whose formats differ: the newest first, the older ones behind it."""
    called = _titles()[format_.name]
    formats = (format_, *others)
    told, advice = "", _revocation(format_)
    page = (
        "Everybody who can read it, a fork or an old commit can use it until it is revoked, and nobody sees "
        "who did."
    )
    if format_.name.endswith(_PUBLIC):
        page = "Browsers are given it, so it is no secret. It names your account, and its use is yours to pay."
        advice = (
            "Restrict it at its issuer to your own addresses, and read it from the configuration."
        )
    if any(one.confidence is Confidence.HIGH for one in formats):
        told += " It is told by its own shape, whatever the code calls it."
    if any(one.confidence < Confidence.HIGH for one in formats):
        told += (
            " One without a shape of its own is told by the provider's name, at most 40 characters before "
            "it on its line, and by its exact length and alphabet; such a finding is less sure."
        )
    if any(one.proves for one in formats):
        told += (
            " It carries a proof of itself, which is computed here: where that does not fit, the token is "
            "shortened, mistyped or made up, and the finding less sure."
        )
    return Rule(
        id=f"secret/{format_.name}",
        title=format_.title[0].upper() + format_.title[1:]
        if " " in format_.title
        else format_.title,
        severity=format_.severity,
        confidence=format_.confidence,
        cwe=(798,),
        page=f"{called} stands in the file. {page}\n\n{told.strip()} Nothing is ever asked of the provider.",
        attack="Reads the repository, one of its forks or its history, and logs in with it as you.",
        advice=advice,
        same_as=_SAME_AS,
        bad=tuple(one.example.format(one.sample) + "\n" for one in formats),
        good=_GOOD,
    )


def _revocation(format_: Format) -> str:
    where = f" ({format_.revoke})" if format_.revoke else ""
    return _ADVICE.replace("at its issuer first", f"at its issuer first{where}")


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
