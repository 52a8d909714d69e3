"""Who wrote the lines of open documents: typing, agents' reports before and after, and what editors do."""

from __future__ import annotations

import subprocess

import pytest
from lsp_client import Client
from origins import Shown, lines, report
from servers import SERVER, environment, notebook

START = "import os\n\nprint(os.name)\n"
BLOCK = "def f(a):\n    x = a + 1\n\n    return x\n"
HUMAN = "def total(price, count):\n    return price * count\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A server and the folder it serves, for all tests that only talk."""
    home = tmp_path_factory.mktemp("home")
    root = home / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "-C", str(root), "config", name, value], check=True)
    (root / "vetline.toml").write_text('analyzers = ["patterns"]\n')
    client = Client(SERVER, env=environment(home))
    client.initialize(root)
    yield client, root
    client.kill()


@pytest.fixture
def show(shop, request):
    """Opens a file of its own for the test."""
    client, root = shop
    shown = []

    def make(text=START):
        path = root / f"{request.node.name.translate(str.maketrans('[]-/', '____'))}{len(shown)}.py"
        shown.append(Shown(client, path, text))
        return shown[-1]

    yield make
    for one in shown:
        one.close()


@pytest.fixture
def block(show):
    """A file of three lines, and behind them four that an agent wrote."""
    shown = show()
    shown.insert("", BLOCK)
    report(shown.path, ("", BLOCK))
    shown.becomes("...AAAA")
    return shown


def test_a_report_may_come_before_its_change(show):  # scenario 1
    shown = show()
    report(shown.path, ("", BLOCK))
    shown.insert("", BLOCK)
    shown.becomes("...AAAA")


def published(client, uri):
    """The next list of diagnostics of a document, and its version."""
    while (told := client.notes("textDocument/publishDiagnostics"))["uri"] != uri:
        pass
    return told["diagnostics"], told["version"]


def test_a_report_after_its_change_shows_once(show, shop):  # scenario 2
    client, _ = shop
    shown = show("import yaml\n")
    shown.insert("", "a = yaml.load(x)\n")
    assert shown.states == ".."
    client.diagnosed(shown.uri, lambda items: items)
    report(shown.path, ("", "a = yaml.load(x)\n"))
    there = None
    while not (there and there[0]["data"]["origin"]):
        there, version = published(client, shown.uri)
        assert version <= 2
    (there,) = there
    assert there["data"]["origin"] == {
        "state": "ai", "agent": "claude-code", "model": "opus", "session": "s1"}  # fmt: skip
    assert there["message"].endswith("[AI: claude-code (opus)]")
    assert shown.states == ".A"
    shown.type("", "#")
    assert published(client, shown.uri)[1] == 3, "nothing was published in between"


def test_a_persons_line_in_a_block_is_theirs(block):  # scenario 3
    block.type("    return x\n", "    y = x * 2\n")
    assert block.states == "...AAAHA"


def test_a_literal_typed_on_an_agents_line_makes_it_mixed(block):  # scenario 4
    block.replace("a + 1", "a + ")
    block.type("\n\n    return", "27")
    assert block.states == "...AMAA"


def test_edits_in_a_large_block_touch_their_lines_only(show):  # scenario 5
    shown = show()
    many = "".join(f"value_{n} = compute({n}, 'ab')\n" for n in range(50))
    shown.insert("", many)
    report(shown.path, ("", many))
    shown.becomes("..." + "A" * 50)
    for number in (7, 31):
        shown.type(f"compute({number}, 'ab')", "my_")
    wanted = ["A"] * 50
    wanted[7] = wanted[31] = "M"
    assert shown.states == "..." + "".join(wanted)


def test_a_formatter_changes_nobody(block):  # scenarios 6, 7, 7b
    block.whole(block.text.replace("    ", "\t"))
    assert block.states == "...AAAA"
    block.replace("def f(a):", "def f(\n    a,\n):")
    assert block.states == "...AAAAAA"


def test_undo_gives_lines_back(block):  # scenario 8
    block.replace("    x = a + 1\n", "")
    assert block.states == "...AAA"
    block.insert("\n    return x", "    x = a + 1\n")
    assert block.states == "...AAAA"


def test_lines_that_are_moved_keep_their_authors(block):  # scenarios 9, 32
    block.type("import os", HUMAN)
    assert block.states == "HH...AAAA"
    block.replace(HUMAN, "")
    block.insert("", HUMAN)
    assert block.states == "...AAAAHH"
    block.replace("    return x\n", "")
    block.insert("import os", "    return x\n")
    assert block.states == "A...AAAHH"


def test_what_was_pasted_is_nobodys(show):  # scenario 10
    shown = show()
    shown.insert("", "value = compute(3)\n")
    shown.inserted("value = compute(3)\n", source="paste")
    assert shown.states == "...."


def test_a_line_that_a_person_types_anew_is_theirs(block):  # scenario 11
    block.replace("x = a + 1", "y")
    block.type("\n\n    return", " = 17 * a")
    assert block.states == "...AHAA"


def test_half_of_a_persons_line_by_an_agent_is_mixed(show):  # scenario 12
    shown = show()
    shown.type("", HUMAN)
    assert shown.states == "...HH"
    shown.replace("price * count", "price * count * rate_of(country)")
    report(
        shown.path,
        ("    return price * count\n", "    return price * count * rate_of(country)\n"),
    )
    shown.becomes("...HM")


def test_a_file_written_whole_keeps_what_was_kept(show):  # scenario 13
    shown = show("")
    human = "".join(f"line_{n} = {n}{n}\n" for n in range(20))
    shown.type("", human)
    assert shown.states == "H" * 20
    after = human.replace("line_7 = 77", "renamed = other(7, 8)") + "added = compute()\n"
    shown.whole(after)
    report(shown.path, before=human, after=after)
    shown.becomes("HHHHHHHAHHHHHHHHHHHHA")


def test_a_file_that_is_read_anew_was_not_typed(show):  # scenario 14
    shown = show()
    short = "import os\nx = 1\n\nprint(os.name)\n"
    shown.path.write_text(short)
    shown.insert("\nprint", "x = 1\n")
    shown.becomes("....")
    report(shown.path, ("import os\n", "import os\nx = 1\n"))
    shown.becomes(".A..")


def test_a_save_is_no_evidence(show):  # scenario 16
    shown = show()
    shown.insert("", BLOCK)
    shown.save()
    assert shown.states == "......."
    report(shown.path, ("", BLOCK))
    shown.becomes("...AAAA")
    shown.save()
    assert shown.states == "...AAAA"


def test_what_was_typed_and_saved_at_once_stays_typed(show):
    shown = show()
    shown.insert("\nprint", "y")
    shown.save()
    shown.type("\nprint", " = 1")
    assert shown.states == ".H."


def test_another_text_of_the_file_and_back(block):  # scenario 20
    block.type("", "mine = 1\n")
    mine = block.text
    block.save()
    block.close()
    again = Shown(block.client, block.path, "other = 2\n")
    assert again.states == "."
    again.close()
    back = Shown(block.client, block.path, mine)
    assert back.states == "...AAAAH"
    back.close()


def test_a_copy_of_a_line_that_is_there_is_the_agents_alone(show):  # scenario 21
    text = "def one():\n    return None\n\n\ndef two():\n    pass\n"
    shown = show(text)
    shown.insert("    pass", "    return None\n")
    report(shown.path, ("def two():\n    pass", "def two():\n    return None\n    pass"))
    shown.becomes(".....A.")


def test_a_proposal_that_a_person_changed_is_mixed(show):  # scenario 22
    shown = show()
    shown.insert("", BLOCK)
    report(shown.path, ("", BLOCK), modified=True)
    shown.becomes("...MMMM")


def test_line_ends_are_nobodys_work(block):  # scenarios 23, 26
    block.whole(block.text.replace("\n", "\r\n"))
    assert block.states == "...AAAA"
    block.type("", "z = 1")
    block.whole(block.text.replace("\r\n", "\n"))
    assert block.states == "...AAAAH"


def test_columns_are_counted_as_the_editor_counts(show):  # scenario 24
    shown = show("smile = '\U0001f600\U0001f600'\nx = 0\n")
    shown.replace("'\n", "' + greeting('\U0001f680')\n")
    report(
        shown.path, ("'\U0001f600\U0001f600'", "'\U0001f600\U0001f600' + greeting('\U0001f680')")
    )
    shown.becomes("M.")


def test_several_cursors_at_once(show):  # scenario 25
    shown = show("a = 1\nb = 2\nc = 3\n")
    changes = [
        {"range": {"start": {"line": n, "character": 5}, "end": {"line": n, "character": 5}},
         "text": "0"}
        for n in (2, 1, 0)
    ]  # fmt: skip
    shown.client.change(shown.uri, changes)
    assert shown.states == "HHH"


MUCH = "".join(f"value_{n} = compute({n})\n" for n in range(8))


@pytest.mark.parametrize("source", ["paste", "undo", "format", "snippet", "rename", "reload"])
def test_much_at_once_is_suspected_until_somebody_says(show, shop, source):  # scenario 27
    client, _ = shop
    shown = show("import yaml\n")
    shown.insert("", MUCH + "yaml.load(x)\n")
    assert shown.states == "." + "S" * 9
    (there,) = client.diagnosed(shown.uri, lambda items: items and items[0]["severity"] == 1)
    assert there["message"].endswith("[perhaps AI]")
    shown.inserted(MUCH + "yaml.load(x)\n", source=source)
    assert shown.states == "." * 10
    (there,) = client.diagnosed(shown.uri, lambda items: items and items[0]["severity"] == 4)
    assert there["data"]["origin"] is None


def test_a_completion_word_by_word(show):  # scenario 28
    shown = show()
    shown.type("", "def ar")
    for word in ("ea(w, ", "h):"):
        shown.insert("", word)
        shown.inserted(word, source="partial-completion", agent="copilot")
    assert shown.states == "...M"


def test_a_completion_over_what_was_typed(show):  # scenario 29
    shown = show()
    shown.type("", "def f")
    shown.insert("", BLOCK.removeprefix("def f"))
    shown.inserted(BLOCK.removeprefix("def f"), source="completion", agent="copilot", turn="t")
    assert shown.states == "...MAAA"
    told = lines(shown.client, shown.uri)[4]
    assert (told["agent"], told["turn"], told["tier"]) == ("copilot", "t", "observed")
    assert told["human"] == "Ada <ada@example.org>"


def test_lines_that_are_gone_leave_nothing(block):  # scenario 30
    block.replace(BLOCK, "")
    assert block.states == "..."
    block.type("", "y = 1\n")
    assert block.states == "...H"


def test_a_report_explains_nothing_else(show):  # scenario 31
    shown = show()
    report(shown.path, ("", BLOCK))
    shown.insert("", "value = something_else(3)\n")
    shown.insert("", BLOCK)
    shown.becomes("....AAAA")


def test_two_who_report_the_same_are_one(show):  # scenario 33
    shown = show()
    shown.insert("", BLOCK)
    report(shown.path, ("", BLOCK), tool_call="toolu_1")
    report(shown.path, ("", BLOCK), tool_call="toolu_1", agent="cursor")
    shown.becomes("...AAAA")
    shown.insert("", BLOCK.replace("f(a)", "g(a)"))
    assert shown.states == "...AAAA...."
    assert {line["agent"] for line in lines(shown.client, shown.uri)[3:7]} == {"claude-code"}


def test_each_session_has_its_own_lines(show):  # scenario 34
    shown = show()
    other = BLOCK.replace("f(a)", "g(b)").replace("a + 1", "b - 2")
    shown.insert("", BLOCK)
    report(shown.path, ("", other), session="two")
    shown.insert("", other)
    report(shown.path, ("", BLOCK), session="one")
    shown.becomes("...AAAAAAAA")
    told = [line["session"] for line in lines(shown.client, shown.uri)[3:]]
    assert told == ["one"] * 4 + ["two"] * 4


def test_a_report_that_is_too_old_explains_nothing(show):  # scenario 37
    shown = show()
    shown.insert("", BLOCK)
    report(shown.path, ("", BLOCK), ago=400)
    mark = BLOCK.replace("f(a)", "second(a)")
    shown.insert("", mark)
    report(shown.path, ("", mark))
    shown.becomes(".......AAAA")


def test_a_burst_of_typing_is_a_persons(show):  # scenario 45
    shown = show()
    for piece in ("for i i", "n range(", "9):\n    ", "print(i)"):
        shown.insert("", piece)
    assert shown.states == "...HH"


def test_pointing_at_a_line_says_who_wrote_it(block):
    block.type("import os", "# mine\n")

    def hover(line):
        place = {"line": line, "character": 1}
        asked = {"textDocument": {"uri": block.uri}, "position": place}
        told = block.client.result("textDocument/hover", asked)
        return told and told["contents"]["value"]

    assert hover(4).startswith("**AI**: `claude-code` `opus` · for `Ada` · 20")
    assert "session `s1` · reported by the agent" in hover(4)
    assert hover(0).startswith("Typed · by `Ada`")
    assert hover(1) is None
    assert hover(99) is None


def test_a_document_that_is_not_open_is_the_clients_fault(shop):
    client, _ = shop
    asked = {"textDocument": {"uri": "file:///nowhere.py"}}
    assert client.ask("vetline/provenance", asked)["error"]["code"] == -32602


def test_an_untitled_document_is_followed_too(shop):
    client, _ = shop
    client.open("untitled:new", "")
    client.edit("untitled:new", (0, 0), (0, 0), "x")
    assert [line["state"] for line in lines(client, "untitled:new")] == ["human"]


def test_a_notebooks_cells_have_authors_each(shop):
    client, root = shop
    uri, cells, opened = notebook(root, "a = 1\n", "b = 2")
    client.notify("notebookDocument/didOpen", opened)
    assert [line["state"] for line in lines(client, cells[0])] == ["unknown"]
    new = "value = compute(3)\nother = compute(4)"
    change = {
        "document": {"uri": cells[1], "version": 2},
        "changes": [{"range": {"start": {"line": 0, "character": 5},
                               "end": {"line": 0, "character": 5}}, "text": f"\n{new}\n"}],
    }  # fmt: skip
    client.notify("notebookDocument/didChange", {
        "notebookDocument": {"uri": uri, "version": 2},
        "change": {"cells": {"textContent": [change]}},
    })  # fmt: skip
    report(root / "n.ipynb", ("", new))
    while [line["state"] for line in lines(client, cells[1])] != ["unknown", "ai", "ai"]:
        client.notes("vetline/provenanceChanged")
    assert [line["state"] for line in lines(client, cells[0])] == ["unknown"]
    client.notify("notebookDocument/didClose", {
        "notebookDocument": {"uri": uri}, "cellTextDocuments": [{"uri": c} for c in cells]})  # fmt: skip
    opened["cellTextDocuments"][1]["text"] = f"b = 2\n{new}\n"
    client.notify("notebookDocument/didOpen", opened)
    assert [line["state"] for line in lines(client, cells[1])] == ["unknown", "ai", "ai"]
