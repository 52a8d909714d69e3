"""Windows whose pages may do what the program may."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_WRONG = {
    "nodeIntegration": "true",
    "nodeIntegrationInWorker": "true",
    "nodeIntegrationInSubFrames": "true",
    "enableRemoteModule": "true",
    "allowRunningInsecureContent": "true",
    "experimentalFeatures": "true",
    "webviewTag": "true",
    "contextIsolation": "false",
    "webSecurity": "false",
    "sandbox": "false",
}
_LESS = frozenset({"sandbox", "experimentalFeatures", "webviewTag"})
_OWN = frozenset({"sandbox", "experimentalFeatures"})  # names that others use too


def _check(hit: Hit) -> Report | None:
    key, value = (hit.node.child_by_field_name(field) for field in ("key", "value"))
    if key is None or value is None:
        return None
    name = hit.text(key).strip("'\"")
    wrong = _WRONG.get(name)
    if hit.text(value) != wrong or (name in _OWN and not _is_of_a_window(hit)):
        return None
    right = "false" if wrong == "true" else "true"
    return Report(
        f"With {name}: {wrong} a script in a page can do what the program can: leave it at {right}.",
        severity=Severity.MEDIUM if name in _LESS else None,
        fix=Fix(f"Set {name} to {right}", (hit.edit(value, right),), safe=False),
    )


def _is_of_a_window(hit: Hit) -> bool:
    for above in hit.scope.up(hit.node):
        if above.type == "pair" and above != hit.node:
            key = above.child_by_field_name("key")
            return key is not None and hit.text(key).strip("'\"") == "webPreferences"
    return False


RULE = PatternRule(
    id="javascript/electron-unisolated",
    title="Window whose pages may do what the program may",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(653, 94, 693, 346),
    page="""
A window of Electron is opened with a wall taken down: Node in its pages, no isolation from the preload
script, no sandbox, or no same-origin policy. A script that gets into a page by any fault then reads files
and starts programs on the visitor's machine.
""",
    attack="Sends a chat message with a script in it, and starts a program on the reader's machine.",
    advice="Leave the defaults, and offer what a page needs by `contextBridge.exposeInMainWorld` in a preload script.",
    bad=(
        "const win = new BrowserWindow({ webPreferences: { nodeIntegration: true } });\n",
        "const win = new BrowserWindow({\n  webPreferences: { contextIsolation: false, preload },\n});\n",
        "const preferences = { preload, webSecurity: false };\n",
        "open({ webPreferences: { sandbox: false } });\n",
    ),
    good=(
        "const win = new BrowserWindow({ webPreferences: { nodeIntegration: false } });\n",
        "const win = new BrowserWindow({ webPreferences: { contextIsolation: true, preload } });\n",
        "const store = { sandbox: false };\n",
    ),
    url="https://www.electronjs.org/docs/latest/tutorial/security",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit
          (#any-of? @_k "nodeIntegration" "nodeIntegrationInWorker" "nodeIntegrationInSubFrames"
            "enableRemoteModule" "allowRunningInsecureContent" "experimentalFeatures" "webviewTag"
            "contextIsolation" "webSecurity" "sandbox"))
    """,
    check=_check,
)
