"""Python 2's statement that runs text as code."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    code = hit.node.child_by_field_name("code")
    if code is not None and hit.constant(code):
        return None
    return Report(
        "Text runs as Python here: whoever controls it runs code. Call a function from a fixed table instead."
    )


RULE = PatternRule(
    id="python/exec-statement",
    title="Text run by the exec statement",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(95, 94),
    page="""
Python 2 runs text as code with the statement `exec text`, with no parentheses. Whatever is put into that text runs with
all rights of the program. Python 3 does not know the statement, so code that still has it runs on an interpreter that
gets no security updates.
""",
    attack="Names a plug-in `os;os.system('…')`, which the text then runs.",
    advice="Look the function up in a table of those that may be run; import modules with "
    "`importlib.import_module` after checking the name against a list.",
    bad=(
        """\
def load(code, names):
    exec code in names
""",
        """\
def load(name):
    text = "import " + name
    exec text in globals()
""",
        """\
def load(path):
    text = open(path).read()
    exec text
""",
    ),
    good=(
        """\
def load(name):
    return TABLE[name]()
""",
        """\
def load(names):
    exec "import os" in names
""",
        """\
CODE = "import os"
exec CODE
""",
    ),
    url="https://docs.python.org/2/reference/simple_stmts.html#the-exec-statement",
    tentative=True,
    query="""
        (exec_statement) @hit
        ((expression_statement (binary_operator left: (identifier) @_name (ERROR (string)))) @hit
          (#eq? @_name "exec"))
        ((expression_statement (comparison_operator
          (binary_operator left: (identifier) @_name (ERROR (string))))) @hit
          (#eq? @_name "exec"))
    """,
    check=_check,
)
