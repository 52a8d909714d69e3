"""Names from outside that reach the prototype of all objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    text_around,
    text_before,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_GUARDED = re.compile(
    r"__proto__|['\"](?:constructor|prototype)['\"]|hasOwn|Object\.create\(null|new Map"
    r"|(?i:\w*(?:safe|proto|pollut)\w*\()"
)
_NUMBERS = re.compile(
    r"(?:i|j|k|n|x|y|_\w+|idx|index|row|col|\d+|.*(?:Index|[cC]ode|Num|\+\s*1|\.length.*|-\s*1))"
)
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_MESSAGE = (
    "With __proto__ as a name this writes into the prototype of every object: skip __proto__, "
    "constructor and prototype, or use a Map."
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "call_expression":
        return _merges(hit)
    left, right = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    if left is None or right is None:
        return None
    if left.type == "subscript_expression":
        return _assigned(hit, left)
    steps = _stepped(hit, right)
    if steps is None:
        return None
    base, index = steps
    if hit.text(base) != hit.text(left) or _is_number(hit, index):
        return None
    around = _surroundings(hit)
    if around is None or not _writes(hit, around, hit.text(left)) or _guarded(hit, around):
        return None
    return Report(_MESSAGE)


def _assigned(hit: Hit, left: Node) -> Report | None:
    """`store[req.body.a][req.body.b] = x`: both names are a stranger's."""
    outer, index = left.child_by_field_name("object"), left.child_by_field_name("index")
    if outer is None or index is None or not hit.from_request(index) or hit.constant(index):
        return None
    inner = _stepped(hit, outer)
    if inner is None and outer.type in hit.scope.dialect.identifiers:
        found = (_stepped(hit, value) for value in hit.scope.values(outer))
        inner = next((each for each in found if each is not None), None)
    if inner is None or not hit.from_request(inner[1]) or hit.string(inner[1]):
        return None
    return None if _GUARDED.search(text_before(hit)) else Report(_MESSAGE)


def _merges(hit: Hit) -> Report | None:
    """A function that calls itself on the members of two objects: `merge(a[k], b[k])`."""
    function = callee(hit.node)
    around = hit.scope.function(hit.node)
    if function is None or function.type != "identifier" or around is None:
        return None
    name = hit.text(function)
    while around is not None and not _is_named(hit, around, name):
        around = hit.scope.function(around)
    if around is None:
        return None
    steps = [_stepped(hit, each) for each in hit.scope.dialect.argument_nodes(hit.node)[:3]]
    known = [each for each in steps if each is not None and not _is_number(hit, each[1])]
    bases, names = ({hit.text(step[side]) for step in known} for side in (0, 1))
    if len(bases) <= 1 or len(names) != 1:  # the members of one name, of a target and a source
        return None
    return None if _guarded(hit, around) else Report(_MESSAGE)


def _is_named(hit: Hit, function: Node, name: str) -> bool:
    own = function.child_by_field_name("name")
    if own is None and (above := function.parent) is not None:
        own = above.child_by_field_name("name") or above.child_by_field_name("left")
    return own is not None and hit.text(own).rpartition(".")[2] == name


def _stepped(hit: Hit, node: Node) -> tuple[Node, Node] | None:
    """Object and name of `a[k]`, also in `a[k] || (a[k] = {})` and `(a[k] ??= {})`."""
    node = hit.scope.bare(node)
    if node.type in {
        "binary_expression",
        "augmented_assignment_expression",
        "assignment_expression",
    }:
        left = node.child_by_field_name("left")
        return _stepped(hit, left) if left is not None and left.type != node.type else None
    base, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    return None if base is None or index is None else (base, index)


def _is_number(hit: Hit, index: Node) -> bool:
    return bool(_NUMBERS.fullmatch(hit.text(index))) or hit.constant(index)


def _surroundings(hit: Hit) -> Node | None:
    """The function around the loop that the place is in; None outside of loops."""
    for node in hit.scope.up(hit.node):
        if node.type in _LOOPS:
            return hit.scope.function(node) or hit.scope.block
        if node.type in hit.scope.dialect.functions:
            above = node.parent.parent if node.parent is not None else None
            called = (
                callee(above) if above is not None and above.type == "call_expression" else None
            )
            if called is None or not hit.text(called).endswith(
                (".forEach", ".reduce", ".map", ".each")
            ):
                return None
            return hit.scope.function(node) or hit.scope.block
    return None


def _writes(hit: Hit, around: Node, name: str) -> bool:
    """Whether something is put under a name of the object that was stepped into."""
    return bool(
        re.search(rf"(?<![\w.$]){re.escape(name)}\[[^\]\n]+\]\s*=[^=]", text_around(hit, around))
    )


def _guarded(hit: Hit, around: Node) -> bool:
    return bool(_GUARDED.search(text_around(hit, around)))


RULE = PatternRule(
    id="javascript/prototype-pollution",
    title="Name that reaches the prototype of all objects",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(1321, 915),
    page="""
A merge, or a setter for dotted paths, steps into an object by names it is given. The name `__proto__` leads
to the prototype that all objects share: what is written there then shows in every object of the process, as
a missing `isAdmin` or as an option of the next command that is run.
""",
    attack='Sends {"__proto__": {"isAdmin": true}} to the handler that merges its body into the settings.',
    advice="Skip `__proto__`, `constructor` and `prototype`, merge into `Object.create(null)`, or keep such data in a `Map`.",
    bad=(
        """\
function merge(target, source) {
  for (const key in source) {
    if (typeof source[key] === "object") {
      merge(target[key], source[key]);
    } else {
      target[key] = source[key];
    }
  }
}
""",
        """\
function set(target, path, value) {
  const names = path.split(".");
  const last = names.pop();
  for (const name of names) {
    target = target[name] || (target[name] = {});
  }
  target[last] = value;
}
""",
        """\
app.put("/:list/:name", (req, res) => {
  const list = lists[req.params.list];
  list[req.params.name] = req.body.value;
});
""",
    ),
    good=(
        """\
function merge(target, source) {
  for (const key in source) {
    if (key === "__proto__" || key === "constructor") continue;
    if (typeof source[key] === "object") {
      merge(target[key], source[key]);
    } else {
      target[key] = source[key];
    }
  }
}
""",
        """\
function set(target, path, value) {
  const last = path.pop();
  for (let i = 0; i < path.length; i++) {
    target = target[i];
  }
  target[last] = value;
}
""",
        """\
function get(target, path) {
  for (const name of path.split(".")) {
    target = target[name];
  }
  return target;
}
""",
        """\
app.put("/:name", (req, res) => {
  list[req.params.name] = req.body.value;
});
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Prototype_Pollution_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    query="""
        (assignment_expression left: [(identifier) (subscript_expression)]) @hit
        (call_expression function: (identifier)
          arguments: (arguments (subscript_expression) (subscript_expression))) @hit
    """,
    check=_check,
)
