"""A hash algorithm that the caller names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_GUARD = r"\b{name}(?:\.\w+\(\))?\s+(?:not\s+)?in\s+(?!hashlib\.algorithms|\w*available)|\b{name}\s*[!=]="


def _check(hit: Hit) -> Report | None:
    chosen = _chosen(hit)
    function = hit.scope.function(hit.node)
    if chosen is None or chosen.type != "identifier" or function is None:
        return None
    name = hit.text(chosen)
    parameters = function.child_by_field_name("parameters")
    if parameters is None or not re.search(
        rf"\b{re.escape(name)}\b(?!\s*(?::[^,=]*)?=)", hit.text(parameters)
    ):
        return None
    if re.search(
        _GUARD.format(name=re.escape(name)), around.function_text(hit)
    ) or hit.scope.values(chosen):
        return None
    return Report(
        f"Whoever calls this chooses the hash, MD5 and SHA-1 included: allow {name} to be one of a few "
        "strong ones only."
    )


def _chosen(hit: Hit) -> Node | None:
    if hit.name == "hashlib.new":
        return hit.either(0, "name")
    if hit.name == "getattr":
        owner = hit.argument(0)
        return hit.argument(1) if owner is not None and hit.resolve(owner) == "hashlib" else None
    return hit.either(2, "digestmod") if hit.name.startswith("hmac.") else None


RULE = PatternRule(
    id="python/hash-chosen-by-caller",
    title="Hash chosen by the caller",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    cwe=(327, 328, 757),
    page="""
A function that takes the name of its hash computes MD5 when asked to, and a test against what the library
has does not help, since the library has the broken ones too. What is read from a message or a configuration
then decides how strong the check of that message is.
""",
    attack="Names MD5 as the algorithm of a message and forges it.",
    advice='Compare with a list of your own: `if name not in {"sha256", "sha512"}: raise ValueError(name)`.',
    bad=(
        """\
import hashlib

def digest(name, data):
    if name not in hashlib.algorithms_available:
        raise ValueError(name)
    return hashlib.new(name, data).hexdigest()
""",
        """\
import hmac

def sign(key, text, algorithm: str):
    return hmac.new(key, text, digestmod=algorithm).digest()
""",
        """\
import hashlib

def digest(kind, data):
    return getattr(hashlib, kind)(data).hexdigest()
""",
    ),
    good=(
        """\
import hashlib

def digest(name, data):
    if name not in ("sha256", "sha512"):
        raise ValueError(name)
    return hashlib.new(name, data).hexdigest()
""",
        """\
import hmac

def sign(key, text, algorithm="sha256"):
    return hmac.new(key, text, digestmod=algorithm).digest()
""",
    ),
    url="https://docs.python.org/3/library/hashlib.html#hashlib.algorithms_available",
    tentative=True,
    names=("hashlib.new", "hmac.new", "hmac.digest", "getattr"),
    check=_check,
)
