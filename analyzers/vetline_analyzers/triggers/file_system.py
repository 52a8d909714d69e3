"""What is written, removed, moved or opened to others on a disk."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import of
from vetline_analyzers.syntax.given import (
    called_on,
    either,
    every,
    from_request,
    no,
    of_request,
    says,
    varies,
)
from vetline_analyzers.syntax.trigger import Sign, Trigger

_WRITE = (
    "{name} writes a file: check who decides where, and what is lost when one is there already."
)
_REMOVE = (
    "{name} removes or moves files: check who decides which, and that links lead nowhere else."
)
_RIGHTS = (
    "{name} changes who may read or change a file: check that nobody gets more than is needed."
)
_UNPACK = "{name} unpacks files: check that none of their names leads out of the folder, and how large they may get."
_READ = "{name} opens the file that a request names: check that it cannot lead out of its folder."

_FOR_WRITING = r"[rbtU]*[wax+]"
_PYTHON = (
    Sign(
        says=_WRITE,
        names=(
            *("open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open"),
            *("aiofiles.open",),
        ),
        when=says((1, "mode"), _FOR_WRITING),
    ),
    Sign(
        says=_WRITE,
        methods=("open",),
        when=every(
            says((0, "mode"), rf"{_FOR_WRITING}[bt+]*\Z"),
            no(called_on("tarfile|zipfile|gzip|bz2|lzma|io|codecs|webbrowser|Image|aiofiles")),
        ),
    ),
    Sign(says=_WRITE, methods=("write_text", "write_bytes")),
    Sign(
        says=_WRITE,
        names=("zipfile.ZipFile", "tarfile.open", "shutil.make_archive", "py7zr.SevenZipFile"),
        when=says((1, "mode"), _FOR_WRITING),
    ),
    Sign(
        says=_WRITE,
        names=("os.mkfifo", "os.mknod", "os.truncate", "tempfile.mktemp"),
    ),
    Sign(
        says=_WRITE,
        methods=("save",),
        when=every(
            varies(0),
            either(
                of_request,
                called_on(
                    r"\w{0,40}(?:file|upload|image_file|FileStorage)|files\.get\(\)|request\.files\.get\(\)"
                ),
            ),
        ),
        uses=("flask", "werkzeug", "quart"),
    ),
    Sign(
        says=_REMOVE,
        names=(
            *(
                f"os.{name}"
                for name in (
                    "remove",
                    "unlink",
                    "rmdir",
                    "removedirs",
                    "rename",
                    "renames",
                    "replace",
                )
            ),
            *(f"os.{name}" for name in ("symlink", "link")),
            *(
                f"shutil.{name}"
                for name in (
                    "rmtree",
                    "move",
                    "copy",
                    "copy2",
                    "copyfile",
                    "copytree",
                    "copyfileobj",
                )
            ),
            *("send2trash.send2trash", "distutils.dir_util.remove_tree"),
        ),
    ),
    Sign(
        says=_REMOVE,
        methods=("unlink", "rmdir", "symlink_to", "hardlink_to"),
    ),
    Sign(
        says=_REMOVE,
        methods=("rename", "replace"),
        when=called_on(r"(?:\w{1,40}_)?(?:path|file|target|tmp|temp|dest)|(?:pathlib\.)?Path"),
        uses=("pathlib",),
    ),
    Sign(
        says=_RIGHTS,
        names=("os.chmod", "os.chown", "os.lchown", "os.fchmod", "os.umask", "shutil.chown"),
    ),
    Sign(says=_RIGHTS, methods=("chmod", "lchmod")),
    Sign(
        says=_UNPACK,
        names=("shutil.unpack_archive", "patoolib.extract_archive"),
        methods=("extractall",),
        when=no(called_on("str")),
    ),
    Sign(
        says=_READ,
        names=(
            *("flask.send_file", "flask.send_from_directory", "fastapi.responses.FileResponse"),
            *(
                "starlette.responses.FileResponse",
                "django.http.FileResponse",
                "sanic.response.file",
            ),
        ),
        when=varies(),
    ),
    Sign(
        says=_READ,
        names=("open", "io.open", "pathlib.Path", "os.listdir", "os.scandir", "os.walk"),
        when=from_request(0),
    ),
)

_FS = ("", "Sync")
_JAVASCRIPT = (
    Sign(
        says=_WRITE,
        names=(
            *(
                f"fs.{promises}{name}{sync}"
                for promises in ("", "promises.")
                for name in ("writeFile", "appendFile", "truncate", "mkdtemp")
                for sync in _FS
            ),
            *of("fs", "createWriteStream"),
            *(
                f"fs-extra.{name}{sync}"
                for name in ("writeFile", "outputFile", "writeJson", "outputJson", "appendFile")
                for sync in _FS
            ),
            *(
                "Bun.write",
                "Deno.writeTextFile",
                "Deno.writeFile",
                "Deno.writeTextFileSync",
                "write-file-atomic",
            ),
        ),
    ),
    Sign(
        says=_REMOVE,
        names=(
            *(
                f"{base}.{name}{sync}"
                for base in ("fs", "fs.promises", "fs-extra")
                for name in (
                    "unlink",
                    "rm",
                    "rmdir",
                    "rename",
                    "copyFile",
                    "cp",
                    "symlink",
                    "link",
                    "remove",
                    "move",
                    "copy",
                    "emptyDir",
                )
                for sync in _FS
            ),
            *("rimraf", "rimraf.rimraf", "rimraf.sync", "del", "del.deleteAsync", "Deno.remove"),
        ),
    ),
    Sign(
        says=_RIGHTS,
        names=tuple(
            f"{base}.{name}{sync}"
            for base in ("fs", "fs.promises", "fs-extra")
            for name in ("chmod", "chown", "lchown", "fchmod")
            for sync in _FS
        ),
    ),
    Sign(
        says=_UNPACK,
        methods=("extractAllTo", "extractAllToAsync"),
        names=("unzipper.Extract", "tar.extract", "tar.x", "extract-zip", "decompress"),
    ),
    Sign(
        says=_READ,
        methods=("sendFile", "download", "sendfile"),
        when=every(called_on("res|response|reply|ctx"), varies(0)),
    ),
    Sign(
        says=_READ,
        names=tuple(
            f"{base}.{name}"
            for base in ("fs", "fs.promises", "fs-extra")
            for name in (
                "readFile",
                "readFileSync",
                "createReadStream",
                "readdir",
                "readdirSync",
                "stat",
            )
        ),
        when=from_request(0),
    ),
)

TRIGGER = Trigger(
    id="trigger/file-system",
    title="Code that writes, removes or moves files",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    of_ai=True,
    page="""
An AI wrote or changed code that writes, removes, moves or unpacks files, changes who may use them, or opens one that a
request names. What is lost there is lost, and rules do not know which folder is whose. Reading a file whose place the
program itself decides is passed over.
""",
    attack="Names a file such as `../../.ssh/authorized_keys` where the generated code expects a plain one.",
    advice="Check who decides on each path, what happens to what is there already, and request a review where files "
    "of people are at stake.",
    bad=(
        """\
def keep(path, text):
    with open(path, "w") as file:
        file.write(text)
""",
        """\
import shutil

def clear(folder):
    shutil.rmtree(folder)
""",
        """\
from pathlib import Path

def share(path: Path):
    path.chmod(0o644)
""",
    ),
    good=(
        """\
def kept():
    with open("notes.txt") as file:
        return file.read()
""",
        """\
import os

def inside(folder, name):
    return os.path.join(folder, name)
""",
        """\
from pathlib import Path

def text_of(path: Path):
    return path.read_text()
""",
    ),
    python=_PYTHON,
    javascript=_JAVASCRIPT,
)
