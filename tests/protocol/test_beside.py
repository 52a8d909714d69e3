"""Data is followed from an open document into the modules of its project, as they are in the editor."""

from __future__ import annotations

HELPER = "import os\n\n\ndef go(x):\n    y = x.strip()\n    os.system('id ' + y)\n"
USER = (
    "from flask import request\nfrom helper import go\n\n\ndef view():\n    go(request.args['a'])\n"
)
RULE = "python/command-from-string"


def told(items):
    return [item["range"]["start"]["line"] for item in items if item["code"] == RULE]


def test_what_another_file_does_with_a_value_is_shown_where_it_is_handed_over(start, workspace):
    client = start()
    shows = {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}}
    client.initialize(workspace, shows)
    (workspace / "helper.py").write_text(HELPER)
    uri = (workspace / "a.py").as_uri()
    client.open(uri, USER)
    (item,) = [i for i in client.diagnosed(uri, told) if i["code"] == RULE]
    assert told([item]) == [5]
    steps = [
        (note["location"]["uri"].rpartition("/")[2], note["location"]["range"]["start"]["line"])
        for note in item["relatedInformation"]
    ]
    assert steps == [("a.py", 5), ("a.py", 5), ("helper.py", 4), ("helper.py", 5)]
    # It stays while the document is edited, and goes when the other file is mended and saved.
    client.edit(uri, (0, 0), (0, 0), "\n")
    client.diagnosed(uri, lambda items: told(items) == [6])
    other = (workspace / "helper.py").as_uri()
    client.open(other, "import shlex\n" + HELPER.replace("+ y", "+ shlex.quote(y)"))
    client.notify("textDocument/didSave", {"textDocument": {"uri": other}})
    client.diagnosed(uri, lambda items: not told(items))
