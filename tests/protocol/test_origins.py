"""`vetline/didInsert`: what an AI wrote is known, follows the text, and is told apart."""

from __future__ import annotations

from lsp_client import span
from servers import found

LOAD = "python/unsafe-yaml-load"
HINT, ERROR = 4, 1


def insert(client, uri, version, start, end, **more):
    client.notify(
        "vetline/didInsert",
        {
            "textDocument": {"uri": uri, "version": version},
            "range": span(start, end),
            "source": "completion",
            "agent": "copilot",
            "model": "gpt-x",
            **more,
        },
    )


def severity(line, wanted):
    return lambda items: [
        i for i in items if i["range"]["start"]["line"] == line and i["severity"] == wanted
    ]


def opened(start, workspace, **options):
    client = start()
    client.initialize(workspace, **options)
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\nyaml.load(human)\n")
    client.diagnosed(uri, found(LOAD))
    return client, uri


def test_only_what_an_ai_wrote_counts_in_full_by_default(start, workspace):
    client, uri = opened(start, workspace)
    (human,) = client.diagnosed(uri, severity(1, HINT))
    assert human["data"]["origin"] is None
    version = client.edit(uri, (2, 0), (2, 0), "yaml.load(ai)\n")
    insert(client, uri, version, (2, 0), (3, 0))
    there = client.diagnosed(uri, severity(2, ERROR))
    (ai,) = severity(2, ERROR)(there)
    assert ai["data"]["origin"] == {"state": "ai", "agent": "copilot", "model": "gpt-x"}
    assert ai["message"].endswith("[AI: copilot (gpt-x)]")
    assert severity(1, HINT)(there)


def test_regions_follow_edits(start, workspace):
    client, uri = opened(start, workspace)
    version = client.edit(uri, (2, 0), (2, 0), "yaml.load(ai)\n")
    insert(client, uri, version, (2, 0), (3, 0))
    client.diagnosed(uri, severity(2, ERROR))
    client.edit(uri, (0, 0), (0, 0), "\n\n")
    there = client.diagnosed(uri, severity(4, ERROR))
    assert severity(3, HINT)(there)


def test_an_insertion_may_be_told_before_its_change_or_late(start, workspace):
    client, uri = opened(start, workspace)
    insert(client, uri, 2, (2, 0), (3, 0))
    client.edit(uri, (2, 0), (2, 0), "yaml.load(ai)\n")
    client.diagnosed(uri, severity(2, ERROR))
    version = client.edit(uri, (3, 0), (3, 0), "yaml.load(late)\n")
    client.edit(uri, (0, 0), (0, 0), "\n")
    insert(client, uri, version, (3, 0), (4, 0))
    assert severity(4, ERROR)(client.diagnosed(uri, severity(4, ERROR)))


def test_scope_all_shows_everything_in_full(start, workspace):
    client, uri = opened(start, workspace, initializationOptions={"scope": "all"})
    assert client.diagnosed(uri, severity(1, ERROR))


def test_what_an_ai_wrote_is_known_after_a_restart(start, workspace):
    client, uri = opened(start, workspace)
    version = client.edit(uri, (2, 0), (2, 0), "yaml.load(ai)\nprint(ai, 'done')\n")
    insert(client, uri, version, (2, 0), (4, 0))
    client.diagnosed(uri, severity(2, ERROR))
    # A second request goes through the same queue: the insertion is written when it is answered.
    client.result("textDocument/hover", {
        "textDocument": {"uri": uri}, "position": {"line": 2, "character": 2}})  # fmt: skip
    client.leave()
    again = start()
    again.initialize(workspace)
    again.open(uri, "import yaml\nyaml.load(human)\nyaml.load(ai)\nprint(ai, 'done')\n")
    there = again.diagnosed(uri, severity(2, ERROR))
    assert severity(1, HINT)(there)


def test_an_insertion_into_an_unknown_document_is_ignored(client):
    insert(client, "file:///nowhere.py", 1, (0, 0), (1, 0))
    assert client.ask("textDocument/nothing", {})["error"]["code"] == -32601


def test_a_late_report_never_blames_a_person(start, workspace):
    # Who wrote what may be known before the line that came last was looked at.
    def both(blamed, looked_at):
        return lambda found: (
            severity(blamed, ERROR)(found)
            and any(item["range"]["start"]["line"] == looked_at for item in found)
        )

    client, uri = opened(start, workspace)
    version = client.edit(uri, (2, 0), (2, 0), "yaml.load(ai)\n")
    client.edit(uri, (0, 0), (0, 0), "\n\n")
    insert(client, uri, version, (2, 0), (3, 0))
    there = client.diagnosed(uri, both(4, 3))
    assert severity(3, HINT)(there), "the person's line is nobody's"
    # What happened in the middle of it since is the typist's.
    version = client.edit(uri, (5, 0), (5, 0), "yaml.load(one)\nyaml.load(two)\n")
    client.edit(uri, (6, 0), (6, 0), "yaml.load(typed)\n")
    insert(client, uri, version, (5, 0), (7, 0))
    there = client.diagnosed(uri, both(7, 6))
    assert severity(5, ERROR)(there)
    assert severity(6, HINT)(there)


def test_a_report_for_a_forgotten_version_is_dropped(start, workspace):
    client, uri = opened(start, workspace)
    version = client.edit(uri, (2, 0), (2, 0), "yaml.load(ai)\n")
    for _ in range(100):
        client.edit(uri, (0, 0), (0, 0), "\n")
    insert(client, uri, version, (2, 0), (3, 0))
    there = client.diagnosed(uri, severity(102, HINT))
    assert not [item for item in there if item["data"]["origin"]]
