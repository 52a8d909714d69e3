"""A path that a visitor chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.flow.value import Source

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called


def _is_path(called: Called) -> bool:
    return any("Path" in name for name in called.receiver.names)


def _is_upload(called: Called) -> bool:
    return any("file" in name.lower() for name in called.receiver.names) or bool(
        called.receiver.taints
    )


def _is_traced(called: Called) -> bool:
    """Whether a stranger's text is in it: to ask for a parameter's file is no harm by itself."""
    return any(t.source is Source.REQUEST for value in called.arguments for t in value.every())


def _judge(arrival: Arrival) -> bool:
    if arrival.traced:
        return True
    # A function that opens what it is told to is no fault; one that puts it into a path of its own may be.
    return (
        bool(arrival.parameters)
        and arrival.is_built
        and "/"
        in arrival.head + "".join(piece for piece in arrival.pieces if isinstance(piece, str))
    )


RULE = FlowRule(
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
    kind="path",
    sinks=(
        Sink(
            names=(
                *(
                    "open",
                    "io.open",
                    "os.open",
                    "os.remove",
                    "os.unlink",
                    "os.rmdir",
                    "os.listdir",
                    "os.mkdir",
                ),
                *(
                    "os.makedirs",
                    "os.rename",
                    "os.replace",
                    "os.scandir",
                    "os.walk",
                    "os.chmod",
                    "os.removedirs",
                ),
                *(
                    "shutil.rmtree",
                    "shutil.copy",
                    "shutil.copyfile",
                    "shutil.copy2",
                    "shutil.move",
                    "codecs.open",
                ),
                *(
                    "flask.send_file",
                    "send_file",
                    "aiofiles.open",
                    "django.http.FileResponse",
                    "FileResponse",
                    "file",
                ),
                *(
                    "starlette.responses.FileResponse",
                    "fastapi.responses.FileResponse",
                    "linecache.getlines",
                ),
                *(
                    "zipfile.ZipFile",
                    "tarfile.open",
                    "gzip.open",
                    "numpy.load",
                    "PIL.Image.open",
                    "sqlite3.connect",
                ),
                *(
                    "aiohttp.web.FileResponse",
                    "web.FileResponse",
                    "os.symlink",
                    "os.link",
                    "glob.glob",
                    "bottle.static_file",
                ),
            ),
            arguments=(0, "file", "path", "path_or_file", "filename", "src"),
        ),
        Sink(
            names=("shutil.copy", "shutil.copyfile", "shutil.move", "os.rename", "os.replace"),
            arguments=(1,),
        ),
        Sink(
            names=("flask.send_from_directory", "send_from_directory"), arguments=(0, "directory")
        ),
        Sink(
            methods=(
                "read_text",
                "write_text",
                "read_bytes",
                "write_bytes",
                "unlink",
                "rmdir",
                "iterdir",
                "rglob",
            ),
            arguments=("self",),
        ),
        Sink(
            methods=("open", "exists", "is_file", "is_dir", "stat", "mkdir", "glob"),
            arguments=("self",),
            when=_is_path,
        ),
        Sink(
            names=("os.path.exists", "os.path.isfile", "os.path.getsize", "os.stat"),
            when=_is_traced,
        ),
        Sink(methods=("save",), when=_is_upload),
    ),
    traced="{label} chooses this path: `../` leads out of the folder. Resolve it and check that it stays inside.",
    possible="A parameter becomes a part of this path: `../` in it leads out of the folder. "
    "Resolve it and check that it stays inside.",
    judge=_judge,
    attack="The file name `../../etc/passwd` reads what the server can read.",
)
