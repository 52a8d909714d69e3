"""A port that takes code."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    if hit.name == "logging.config.listen":
        if hit.either(1, "verify") is not None:
            return None
        return Report(
            "Whoever reaches this port sends a configuration, and parts of one are evaluated: pass verify."
        )
    if hit.keyword("authkey") is not None or hit.argument(3) is not None:
        return None
    return Report(
        "What comes in is unpickled, whoever sends it: pass an authkey, and listen on this machine only."
    )


RULE = PatternRule(
    id="python/log-config-listen",
    title="Port that takes code from whoever connects",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(95, 94, 502, 306),
    page="""
`logging.config.listen` evaluates parts of what is sent to its port, and the connections of
`multiprocessing` unpickle it. Every user of the machine can connect to a port on it, and so can a web page
by way of a browser. Neither asks who is there.
""",
    attack="Connects to the port from another account of the machine and sends a pickle.",
    advice="Pass `verify` to check a signature, and `authkey` to connections; use a Unix socket in a folder "
    "of the program's own.",
    bad=(
        """\
import logging.config

thread = logging.config.listen(9999)
""",
        """\
from multiprocessing.connection import Listener

with Listener(("localhost", 6000)) as listener:
    job = listener.accept().recv()
""",
        """\
import multiprocessing.connection

connection = multiprocessing.connection.Client(("localhost", 12345))
""",
    ),
    good=(
        """\
import logging.config

thread = logging.config.listen(9999, verify=check)
""",
        """\
from multiprocessing.connection import Listener

with Listener(("localhost", 6000), authkey=key) as listener:
    job = listener.accept().recv()
""",
    ),
    same_as=("bandit/B612",),
    url="https://docs.python.org/3/library/logging.config.html#logging.config.listen",
    names=(
        "logging.config.listen",
        *("multiprocessing.connection.Client", "multiprocessing.connection.Listener"),
    ),
    check=_check,
)
