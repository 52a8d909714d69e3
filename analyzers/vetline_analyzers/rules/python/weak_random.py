"""Randomness that can be predicted."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_CALLS = (
    *("random", "randint", "randrange", "choice", "choices", "sample", "getrandbits", "randbytes"),
    *("uniform", "triangular", "normalvariate", "gauss", "betavariate", "expovariate", "shuffle"),
    *("lognormvariate", "vonmisesvariate", "gammavariate", "paretovariate", "weibullvariate"),
)
_NUMPY = ("rand", "randint", "random", "choice", "bytes", "random_integers", "permutation")
# What needs no secrecy: pauses, pictures, games, tests and samples.
_HARMLESS = re.compile(
    r"_(?:sleep|delay|jitter|backoff|wait|pause|timeout|retry|interval|duration|seconds|colou?rs?|sampled?"
    r"|tests?|mock|fake|dummy|demo|noise|noisy|weights?|pos|position|x|y|z|dx|dy|dice|roll|idx|index|indices"
    r"|angle|speed|velocity|score|batch|epoch|shuffled?|train|augment|mutate|mutation|population|agent"
    r"|joke|quote|greeting|emoji|player|enemy|card|deck|move|ports?|chunk|words?|sentence|paragraph|sampling|probability|chance|direction|user_agent|proxy|proxies|simulat\w*)s?_"
)
_PLAYFUL = re.compile(
    r"_(?:sleep|delay|jitter|backoff|retry|colou?r|mock|fake|demo|noise|sample|shuffle)_"
)
# What divides the parts of a message only must not occur in them: nobody gains by guessing it.
_BOUNDARY = re.compile(r"\bboundary\b")
_SEEDED = re.compile(r"\b(?:seed|setstate)\(")
_LABORATORY = (
    *("numpy", "torch", "tensorflow", "sklearn", "pandas", "scipy", "pygame", "turtle", "simpy"),
    *(
        "faker",
        "factory",
        "hypothesis",
        "pytest",
        "unittest",
        "networkx",
        "matplotlib",
        "jax",
        "cv2",
    ),
)
_MAKES = re.compile(
    r"_(?:gen|generate|generated|generator|create|make|new|random|rand|get|build|issue|mint)_"
)


def _check(hit: Hit) -> Report | None:
    if _BOUNDARY.search(around.function_text(hit)):
        return None
    secret = _secret(hit)
    if secret:
        return Report(
            f"The module random can be predicted from some of its output, and this makes {secret}: "
            "use secrets or random.SystemRandom.",
            tentative=False,
            severity=Severity.HIGH,
            fix=_fix(hit, secret=True),
        )
    if hit.name.startswith(("numpy.", "np.")) or hit.name.endswith(".shuffle") or _harmless(hit):
        return None
    return Report(
        "The module random can be predicted: where somebody gains by guessing this value, use secrets.",
        fix=_fix(hit, secret=False),
    )


def _secret(hit: Hit) -> str:
    """What the value becomes, as far as its names say, "" when it is nothing secret."""
    for part in around.purposes(hit):
        if part.how == "function":
            makes = _MAKES.search(around.words(part.name)) or around.returned(hit)
            return f"what {part.name} gives" if makes and around.is_secret(part.name) else ""
        if part.how == "target" and _HARMLESS.search(around.words(part.name)):
            return ""
        if around.is_secret(part.name):
            return "a secret" if part.how == "callee" else part.name
    if hit.name.endswith(".shuffle") and around.mentions(hit, hit.argument(0), around.is_secret):
        return "a secret"
    return ""


def _harmless(hit: Hit) -> bool:
    if hit.uses(*_LABORATORY):
        return True
    for part in around.purposes(hit):
        spoken = around.words(part.name)
        if part.how == "function":
            return spoken.startswith("_test_") or bool(_PLAYFUL.search(spoken))
        if _HARMLESS.search(spoken):
            return True
    return _tossed(hit)


def _tossed(hit: Hit) -> bool:
    """Whether a number is drawn to let something happen now and then: `random() < 0.1`."""
    parent = hit.node.parent
    return parent is not None and parent.type == "comparison_operator"


def _fix(hit: Hit, *, secret: bool) -> Fix | None:
    """The same call on the generator of the operating system.

    Safe for a secret alone: that it can be had again from a seed is the fault there, elsewhere perhaps the point.
    """
    module = around.owner(hit)
    if module is None or module.type != "identifier" or hit.resolve(module) != "random":
        return None
    edit = hit.insert_after(module, ".SystemRandom()")
    safe = secret and not _SEEDED.search(around.wide_text(hit, hit.scope.block))
    return Fix("Draw from the operating system's generator", (edit,), safe=safe)


RULE = PatternRule(
    id="python/weak-random",
    title="Predictable randomness",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(338, 330, 331),
    page="""
The module `random` is made for simulations. Its state can be computed from 624 of its outputs, and from far
fewer when it is seeded with the time; then every later token, password or session identifier is known in
advance.
""",
    attack="Asks for some hundred tokens, computes the generator's state and knows everybody's next one.",
    advice="Use `secrets.token_urlsafe()`, `secrets.choice` or `random.SystemRandom()`.",
    bad=(
        """\
import random

def new_token():
    return "%032x" % random.getrandbits(128)
""",
        """\
from random import choice as pick
import string

def register(user):
    user.password = "".join(pick(string.ascii_letters) for _ in range(10))
""",
        """\
import random

def answer(session):
    session["session_id"] = str(random.randint(0, 10**9))
""",
        """\
import random

generator = random.Random(4)
reset_code = random.Random().sample(range(10), 6)
""",
        """\
import numpy as np

api_key = np.random.bytes(32)
""",
        """\
import random

value = str(random.normalvariate())
""",
    ),
    good=(
        """\
import secrets

def new_token():
    return secrets.token_hex(16)
""",
        """\
import random

def register(user):
    user.password = "".join(random.SystemRandom().choice("abc") for _ in range(10))
""",
        """\
import random, time

def again(attempt):
    time.sleep(random.random() * attempt)
""",
        """\
from deck import random

value = random.choice("abc")
""",
        """\
import random

def divide(parts):
    token = random.randrange(10**19)
    boundary = "=" * 15 + f"{token:019d}"
    return boundary.join(parts)
""",
    ),
    same_as=("bandit/B311",),
    url="https://docs.python.org/3/library/secrets.html",
    tentative=True,
    names=(
        *(f"random.{name}" for name in _CALLS),
        *(f"random.Random().{name}" for name in _CALLS),
        *("random", "randint", "randrange", "getrandbits", "randbytes"),
        *(f"{module}.random.{name}" for module in ("numpy", "np") for name in _NUMPY),
    ),
    check=_check,
)
