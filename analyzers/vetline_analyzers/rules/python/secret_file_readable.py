"""A secret written to a file that others may read."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, code, definition
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SECRET = re.compile(
    r"(?:^|[^a-z])(?:private_?key|secret|password|passwd|credential|api_?key|master_?key|sensitive|pem_data"
    r"|access_?token|auth_?token|refresh_?token|key_?pem|ssh_?key|signing_?key|encryption_?key)s?(?![a-z])"
)
_CAREFUL = re.compile(
    r"0o?[67]00|S_IRUSR|S_IRWXU|opener\s*=|umask\(|mkstemp|NamedTemporaryFile|encrypt|hash|fernet|public",
    re.IGNORECASE,
)
_METHODS = ("write", "write_text", "write_bytes", "dump")


def _check(hit: Hit) -> Report | None:
    data = hit.argument(0)
    function = definition(hit)
    if data is None or function is None or (data.type == "string" and hit.constant(data)):
        return None
    text = code(hit, function)
    if not _opens(hit, text) or _CAREFUL.search(text):
        return None
    if not _SECRET.search(hit.text(data).lower()):
        return None
    return Report(
        "The file is made with the rights everybody gets by default, so others may read the secret: open it "
        "with an opener that passes 0o600 to os.open.",
        confidence=Confidence.MEDIUM if _SECRET.search(called(hit, function)) else Confidence.LOW,
    )


def _opens(hit: Hit, text: str) -> bool:
    name = hit.text(hit.node).partition("(")[0]
    if name.endswith((".write_text", ".write_bytes")):
        return True
    return (
        re.search(
            r"\bopen\([^()\n]{0,99}(?:\([^()\n]{0,99}\))?[^()\n]{0,99}['\"][wa]b?\+?['\"]", text
        )
        is not None
    )


RULE = PatternRule(
    id="python/secret-file-readable",
    title="Secret in a file with default rights",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(732, 276, 312, 522),
    page="""
`open(path, "w")` makes a file that, with the usual umask, every user of the machine may read. A private
key, a password or a token belongs into a file that only its owner can open, from the first moment:
a `chmod` afterwards comes too late for whoever was waiting.
""",
    attack="Reads the key file as another user, or as a hacked service on the same machine.",
    advice='Open it with `open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600))`.',
    bad=(
        """\
def save(path, private_key):
    with open(path, "w") as file:
        file.write(private_key)
""",
        """\
def store(path, user, password):
    with open(path, "a") as out:
        out.write(f"{user}:{password}")
""",
        """\
def keep(path, api_key):
    path.write_text(api_key)
""",
    ),
    good=(
        """\
import os

def save(path, private_key):
    with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
        file.write(private_key)
""",
        """\
def save(path, public_text):
    with open(path, "w") as file:
        file.write(public_text)
""",
        """\
import os

def save(path, private_key):
    with open(path, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(private_key)
""",
    ),
    url="https://docs.python.org/3/library/functions.html#open",
    methods=_METHODS,
    check=_check,
)
