"""A stream that is read to its end, however long it is."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, code, definition
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_OUTSIDE = re.compile(r"(?i)upload|download|stream|request|socket|fetch|remote|url|body|webhook")
_READS = re.compile(
    r"\.(?:read|recv|readline|iter_content|iter_bytes|aiter_bytes|iter_chunked|iter_any)\("
)
_KEEPS = re.compile(r"\.write\(|\.append\(|\+=|\bprocess|\bpass\b")
_LIMIT = re.compile(
    r"(?i)(?:>=?|<=?)\s*(?:\w*\.)*\w*(?:max|limit|size|length|total|quota|cap)|(?:size|total|length|count|read|downloaded)\w*\s*(?:>=?|<)|limit|MAX_"
)


def _check(hit: Hit) -> Report | None:
    function = definition(hit)
    name = called(hit, function)
    if function is None or not _OUTSIDE.search(name):
        return None
    text = code(hit, hit.node)
    head = hit.text(hit.node).split("\n", 1)[0]
    endless = re.match(r"while\s+(?:True|1)\b|(?:async\s+)?for\b", head)
    if not endless or not _READS.search(text) or not _KEEPS.search(text):
        return None
    if head.startswith(("for", "async")) and not _READS.search(head):
        return None
    if _LIMIT.search(
        text.replace("CHUNK_SIZE", "").replace("BUFFER_SIZE", "").replace("chunk_size", "")
    ):
        return None
    at = hit.node.child_by_field_name("condition") or hit.node.child_by_field_name("right")
    return Report(
        "Whatever is sent is read to its end, however much it is: count it, and stop at a limit.",
        at,
    )


RULE = PatternRule(
    id="python/unlimited-stream",
    title="Stream read without a limit",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(400, 770),
    page="""
The loop reads from a connection until the other side is done, and keeps or writes all of it. Nothing
counts. Whoever sends without an end fills the memory or the disk, and the service stops for everybody.
""",
    attack="Sends a body that never ends, from a machine that costs nothing.",
    advice="Add up the lengths and stop with an error at the largest size that makes sense.",
    bad=(
        """\
def handle_upload(stream, path):
    with open(path, "wb") as out:
        while True:
            chunk = stream.read(8192)
            if not chunk:
                break
            out.write(chunk)
""",
        """\
def download(url, path):
    with requests.get(url, stream=True, timeout=10) as answer, open(path, "wb") as out:
        for chunk in answer.iter_content(8192):
            out.write(chunk)
""",
        """\
def read_request(connection):
    data = b""
    while True:
        part = connection.recv(4096)
        if not part:
            return data
        data += part
""",
    ),
    good=(
        """\
def handle_upload(stream, path):
    total = 0
    with open(path, "wb") as out:
        while True:
            chunk = stream.read(8192)
            total += len(chunk)
            if total > MAX_UPLOAD:
                raise ValueError("too large")
            if not chunk:
                break
            out.write(chunk)
""",
        """\
def copy(source, target):
    while True:
        chunk = source.read(8192)
        if not chunk:
            break
        target.write(chunk)
""",
    ),
    url="https://cwe.mitre.org/data/definitions/770.html",
    query="[(while_statement) (for_statement)] @hit",
    check=_check,
)
