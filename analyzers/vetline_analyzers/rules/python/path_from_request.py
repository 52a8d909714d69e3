"""A path that a visitor chooses."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_KEPT_INSIDE = re.compile(r"\.(?:startswith|is_relative_to|relative_to|commonpath|commonprefix)\(")


def _check(hit: Hit) -> Report | None:
    path = hit.argument(0)
    if path is None or not hit.from_request(path) or _KEPT_INSIDE.search(hit.before()):
        return None
    return Report(
        "A visitor chooses this path: `../` leads out of the folder. Resolve it and check that it "
        "stays inside.",
        path,
    )


RULE = PatternRule(
    id="python/path-from-request",
    title="Path chosen by a visitor",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(22,),
    page="""
The name of a file that is opened, sent or removed is visibly made of a request. `../../etc/passwd`, or
an absolute path, which `os.path.join` lets win, reads or removes what the server can.
""",
    advice="Use `send_from_directory` or `werkzeug.utils.safe_join`, or resolve the path and check "
    "`path.is_relative_to(folder)`.",
    bad=(
        """\
from flask import request

def show():
    return open(request.args['file']).read()
""",
        """\
import os
from flask import request, send_file

def show():
    path = os.path.join('files', request.args.get('name'))
    return send_file(path)
""",
        """\
import os

def remove(request):
    os.remove(f"up/{request.POST['name']}")
""",
    ),
    good=(
        """\
from flask import request, send_from_directory

def show():
    return send_from_directory('files', request.args['name'])
""",
        """\
from flask import request
from werkzeug.utils import secure_filename

def show():
    return open(secure_filename(request.args['file'])).read()
""",
        """\
import os
from flask import abort, request

def show():
    path = os.path.realpath(os.path.join("/files", request.args["file"]))
    if not path.startswith("/files/"):
        abort(404)
    return open(path).read()
""",
        """\
def show(name):
    return open(name).read()
""",
    ),
    url="https://owasp.org/www-community/attacks/Path_Traversal",
    names=(
        *("open", "io.open", "os.open", "os.remove", "os.unlink", "os.rmdir", "os.listdir"),
        *("shutil.rmtree", "shutil.copy", "shutil.move", "flask.send_file", "codecs.open"),
        *("aiofiles.open", "django.http.FileResponse", "starlette.responses.FileResponse"),
        "fastapi.responses.FileResponse",
    ),
    check=_check,
)
