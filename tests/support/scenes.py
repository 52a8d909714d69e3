"""What people do in Neovim, as scenes: `tests/protocol/recorded/neovim-*.json` are their recordings.

Run as a script it records them anew.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from recorder import ROOT, recording

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorder import Recorder

RECORDED = ROOT / "tests" / "protocol" / "recorded"
URI = "file:///shop/shop.py"
TEXT = "import math\n\n\ndef last():\n    return 2\n"
AREA = "def area(w, h):\n    size = w * h\n    return size"
OPENED = 2  # initialized and didOpen come before what happens in a scene
UNKNOWN, HUMAN, MIXED, AI = "unknown", "human", "mixed", "ai"


class Scene(NamedTuple):
    """What somebody does, and what is then known of each line; None where it may be this or that."""

    act: Callable[[Recorder], None]
    expect: list[str | None]
    text: str = TEXT


def accept_ghost_text(editor: Recorder, text: str, typed: str = "", line: int = 2) -> None:
    """Open a line below `line`, type the start of a ghost text there and accept it."""
    editor.press(f"{line}Go{typed}<C-g>u")  # what is undone first is what is accepted
    editor.lua("pending_item = { text = ..., range = { ({...})[2], 0, ({...})[3] } }",
               text, line, len(typed.encode()))  # fmt: skip
    editor.lua("return vim.lsp.inline_completion.get()")
    editor.press("<Esc>")


def _typing(editor: Recorder) -> None:
    editor.press("Godef more(a):<CR>return a + 1<Esc>")


def _accept(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA, "def ar")


def _accept_astral(editor: Recorder) -> None:
    accept_ghost_text(
        editor, 'smile = "\U0001f600"  # \U0001f680 up\nlaugh = 1', 'smile = "\U0001f600'
    )
    editor.press("0i\U0001f600my <Esc>")


def _words(editor: Recorder) -> None:
    editor.press("2Godef ar")
    editor.lua("pending_item = { text = ... }", AREA)
    for accept in ("accept_word", "accept_word", "accept_line", "accept"):
        editor.lua(f"require('copilot.suggestion').{accept}()")
        editor.rest()
    editor.press("<Esc>")


def _parts(editor: Recorder) -> None:
    editor.press("2Godef ar")
    start, stop = {"line": 2, "character": 0}, {"line": 2, "character": 6}
    item = {"insertText": AREA, "range": {"start": start, "end": stop}}
    at = 6
    for length in (8, 16, len(AREA)):
        editor.lua(
            "local text, item, length = ...\n"
            "vim.api.nvim_put(vim.split(text, '\\n'), 'c', false, true)\n"
            "vim.lsp.get_clients({ name = 'copilot' })[1]:notify('textDocument/didPartiallyAcceptCompletion',\n"
            "  { item = item, acceptedLength = length })",
            AREA[at:length], item, length,
        )  # fmt: skip
        editor.rest()
        at = length
    editor.press("<Esc>")


def _paste(editor: Recorder) -> None:
    editor.press("2Go")
    editor.nvim.api.paste("def pasted(a):\n    return a\n", True, -1)  # noqa: FBT003 - Neovim's own
    editor.press("<Esc>")


def _undo(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.press("u")


def _redo(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.press("u")
    editor.press("<C-r>")


def _undo_delete(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.press("4Gdd")
    editor.press("u")


def _move(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.press("4Gdd")
    editor.press("Gp")


def _yank(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.press("4Gyy")
    editor.press("Gp")


def _type_into(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.press("4G0fwcwwidth<Esc>")


def _indent(editor: Recorder) -> None:
    editor.nvim.command("filetype indent on | edit")
    editor.rest()
    accept_ghost_text(editor, "def area(w, h):\n  size = w * h\n  return size")
    editor.press("gg=G")


def _format(editor: Recorder) -> None:
    accept_ghost_text(editor, "def area(w,h):\n    return w*h")
    editor.lua(
        "answers['textDocument/formatting'] = { { newText = 'def area(w, h):\\n    return w * h\\n',"
        " range = { start = { line = 2, character = 0 }, ['end'] = { line = 4, character = 0 } } } }\n"
        "vim.lsp.buf.format()"
    )
    editor.rest()


def _reload(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.nvim.command("write")
    editor.rest()
    lines = editor.path.read_text().splitlines(keepends=True)
    editor.path.write_text("".join([lines[0], "import sys\n", *lines[1:]]))
    editor.nvim.command("edit!")
    editor.rest()


def _substitute(editor: Recorder) -> None:
    accept_ghost_text(editor, AREA)
    editor.nvim.command("%s/size/total/g")
    editor.rest()


_AREA = [AI, AI, AI]
_BEFORE, _AFTER = (
    [UNKNOWN, None],
    [None, UNKNOWN, UNKNOWN],
)  # blank lines may be what is around them
SCENES = {
    "typing": Scene(_typing, [*_BEFORE, *_AFTER, HUMAN, HUMAN]),
    "accept": Scene(_accept, [*_BEFORE, MIXED, AI, AI, *_AFTER]),
    "accept-astral": Scene(_accept_astral, [*_BEFORE, MIXED, MIXED, *_AFTER]),
    "accept-words": Scene(_words, [*_BEFORE, MIXED, AI, AI, *_AFTER]),
    "accept-parts": Scene(_parts, [*_BEFORE, MIXED, AI, AI, *_AFTER]),
    "paste": Scene(_paste, [*_BEFORE, UNKNOWN, UNKNOWN, None, *_AFTER]),
    "undo": Scene(_undo, [*_BEFORE, None, *_AFTER]),
    "redo": Scene(_redo, [*_BEFORE, *_AREA, *_AFTER]),
    "undo-of-delete": Scene(_undo_delete, [*_BEFORE, *_AREA, *_AFTER]),
    "move": Scene(_move, [*_BEFORE, AI, AI, *_AFTER, AI]),
    "copy": Scene(_yank, [*_BEFORE, *_AREA, *_AFTER, None]),
    "type-into": Scene(_type_into, [*_BEFORE, AI, MIXED, AI, *_AFTER]),
    "indent": Scene(_indent, [*_BEFORE, *_AREA, *_AFTER]),
    "format": Scene(_format, [*_BEFORE, AI, AI, *_AFTER]),
    "reload": Scene(_reload, [UNKNOWN, None, None, *_AREA, *_AFTER]),
    "substitute": Scene(_substitute, [*_BEFORE, AI, None, None, *_AFTER]),
}


def record(scene: Scene, folder: Path) -> dict[str, Any]:
    """The recording of a scene, as the files have it."""
    with recording(folder, scene.text) as editor:
        scene.act(editor)
        messages, final = editor.sent()[OPENED:], editor.text()
    assert len(scene.expect) == final.count("\n"), final
    told = json.dumps(messages, ensure_ascii=False).replace((folder / "shop.py").as_uri(), URI)
    return {
        "editor": "Neovim 0.11.4",
        "recorded": True,
        "encoding": "utf-16",
        "uri": URI,
        "text": scene.text,
        "messages": json.loads(told),
        "final": final,
        "expect": scene.expect,
    }


def written(recorded: dict[str, Any]) -> str:
    """A recording as text, one message a line."""
    messages = (json.dumps(one, sort_keys=True) for one in recorded["messages"])
    listed = "[\n    " + ",\n    ".join(messages) + "\n  ]"
    fields = {key: json.dumps(value) for key, value in recorded.items()} | {"messages": listed}
    return "{\n" + ",\n".join(f'  "{key}": {value}' for key, value in fields.items()) + "\n}\n"


def main() -> None:
    """Record the scenes that are named, or all."""
    for name in sys.argv[1:] or SCENES:
        with tempfile.TemporaryDirectory() as folder:
            recorded = record(SCENES[name], Path(folder))
        (RECORDED / f"neovim-{name}.json").write_text(written(recorded), encoding="utf-8")


if __name__ == "__main__":
    main()
