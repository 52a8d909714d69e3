"""What rules are told about functions and routes in Python."""

from __future__ import annotations

import pytest

from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.syntax import python_web as web
from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.blocks import split
from vetline_analyzers.syntax.query import DIALECTS
from vetline_analyzers.syntax.rule import Hit
from vetline_analyzers.syntax.scope import Context, Scope


def seen(text, kind="function_definition"):
    """A hit on the first node of that kind."""
    source = tree.parse(Snapshot("x", "python", 1, text), {})
    block = next(split(source, DIALECTS["python"])).node
    scope = Scope(source, DIALECTS["python"], Context(), block)
    return Hit(web.inside(Hit(block, "", scope), block, kind)[0], "", scope)


@pytest.mark.parametrize(
    ("head", "path", "methods"),
    [
        ('@app.route("/a")\ndef f(): pass', "/a", {"GET"}),
        ('@app.route("/a", methods=["POST", "delete"])\ndef f(): pass', "/a", {"POST", "DELETE"}),
        ('@router.put("/a/{n}")\nasync def f(n): pass', "/a/{n}", {"PUT"}),
        ('@log\n@bp.patch("/a")\ndef f(): pass', "/a", {"PATCH"}),
        ('@api_view(["POST"])\ndef f(request): pass', "", {"POST"}),
        ("@require_POST\ndef f(request): pass", "", {"POST"}),
        ("def f(request):\n    return request.POST['a']", "", {"POST"}),
        ("def f(request):\n    if request.method == 'PUT': pass", "", {"PUT"}),
    ],
)
def test_routes(head, path, methods):
    hit = seen(head)
    route = web.route(hit, hit.node)
    assert route == web.Route(path, frozenset(methods))
    assert route.writes == bool(methods - {"GET"})


@pytest.mark.parametrize(
    "head",
    [
        "def f(): pass",
        "@cache.get('key')\ndef f(): pass",
        "@app.route\ndef f(): pass",
        "def f(request): return request",
        "@property\ndef f(self): pass",
    ],
)
def test_what_is_no_route(head):
    hit = seen(head)
    assert web.route(hit, hit.node) is None


def test_parameters_of_every_kind():
    hit = seen("def f(self, a, b: int, c=1, d: int = 2, *rest, e, **more): pass")
    assert set(web.parameters(hit, hit.node)) >= {"a", "b", "c", "d", "e"}
    assert "self" not in web.parameters(hit, hit.node)


def test_code_leaves_out_what_was_only_meant():
    hit = seen('def f():\n    """Check the é."""\n    # allowed?\n    return "# kept"  # not\n')
    text = web.code(hit, hit.node)
    assert "Check" not in text
    assert "allowed" not in text
    assert 'return "# kept"' in text
    assert "not" not in text


def test_the_innermost_definition_and_its_name():
    hit = seen("def outer():\n    def inner():\n        return call(1)\n", "call")
    assert web.called(hit, web.definition(hit)) == "inner"
    assert web.last_part(hit) == "call"
    assert web.called(hit, None) == ""


def test_the_call_around_an_argument():
    hit = seen("outer(inner, key={'a': here})", "pair")
    assert hit.text(web.call_around(hit)).startswith("outer(")
