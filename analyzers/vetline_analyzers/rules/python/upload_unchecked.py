"""An uploaded file that is kept without a look at what it is."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import code, definition, inside
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_UPLOAD = re.compile(
    r"request\.(?:files|FILES)\b|b64decode\([^)]*\)|:\s*(?:list\[)?UploadFile\b|=\s*File\(|await\s+request\.(?:form|post)\("
)
_LOOKED = re.compile(
    r"splitext|\.suffix|endswith|content_type|mimetype|\bmagic\b|imghdr|filetype|allowed|ALLOWED|Image\.open"
    r"|rsplit\(|valid\w*\(|is_valid|extension|uuid|token_hex|token_urlsafe"
)
_HOPS = 4
_VALUES = 50  # expressions followed at once
_NAMED = re.compile(
    r"\.filename\b|\.name\b|request\.(?:args|form|json|values|POST|GET)\b[^\n]*name"
)


def _check(hit: Hit) -> Report | None:
    function = definition(hit)
    if function is None:
        return None
    text = code(hit, function)
    if not _UPLOAD.search(text) or _LOOKED.search(text) or not _NAMED.search(text):
        return None
    if not hit.name:
        called = callee(hit.node)
        owner = called.child_by_field_name("object") if called is not None else None
        if owner is None or hit.text(owner) in {"form", "self", "super()"}:
            return None
    if not _under_its_name(hit):
        return None
    return Report(
        "Whatever is uploaded is kept under the sender's name: check the extension against a list and choose "
        "the name yourself."
    )


def _under_its_name(hit: Hit) -> bool:
    """Whether the path is made with the name that the sender gave, here or some assignments before."""
    path = hit.argument(0)
    found = [path] if path is not None else []
    for _ in range(_HOPS):
        if any(_NAMED.search(hit.text(node)) for node in found):
            return True
        names = (name for node in found for name in inside(hit, node, "identifier"))
        found = [value for name in names for value in hit.scope.values(name)][:_VALUES]
    return False


RULE = PatternRule(
    id="python/upload-unchecked",
    title="Upload kept as it came",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(434,),
    page="""
A handler that stores an uploaded file under the name and extension the sender chose lets them put a page
with scripts, a template or a program where the server may serve or run it. `secure_filename` removes
slashes, but leaves `.html`, `.php` and `.py`.
""",
    attack="Uploads `page.html` with a script in it and sends its address to a user.",
    advice="Compare the extension with a short list, look at the content, and store it under a random name "
    "outside the served folder.",
    bad=(
        """\
from flask import request

def upload():
    file = request.files["file"]
    file.save("./uploads/" + file.filename)
""",
        """\
from werkzeug.utils import secure_filename

def upload():
    f = request.files["photo"]
    f.save(os.path.join(FOLDER, secure_filename(f.filename)))
""",
        """\
async def upload(file: UploadFile):
    with open(f"uploads/{file.filename}", "wb") as out:
        out.write(await file.read())
""",
    ),
    good=(
        """\
from flask import request

def upload():
    file = request.files["file"]
    if os.path.splitext(file.filename)[1] not in {".png", ".jpg"}:
        abort(400)
    file.save("./uploads/" + secure_filename(file.filename))
""",
        """\
from flask import request

def upload():
    file = request.files["file"]
    file.save(f"./uploads/{uuid.uuid4()}")
""",
        """\
def rename(item):
    item.name = "new"
    item.save("now")
""",
    ),
    url="https://flask.palletsprojects.com/en/stable/patterns/fileuploads/",
    names=("open",),
    methods=("save",),
    check=_check,
)
