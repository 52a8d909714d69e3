"""One VS Code for the tests of this folder: installed once, its server started once, and a window for each who asks.

`server` is VS Code's server with our extension; `window(folder)` opens a window on a folder; `shop` is a workspace;
`workbench` is a window on one, shared by the tests of a module; `extension_host(file)` runs a file of tests inside.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromium
import pytest
import servers
import vscode_client
import vscode_host
import vscode_server
import workbench as workbenches

from vetline import agents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from vscode_server import Server
    from workbench import Workbench

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


def unable(why: str) -> None:
    """Skip loudly; where CI is to have everything, fail."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keep a picture of each window as it was when a test failed."""
    report = yield
    if report.when == "call" and report.failed:
        for one in OPEN:
            with contextlib.suppress(Exception):
                path = one.picture(f"failed-{item.name}")
                report.sections.append(("picture", str(path)))
            report.sections.append(("console", "\n".join(one.console[-30:])))
    return report


OPEN: list[Workbench] = []


@pytest.fixture(scope="session")
def vsix() -> Path:
    """Our extension as people install it, without a server of its own: the environment's is taken."""
    if not vscode_client.installed():
        unable(vscode_client.MISSING)
    return vscode_client.built()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the person at the editor."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def there() -> None:
    """VS Code and a browser, or the tests that need them are not run."""
    if sys.platform == "win32":
        pytest.skip("VS Code's server is driven on Linux and macOS only: it is NOT tested here")
    if not chromium.program():
        unable(chromium.MISSING)
    if not vscode_host.program():
        unable(vscode_host.MISSING)


@pytest.fixture(scope="session")
def around(home: Path, compiled_once: None) -> dict[str, str]:
    """What VS Code runs in: a home of its own, `vetline` on PATH, no agent, and nothing that answers for the person."""
    signs = {sign for agent in agents.all_agents() for sign in agent.SIGNS}
    answers = {"SSH_ASKPASS", "SSH_AUTH_SOCK", "DISPLAY"}
    everything = servers.environment(home)
    known = {name: everything[name] for name in everything if name not in signs | answers}
    return {**known, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, there: None, vsix: Path, around: dict[str, str]
) -> Iterator[Server]:
    """VS Code's server with our extension and an assistant."""
    started = vscode_server.Server(tmp_path_factory.mktemp("vscode"), around)
    companion = packed(HERE / "companion", tmp_path_factory.mktemp("companion"))
    try:
        started.extend(vsix, companion)
        started.start()
        yield started
    finally:
        started.stop()


def packed(folder: Path, into: Path) -> Path:
    """An extension that needs no building as a VSIX."""
    says = json.loads((folder / "package.json").read_text("utf-8"))
    path = into / f"{says['name']}.vsix"
    identity = f'Id="{says["name"]}" Version="{says["version"]}" Publisher="{says["publisher"]}"'
    manifest = (
        '<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">'
        f'<Metadata><Identity Language="en-US" {identity}/><DisplayName>{says["name"]}</DisplayName></Metadata>'
        '<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation><Assets>'
        '<Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets></PackageManifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("extension.vsixmanifest", manifest)
        for file in folder.iterdir():
            archive.write(file, f"extension/{file.name}")
    return path


@pytest.fixture(scope="module")
def browser(there: None) -> Iterator[Browser]:
    """A browser, for one module: while it is there, no test may have an event loop of its own."""
    with chromium.launched() as launched:
        yield launched


@pytest.fixture(scope="module")
def window(browser: Browser, server: Server) -> Iterator[Callable[..., Workbench]]:
    """Opens a window on a folder, until the module ends: `window(folder, dark=False)`."""
    with contextlib.ExitStack() as stack:

        def opened(folder: Path, **options: Any) -> Workbench:
            one = stack.enter_context(workbenches.window(browser, server, folder, **options))
            OPEN.append(one)
            stack.callback(OPEN.remove, one)
            return one.ready()

        yield opened


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of Ada's, the workspace. Beside it lies what the tests say to the assistant."""
    root = tmp_path_factory.mktemp("workspace") / "shop"
    root.mkdir()
    (root / "shop.py").write_text("import yaml\n\n\ndef load(text):\n    return yaml.load(text)\n")
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True, timeout=60)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "-C", str(root), "config", name, value], check=True, timeout=60)
    return root


@pytest.fixture(scope="module")
def workbench(window: Callable[..., Workbench], shop: Path) -> Workbench:
    """A window on `shop`, for all tests of a module."""
    return window(shop)


@pytest.fixture(scope="module")
def extension_host(
    browser: Browser, server: Server, shop: Path
) -> Callable[..., list[dict[str, Any]]]:
    """Runs a file of tests inside the extension host (see harness.js) and gives how each went."""

    def run(file: Path, workspace: Path = shop, seconds: int = 180) -> list[dict[str, Any]]:
        return workbenches.inside(
            browser, server, workspace, file=file, beside=HERE / "companion", seconds=seconds
        )

    return run
