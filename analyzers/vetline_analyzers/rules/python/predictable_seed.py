"""Generators that start where an attacker can follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_MOMENTS = frozenset(
    {"time.time", "time.time_ns", "datetime.datetime.now", "datetime.now", "os.getpid"}
)
_GUESSED = re.compile(
    r"\btime\b|time\(|\bnow\(|getpid|\bid\(|username|user_id|email|ctime|timestamp"
)
_MADE = re.compile(
    r"\b(\w+)['\"\])]{0,3}\s{0,3}\+?=[^=\n][^\n]{0,200}\b(?:random|randint|choices?|sample|rng|rand)\b"
)


def _check(hit: Hit) -> Report | None:
    seed = hit.either(0, "a") or hit.keyword("x")
    if seed is None:
        return None
    guessed = _GUESSED.search(hit.text(seed)) is not None
    fixed = known.number(hit, seed) is not None or known.fixed(hit, seed) is not None
    if not guessed and not fixed:
        return None
    text = around.function_text(hit)
    secret = around.is_secret(around.function_name(hit)) or any(
        around.is_secret(name) for name in _MADE.findall(text)
    )
    if not secret and not guessed and not _gives_away(hit, text):
        return None
    return Report(
        "Whoever guesses this seed knows all that follows: for what must not be guessed use secrets, "
        "which needs no seed.",
        tentative=not secret,
        fix=_fix(hit, seed),
    )


def _fix(hit: Hit, seed: Node) -> Fix | None:
    """Without an argument the operating system gives the seed: another one each time, as the time was to be."""
    arguments = hit.node.child_by_field_name("arguments")
    if arguments is None or arguments.named_child_count != 1 or not _changing(hit, seed):
        return None
    return Fix("Leave the seed to the system", (hit.edit(arguments, "()"),), safe=True)


def _changing(hit: Hit, node: Node) -> bool:
    """Whether an expression is the present moment, or the process, and nothing else."""
    hit.scope.spend()
    node = hit.scope.bare(node)
    if node.type != "call":
        return False
    given, name = hit.scope.dialect.argument_nodes(node), hit.resolve(callee(node))
    if not given:
        return name in _MOMENTS
    return (
        name in {"int", "str", "float", "round", "hash"}
        and len(given) == 1
        and _changing(hit, given[0])
    )


def _gives_away(hit: Hit, text: str) -> bool:
    """Whether a function seeds, draws and returns what it drew."""
    return (
        hit.scope.function(hit.node) is not None
        and not hit.uses("numpy", "torch", "tensorflow", "sklearn", "pandas", "pytest", "unittest")
        and re.search(r"\breturn\b[^\n]{0,200}\brandom\.", text) is not None
    )


RULE = PatternRule(
    id="python/predictable-seed",
    title="Predictable seed",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(335, 336, 337, 339),
    page="""
A generator that is seeded with the time, a process number or a constant gives the same numbers to whoever
starts a second one with that seed. The time of an answer is in its headers, so that a few thousand seeds are
all there are to try.
""",
    attack="Tries the seconds around the answer's date as seeds and finds the token among the results.",
    advice="Use `secrets` or `random.SystemRandom()`; they take their randomness from the operating system.",
    bad=(
        """\
import random

def reset_token():
    random.seed(1234)
    return random.getrandbits(64)
""",
        """\
import random, time

random.seed(time.time())
""",
        """\
import random as r

def enroll(user):
    r.seed(user.id + int(now()))
    user.otp_code = r.randint(100000, 999999)
""",
    ),
    good=(
        """\
import random

def play(cards):
    random.seed(1234)
    random.shuffle(cards)
""",
        """\
import random, os

random.seed(os.urandom(16))
""",
    ),
    url="https://docs.python.org/3/library/secrets.html",
    names=("random.seed", "numpy.random.seed", "np.random.seed"),
    check=_check,
)
