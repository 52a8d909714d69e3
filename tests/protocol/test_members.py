"""Members that are not there, told when a file is saved: with a type checker beside the server, and without."""

from __future__ import annotations

import sys

import pytest
from lsp_client import Client
from servers import environment

from vetline import types

RULE = "member/unknown"
# The second is known to the index, the third only to who sees what is installed.
TEXT = "import os\nimport requests\nimport small\nrequests.fetch_everything('u')\nsmall.absent()\n"
needed = pytest.mark.skipif(types._program() is None, reason=f"ty {types.VERSION} is not installed")


def told(items):
    return {item["range"]["start"]["line"]: item for item in items if item["code"] == RULE}


@pytest.fixture
def site(workspace):
    """An environment of the project's with one small library that no index knows."""
    folder = workspace / ".venv"
    where = folder / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    info = where / "small-3.0.dist-info"
    info.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {sys.base_prefix}\n")
    (where / "small.py").write_text("def present() -> None: ...\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: small\nVersion: 3.0\n")
    (info / "RECORD").write_text("small.py,,\n")
    return where


def saved(client, workspace, wanted):
    """The diagnostics after a file was saved in the editor."""
    path = workspace / "a.py"
    path.write_text(TEXT)
    client.open(path.as_uri(), TEXT)
    client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    return told(client.diagnosed(path.as_uri(), lambda items: set(told(items)) == wanted))


@needed
def test_a_type_checker_sees_what_is_installed(client, workspace, site):
    assert site.is_dir()
    found = saved(client, workspace, {3, 4})
    assert "absent" in found[4]["message"]
    hover = client.result(
        "textDocument/hover",
        {
            "textDocument": {"uri": (workspace / "a.py").as_uri()},
            "position": {"line": 4, "character": 8},
        },
    )
    said = f"ty {types.VERSION} sees no such member in small as it is installed"
    assert said in hover["contents"]["value"]


def test_without_one_the_index_speaks_alone(tmp_path, workspace, site):
    """The folder of programs beside the server's interpreter is another one."""
    assert site.is_dir()
    (tmp_path / "programs").mkdir()
    program = (
        "import sys, sysconfig; from vetline.__main__ import main; asked = sysconfig.get_path;"
        f"sysconfig.get_path = lambda name, *a: {str(tmp_path / 'programs')!r} if name == 'scripts' else asked(name, *a);"
        "sys.exit(main(['server']))"
    )
    client = Client([sys.executable, "-c", program], env=environment(tmp_path))
    try:
        client.initialize(workspace, initializationOptions={"scope": "all"})
        found = saved(client, workspace, {3})
        assert "fetch_everything" in found[3]["message"]
        with pytest.raises(TimeoutError):
            client.notes("window/showMessage", timeout=0.1)
    finally:
        client.kill()
