"""A secret key put to a use that gives it away."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_KEY = re.compile(r"\bSECRET_KEY\b|\bsecret_key\b|\bJWT_SECRET")


def _check(hit: Hit) -> Report | None:
    salt = hit.either(0, "salt")
    if salt is None:
        return None
    given = [salt, *hit.scope.values(salt)] if salt.type == "identifier" else [salt]
    if not any(_KEY.search(hit.text(node)) for node in given):
        return None
    return Report(
        "Hashids' salt can be computed from its results, and here it is the key that signs sessions: use another.",
        node=salt,
    )


RULE = PatternRule(
    id="python/secret-key-as-salt",
    title="Secret key as the salt of public identifiers",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(327, 323),
    page="""
Hashids shuffle an alphabet and do not encrypt. From some identifiers and their numbers the salt can be computed; when it
is the application's secret key, whoever does so signs sessions and tokens with it.
""",
    attack="Collects some identifiers, computes the salt and signs a session as the administrator.",
    advice="Give Hashids a salt of its own that is worth nothing elsewhere.",
    bad=(
        """\
from hashids import Hashids

hashids = Hashids(salt=app.config["SECRET_KEY"], min_length=8)
""",
        """\
import hashids
from django.conf import settings

codes = hashids.Hashids(settings.SECRET_KEY)
""",
        """\
from hashids import Hashids as Codes

def codes(app):
    salt = app.secret_key
    return Codes(salt)
""",
    ),
    good=(
        """\
from hashids import Hashids

hashids = Hashids(salt=app.config["HASHIDS_SALT"], min_length=8)
""",
        """\
from hashids import Hashids

hashids = Hashids(min_length=8)
""",
    ),
    url="https://hashids.org/python/",
    names=("hashids.Hashids", "Hashids"),
    check=_check,
)
