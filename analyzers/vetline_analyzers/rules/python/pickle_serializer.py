"""A framework that is told to exchange pickles."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around import setting, settings_query
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SETTINGS = (
    *("task_serializer", "result_serializer", "accept_content", "event_serializer"),
    *("CELERY_TASK_SERIALIZER", "CELERY_RESULT_SERIALIZER", "CELERY_ACCEPT_CONTENT"),
    *("result_accept_content", "SESSION_SERIALIZER", "cookies_serializer", "serializer"),
)
_FAMILIES = ("celery", "django", "kombu", "flask", "rq")


def _check(hit: Hit) -> Report | None:
    found = setting(hit)
    if found is None:
        return None
    name, value = found
    if name == "serializer" and not hit.uses(*_FAMILIES):
        return None
    words = hit.text(value).lower()
    if value.type not in {"string", "list", "tuple", "set"} or "pickle" not in words:
        return None
    return Report(
        f"{name} lets whoever writes to the broker or the session send a pickle, which runs code: use JSON."
    )


RULE = PatternRule(
    id="python/pickle-serializer",
    title="Messages or sessions as pickles",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(502,),
    page="""
Task queues and session stores can be told to exchange pickles. Then whoever can write to the broker, the
cache or, with a leaked key, a cookie, sends a pickle, and the worker that reads it runs the code it
names. JSON carries what tasks and sessions need.
""",
    attack="Puts a pickle into the unauthenticated Redis behind the queue; each worker runs it.",
    advice='Use `"json"` for serializers and accept nothing else.',
    bad=(
        """\
from celery import Celery

app = Celery("tasks")
app.conf.update(task_serializer="pickle", accept_content=["pickle", "json"])
""",
        """\
SESSION_SERIALIZER = "django.contrib.sessions.serializers.PickleSerializer"
""",
        """\
from celery import Celery

app = Celery("tasks")
app.conf.accept_content = ["pickle"]
""",
    ),
    good=(
        """\
from celery import Celery

app = Celery("tasks")
app.conf.update(task_serializer="json", accept_content=["json"])
""",
        """\
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
""",
    ),
    url="https://docs.celeryq.dev/en/stable/userguide/security.html#serializers",
    query=settings_query(*_SETTINGS),
    check=_check,
)
