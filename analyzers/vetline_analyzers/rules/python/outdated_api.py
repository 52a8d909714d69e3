"""Functions that are gone, or that nobody mends any more."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import importing, unshadowed
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

# name: what to use instead, and whether the one can stand for the other
_INSTEAD = {
    "time.clock": ("time.process_time", True),
    "pipes.quote": ("shlex.quote", True),
    "cgi.escape": ("html.escape", True),
    "cgi.parse_qs": ("urllib.parse.parse_qs", False),
    "cgi.parse_qsl": ("urllib.parse.parse_qsl", False),
    "cgi.FieldStorage": ("a web framework's forms, or the multipart package", False),
    "cgi.parse_multipart": ("the multipart package", False),
    "imp.load_source": ("importlib.util.spec_from_file_location", False),
    "imp.load_module": ("importlib.util.spec_from_file_location", False),
    "imp.find_module": ("importlib.util.find_spec", False),
    "smtpd.SMTPServer": ("aiosmtpd", False),
    "asyncore.loop": ("asyncio", False),
    "asyncore.dispatcher": ("asyncio", False),
    "asynchat.async_chat": ("asyncio", False),
    "os.popen2": ("subprocess.run with a list", False),
    "os.popen3": ("subprocess.run with a list", False),
    "os.popen4": ("subprocess.run with a list", False),
    "popen2.popen2": ("subprocess.run with a list", False),
    "popen2.popen3": ("subprocess.run with a list", False),
    "commands.getoutput": ("subprocess.run with a list", False),
    "commands.getstatusoutput": ("subprocess.run with a list", False),
    "xmllib.XMLParser": ("defusedxml", False),
    "HTMLParser.HTMLParser.unescape": ("html.unescape", False),
    "flask.Markup": ("markupsafe.Markup", False),
    "flask.escape": ("markupsafe.escape", False),
    "jinja2.Markup": ("markupsafe.Markup", False),
    "jinja2.escape": ("markupsafe.escape", False),
    "werkzeug.security.safe_str_cmp": ("hmac.compare_digest", False),
    "safe_str_cmp": ("hmac.compare_digest", False),
    "django.utils.encoding.force_text": ("django.utils.encoding.force_str", False),
    "django.utils.http.is_safe_url": ("django.utils.http.url_has_allowed_host_and_scheme", False),
    "django.utils.http.urlquote": ("urllib.parse.quote", False),
    "platform.popen": ("subprocess.run with a list", False),
}
# On Windows the clock was one on the wall, and cgi.escape leaves quotes alone: JSON comes through it.
_SAME = frozenset({"pipes.quote"})


def _check(hit: Hit) -> Report | None:
    instead, alike = _INSTEAD[hit.name]
    function = callee(hit.node)
    fix = None
    if alike and function is not None:
        module = instead.partition(".")[0]
        imported = importing(hit, module)
        if imported is not None:
            edits = (*imported, hit.edit(function, instead))
            safe = hit.name in _SAME and unshadowed(hit, module)
            fix = Fix(f"Use {instead}", edits, safe=safe)
    return Report(
        f"{hit.name} is gone from current versions, and unmended in old ones: use {instead}.",
        fix=fix,
    )


RULE = PatternRule(
    id="python/outdated-api",
    title="Function that is gone or unmended",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(477, 1104),
    page="""
This function was taken out of Python or its package, because something safer replaced it. Where it is
still there nobody mends it; `cgi.escape` leaves quotes alone, `os.popen2` goes through a shell. Code that
learnt from old examples keeps bringing them back.
""",
    attack="Uses a hole that was mended in the successor and never will be here.",
    advice="Use what the message names.",
    bad=(
        """\
import time

start = time.clock()
""",
        """\
import pipes

def listing(path):
    return "ls " + pipes.quote(path)
""",
        """\
from cgi import FieldStorage

form = FieldStorage()
""",
        """\
import imp

plugin = imp.load_source("plugin", path)
""",
    ),
    good=(
        """\
import time

start = time.perf_counter()
""",
        """\
import shlex

command = "ls " + shlex.quote(path)
""",
        """\
import html

text = html.escape(name)
""",
    ),
    url="https://peps.python.org/pep-0594/",
    names=tuple(_INSTEAD),
    check=_check,
)
