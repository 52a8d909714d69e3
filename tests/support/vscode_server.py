"""VS Code's server for tests, with a profile of its own and extensions in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import node
import vscode_host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SECONDS = 60  # how long anything may take on a machine that does much else
# What would ask the outside, open tabs of its own, or move while pictures are taken.
SETTINGS: dict[str, Any] = {
    "security.workspace.trust.startupPrompt": "never",
    "telemetry.telemetryLevel": "off",
    "workbench.startupEditor": "none",
    "workbench.welcomePage.walkthroughs.openOnInstall": False,
    "workbench.enableExperiments": False,
    "workbench.tips.enabled": False,
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "window.autoDetectColorScheme": True,
    "workbench.preferredDarkColorTheme": "Default Dark Modern",
    "workbench.preferredLightColorTheme": "Default Light Modern",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "update.mode": "none",
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "editor.accessibilitySupport": "off",
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "editor.autoIndent": "none",
    "editor.cursorBlinking": "solid",
    "files.autoSave": "off",
    "git.enabled": False,
    "remote.autoForwardPorts": False,
    "typescript.disableAutomaticTypeAcquisition": True,
}


class Server:
    """VS Code's server, with a profile of its own that is thrown away.

    Attributes:
        folder: the profile.
        url: where a browser finds it.
        environ: what it, its extensions and their servers run in.
        trusts: whether it takes each folder for trusted; else for one that nobody was asked about.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], *, trusts: bool = True) -> None:
        self.folder = folder
        self.trusts = trusts
        self.url = ""
        own = {name: text for name, text in environ.items() if not _of_a_vscode_around(name)}
        # It asks no gallery for extensions.
        self.environ = {**own, "XDG_CONFIG_HOME": str(folder / "xdg"), "EXTENSIONS_GALLERY": "{}"}
        self._process: subprocess.Popen[bytes] | None = None
        self.settings(SETTINGS | {"security.workspace.trust.enabled": not trusts})
        self.settings({}, "Machine")

    def settings(self, values: Mapping[str, Any], place: str = "User") -> None:
        """Write the settings of a user or, `Machine`, what only the machine may set; before the start."""
        path = self.folder / "data" / place / "settings.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values, indent=1), "utf-8")

    def _command(self, *arguments: str) -> list[str]:
        script = vscode_host.program()
        assert script, vscode_host.MISSING
        return [
            *(str(node.NODE), str(script), "--accept-server-license-terms"),
            *("--server-data-dir", str(self.folder), "--user-data-dir", str(self.folder / "data")),
            *("--extensions-dir", str(self.folder / "extensions")),
            *arguments,
        ]

    def extend(self, *extensions: Path) -> None:
        """Install extensions, before the start."""
        wanted = [word for vsix in extensions for word in ("--install-extension", str(vsix))]
        done = subprocess.run(
            self._command(*wanted), env=self.environ, timeout=SECONDS,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert not done.returncode, done.stdout + done.stderr

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = self._command(
            *("--host", "127.0.0.1", "--port", "0", "--telemetry-level", "off"),
            *("--without-connection-token", "--disable-getting-started-override"),
            *(["--disable-workspace-trust"] if self.trusts else []),
            # Built VS Codes take what a page asks of the extension host only with this.
            "--enable-smoke-test-driver",
            "--force-disable-user-env",  # a login shell would say another PATH
        )
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env=self.environ, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        port = until(self._port, "the server of VS Code listens")
        self.url = f"http://127.0.0.1:{port}"

    def _port(self) -> str:
        assert self._process
        said = self.log.read_text("utf-8", "replace")
        assert self._process.poll() is None, said[-3000:]
        found = re.search(r"agent listening on (\d+)", said)
        return found[1] if found else ""

    def remote(self, path: Path) -> str:
        """A file of this machine, as a page names it."""
        return f"vscode-remote://{self.url.rpartition('/')[2]}{path}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def stop(self) -> None:
        """End it and all that it started."""
        if self._process is None:
            return
        for one in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, one)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self._process = None


def _of_a_vscode_around(name: str) -> bool:
    """Whether a variable tells the tests' VS Code of one that they were started from."""
    return name.startswith(("VSCODE_", "ELECTRON_", "VETLINE_"))


def until(
    wanted: Callable[[], Any], what: str, seconds: float = SECONDS, pause: float = 0.02
) -> Any:
    """What `wanted` gives, as soon as it is true; for what has no event to wait for."""
    deadline = time.monotonic() + seconds
    while not (found := wanted()):
        assert time.monotonic() < deadline, f"in vain waited {seconds} s until {what}"
        time.sleep(pause)
    return found
