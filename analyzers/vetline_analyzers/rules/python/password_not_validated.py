"""Passwords that nobody judges before they are set."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_JUDGED = re.compile(
    r"(?i)validate|validator|is_valid|clean|len\(|strength|zxcvbn|policy|random|secrets\.|generate"
)


def _check(hit: Hit) -> Report | None:
    password, user = hit.argument(0), around.owner(hit)
    if user is None or user.type == "call":
        return None  # Django does so, to spend as much time on users that do not exist
    if password is None or not hit.uses("django") or known.fixed(hit, password) is not None:
        return None
    if password.type == "none" or _JUDGED.search(around.function_text(hit)):
        return None
    return Report(
        "Any password is accepted here, also `a`: call validate_password(password, user) before."
    )


RULE = PatternRule(
    id="python/password-not-validated",
    title="Password set without validation",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    cwe=(521,),
    page="""
Django's validators run in its own forms only. Code that calls `set_password` itself accepts whatever came, an empty or
one-letter password included, unless it asks the validators.
""",
    attack="Tries one-letter and common passwords on each account.",
    advice="`django.contrib.auth.password_validation.validate_password(password, user)` before `set_password`.",
    bad=(
        """\
from django.contrib.auth.models import User

def change(request):
    request.user.set_password(request.POST["password"])
""",
        """\
import django.contrib.auth as auth

def create(name, password):
    user = auth.get_user_model()(username=name)
    user.set_password(password)
""",
        """\
from django.db import models

class People(models.Manager):
    def add(self, user, password):
        user.set_password(password)
""",
    ),
    good=(
        """\
from django.contrib.auth.password_validation import validate_password

def change(request):
    validate_password(request.POST["password"], request.user)
    request.user.set_password(request.POST["password"])
""",
        """\
def change(vault, password):
    vault.set_password(password)
""",
    ),
    url="https://docs.djangoproject.com/en/stable/topics/auth/passwords/#module-django.contrib.auth.password_validation",
    tentative=True,
    methods=("set_password",),
    check=_check,
)
