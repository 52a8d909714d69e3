"""Cells of notebooks: their text, their language, and where each character stands in the file."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers import dependencies, imports
from vetline_analyzers.core.analyzer import Facts, NotChecked
from vetline_analyzers.core.text import Snapshot, Span
from vetline_analyzers.core.universe import Sample
from vetline_analyzers.sites import notebook


def cell(source: object, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **more}


def dumped(*cells: object, kernel: str = "python", **options: object) -> str:
    data = {
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "language": kernel}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, **options)


def under(text: str, cell: notebook.Cell, piece: str) -> str:
    """What stands in the file where a piece of a cell does."""
    at = cell.text.index(piece)
    return text[slice(*cell.span(Span(at, at + len(piece))))]


def test_cells_of_nbformat_4():
    markdown = {"cell_type": "markdown", "source": ["import nope\n"]}
    output = {"output_type": "stream", "text": ["import nope\n"], "data": {"source": "import nope"}}
    text = dumped(
        markdown,
        cell(["import os\n", "import yes\n"], outputs=[output]),
        cell("x = 1\nimport one"),
        {"cell_type": "raw", "source": "import nope"},
        indent=1,
    )
    found = notebook.read(text)
    assert [one.text for one in found.cells] == ["import os\nimport yes\n", "x = 1\nimport one"]
    assert [one.language for one in found.cells] == ["python", "python"]
    assert found.missing == ""
    assert under(text, found.cells[0], "yes") == "yes"
    assert under(text, found.cells[1], "one") == "one"
    assert under(text, found.cells[1], "1\ni") == "1\\ni"


def test_cells_of_nbformat_3():
    cells = [
        {
            "cell_type": "code",
            "collapsed": False,
            "input": ["import os\n", "a"],
            "language": "python",
        },
        {"cell_type": "code", "input": "b", "language": "R", "outputs": [{"text": "import nope"}]},
        {"cell_type": "heading", "level": 1, "source": "c"},
    ]
    data = {"metadata": {"name": "x"}, "nbformat": 3, "worksheets": [{"cells": cells}]}
    found = notebook.read(json.dumps(data, indent=2))
    assert [(one.text, one.language) for one in found.cells] == [
        ("import os\na", "python"),
        ("b", "r"),
    ]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, "python"),
        ({"kernelspec": {"name": "python3"}}, "python"),
        ({"kernelspec": {"name": "python3", "display_name": "Julia"}}, "python"),
        ({"kernelspec": {"name": "ir", "language": "R"}}, "r"),
        ({"language_info": {"name": "julia"}}, "julia"),
        ({"language_info": {"name": "ipython"}}, "python"),
        ({"kernelspec": {"name": "xpython", "language": ""}}, "python"),
    ],
)
def test_the_kernels_language(metadata, expected):
    (found,) = notebook.read(json.dumps({"cells": [cell("x")], "metadata": metadata})).cells
    assert found.language == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%%bash\npip install x", "bash"),
        ("%%time\nimport os", "python"),
        ("%%capture out\nimport os", "python"),
        ("%%python3\nimport os", "python"),
        ("%%writefile x.py\nimport os", "writefile"),
        ("%%javascript\nalert(1)", "javascript"),
        ("%pip install x", "python"),
        ("!pip install x", "python"),
    ],
)
def test_a_magic_changes_the_language(source, expected):
    (found,) = notebook.read(dumped(cell(source))).cells
    assert found.language == expected


def test_the_editors_word_on_a_cell():
    text = dumped(cell("x", metadata={"vscode": {"languageId": "shellscript"}}))
    assert notebook.read(text).cells[0].language == "shellscript"


def test_escapes_are_one_character_of_the_cell():
    source = 'a\t"é\\ \U0001f600\u2028/end'
    text = dumped(cell(source))
    assert "\\ud83d\\ude00" in text
    (found,) = notebook.read(text).cells
    assert found.text == source
    assert under(text, found, "\U0001f600") == "\\ud83d\\ude00"
    assert under(text, found, "é") == "\\u00e9"
    assert under(text, found, '"é\\') == '\\"\\u00e9\\\\'
    assert under(text, found, "end") == "end"
    assert found.span(Span(0, 0)).start == found.span(Span(0, 1)).start


def test_half_a_pair_is_no_character():
    (found,) = notebook.read('{"cells":[{"cell_type":"code","source":"a\\ud83d b\\/"}]}').cells
    assert found.text == "a\ufffd b/"


_LINES = st.lists(st.text(max_size=20), max_size=5)


@given(st.one_of(st.text(max_size=60), _LINES), st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_every_character_stands_where_it_says(source, ascii_only, indent):
    if any(0xD800 <= ord(c) < 0xE000 for c in "".join(source)):
        return
    text = dumped(cell(source), ensure_ascii=ascii_only, indent=indent)
    (found,) = notebook.read(text).cells
    assert found.text == "".join(source)
    last = 0
    for at, character in enumerate(found.text):
        start, end = found.span(Span(at, at + 1))
        assert last <= start < end
        assert json.loads(f'"{text[start:end]}"') == character
        last = end
    whole = found.span(Span(0, len(found.text)))
    assert whole.start <= whole.end <= len(text)
    assert found.span(Span(len(found.text), len(found.text))) == (whole.end, whole.end)


@given(st.text(alphabet='{}[]:,"\\ncells_typoud0', max_size=80))
def test_anything_is_read(text):
    found = notebook.read(text)
    for one in found.cells:
        one.span(Span(0, len(one.text)))


@given(st.integers(min_value=1, max_value=300))
def test_a_notebook_that_breaks_off_is_said_to(cut):
    text = dumped(cell(["import os\n", "import yes"]), cell("import late"))
    found = notebook.read(text[:-cut])
    assert found.missing.startswith("is no JSON from line 1 on")
    assert all(one.text in "import os\nimport yes import late" for one in found.cells)


def test_what_stands_before_the_break_is_read():
    text = dumped(cell("import yes"), cell("import late"), indent=1)
    found = notebook.read(text[: text.index("import late")])
    assert [one.text for one in found.cells if one.text] == ["import yes"]
    merged = text.replace('"cells": [', '"cells": [\n<<<<<<< HEAD\n')
    assert [one.text for one in notebook.read(merged).cells] == ["import yes", "import late"]
    assert notebook.read(merged).missing


def test_imports_are_looked_at_in_what_can_be_read_and_the_rest_is_said():
    text = dumped(cell("%matplotlib inline\nx = 'é'\n"), cell(["import os\n", "import reqeusts"]))
    facts = Facts(stdlib=frozenset({"os"}), universe=Sample(("pypi/requests",)))
    for broken in (False, True):
        shown = text[:-3] if broken else text
        snapshot = Snapshot("file:///x.ipynb", "text", 0, shown, "x.ipynb")
        looked = iter(imports.ANALYZER.analyze(snapshot, facts, {}))
        finding = next(looked)
        assert finding.rule == "package/typosquat"
        assert snapshot.slice(finding.span) == "reqeusts"
        with pytest.raises(NotChecked if broken else StopIteration):
            next(looked)


@pytest.mark.parametrize(
    "source",
    [
        "%%bash\necho é\npip install nope-abc\n",
        ["x = 1\n", "!pip install nope-abc\n"],
        "%pip install nope-abc",
    ],
)
def test_what_cells_install_is_looked_at_once(source):
    text = dumped(cell(source))
    snapshot = Snapshot("file:///x.ipynb", "text", 0, text, "x.ipynb")
    facts = Facts(universe=Sample(("pypi/requests",)))
    (finding,) = dependencies.ANALYZER.analyze(snapshot, facts, {})
    assert (finding.rule, snapshot.slice(finding.span)) == ("package/nonexistent", "nope-abc")


def test_a_byte_order_mark_is_no_fault():
    assert notebook.read("\ufeff" + dumped(cell("x"))).missing == ""


def test_a_notebook_that_nests_too_deeply_is_said_to():
    assert "nests too deeply" in notebook.read("[" * 200_000).missing


@pytest.mark.parametrize(
    "text",
    [
        *(
            '"\\"' * 100_000,
            "{" * 200_000,
            '[{"a":' * 40_000,
            '"a",' * 50_000,
            '"' + "\\u0041" * 40_000,
        ),
        '{"cells":[{"cell_type":"code","source":["' + "\\n" * 100_000 + '"]}]}',
        '{"cells":[' + '{"cell_type":"code","source":"a"},' * 6_000,
        '{"cells":[{"cell_type":"code","source":"' + "%%" * 100_000 + '"}]}',
    ],
)
def test_hostile_texts_take_linear_time(text):
    def seconds() -> float:
        start = time.process_time()
        notebook.read(text)
        return time.process_time() - start

    assert min(seconds() for _ in range(2)) < 1
