"""Identifiers that serve as secrets."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    kind = hit.name.rpartition(".")[2]
    for part in around.purposes(hit):
        if part.how != "callee" and around.is_secret(part.name):
            break
    else:
        if kind != "uuid1" or hit.argument(0) is not None:
            return None
        return Report(
            "uuid1 tells the time and the machine's address, and can be guessed: use uuid.uuid4().",
            fix=_fix(hit, kind),
            severity=Severity.LOW,
            tentative=True,
        )
    made = "the time and the network card" if kind in {"uuid1", "getnode"} else "its arguments"
    return Report(
        f"{kind} is made of {made}, so others can compute it: use secrets.token_urlsafe().",
        fix=_fix(hit, kind),
    )


def _fix(hit: Hit, kind: str) -> Fix | None:
    function, arguments = (
        hit.node.child_by_field_name("function"),
        hit.node.child_by_field_name("arguments"),
    )
    if kind != "uuid1" or function is None or function.type != "attribute" or arguments is None:
        return None
    name = function.child_by_field_name("attribute")
    if name is None or arguments.named_child_count:
        return None
    return Fix("Use a random UUID", (hit.edit(name, "uuid4"),), safe=False)


RULE = PatternRule(
    id="python/uuid-as-token",
    title="Computable UUID as a secret",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(340, 330),
    page="""
`uuid1` is the machine's address and the time in a new dress, `uuid3` and `uuid5` are hashes of their
arguments. They are unique, and that is all: who has seen one of a series computes the ones that others got at
the same minute.
""",
    attack="Asks for two tokens of his own and tries the few thousand values between them.",
    advice="Use `secrets.token_urlsafe()`; `uuid.uuid4()` where the form of a UUID is needed.",
    bad=(
        """\
import uuid

def invite(user):
    user.reset_token = str(uuid.uuid1())
""",
        """\
from uuid import uuid1

def make_session_id():
    return uuid1().hex
""",
        """\
import uuid

def invite(mail):
    return {"api_key": uuid.uuid5(uuid.NAMESPACE_DNS, mail)}
""",
    ),
    good=(
        """\
import uuid

def invite(user):
    user.reset_token = str(uuid.uuid4())
""",
        """\
import uuid

def name(event, host):
    event.number = str(uuid.uuid5(uuid.NAMESPACE_DNS, host))
""",
    ),
    url="https://docs.python.org/3/library/secrets.html",
    names=("uuid.uuid1", "uuid.uuid3", "uuid.uuid5", "uuid.getnode"),
    check=_check,
)
