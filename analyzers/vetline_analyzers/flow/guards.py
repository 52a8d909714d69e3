"""What a test shows of a value: on the way where it holds, a value is one of a few, or has a harmless form.

A fact is about a taint, not about a name: what was derived from the tested value before is guarded as well, as
`parsed = urlparse(url)` is by a test of `parsed.netloc`. Truth and length show nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import calls, forms, ir
from vetline_analyzers.flow.believed import about, promises, raises
from vetline_analyzers.flow.containers import each_of
from vetline_analyzers.flow.model import ALL
from vetline_analyzers.flow.signs import DOUBT, ROOT, absent, lacking, without
from vetline_analyzers.flow.state import State, both
from vetline_analyzers.flow.value import NOWHERE, OPEN, UNKNOWN, Source, Value

if TYPE_CHECKING:
    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.value import Shown

    Facts = Shown

_NOTHING: Facts = {}
_BELIEVED = frozenset({DOUBT + "*"})
_NUMERIC_TESTS = frozenset(
    {
        *("isInteger", "isSafeInteger", "isFinite", "isNumeric", "isInt", "isUUID"),
        *("isAlphanumeric", "isAlpha", "isHexadecimal", "isMongoId"),
    }
)
# Functions of libraries that do what their names say.
_HOST_TESTS = frozenset({"url_has_allowed_host_and_scheme"})
_FORM = frozenset(
    {"isalnum", "isdigit", "isnumeric", "isalpha", "isidentifier", "isdecimal", "is_integer"}
)
# Parts that say of the whole what counts for some sinks.
_HOSTS = dict.fromkeys(("netloc", "hostname", "host", "origin"), frozenset({"url", "redirect"}))
_DECISIVE = {**_HOSTS, **dict.fromkeys(("parent", "parents"), frozenset({"path"}))}
_PARSERS = frozenset(
    {"int", "float", "UUID", "ip_address", "ip_network", "Decimal", "fromisoformat"}
)
_COLLECTED = frozenset({"includes", "has", "hasOwnProperty", "indexOf", "hasOwn"})
_MATCHERS = frozenset({"match", "fullmatch", "search", "test", "exec"})
_TEXTS = frozenset(
    {
        "str",
        "bytes",
        "object",
        "list",
        "dict",
        "tuple",
        "set",
        "basestring",
        "unicode",
        "Mapping",
        "Sequence",
    }
)
_TYPES = {
    "string": frozenset({"nosql", "prototype", "assignment"}),
    **dict.fromkeys(("number", "boolean", "bigint"), ALL),
}


def facts(m: Machine, test: ir.Expr, state: State, depth: int = 0) -> tuple[Facts, Facts]:
    """What is shown of taints where a test holds, and where it does not."""
    if depth > 20:  # noqa: PLR2004 - nested tests that somebody wrote
        return _NOTHING, _NOTHING
    match test:
        case ir.Not():
            true, false = facts(m, test.value, state, depth + 1)
            return false, true
        case ir.Logic():
            return _of_logic(m, test, state, depth)
        case ir.Compare(right=ir.Const(value=None)):  # `found is None` is `not found`
            true, false = facts(m, test.left, state, depth + 1)
            return (true, false) if test.op in {"!=", "is not"} else (false, true)
        case ir.Compare():
            return _of_comparison(m, test, state)
        case ir.Call():
            return _of_call(m, test, state)
        case ir.Store():
            return facts(m, test.value, state, depth + 1)
        case ir.Other() if len(test.parts) == 1:
            return facts(m, test.parts[0], state, depth + 1)
        case ir.Name():
            return _of_name(m, test, state)
    return _NOTHING, _NOTHING


def _of_name(m: Machine, test: ir.Name, state: State) -> tuple[Facts, Facts]:
    """Of a test whose outcome was kept: `found = pattern.match(text); if not found: …`."""
    if test.id in state.tests:
        return state.tests[test.id]
    value = m.lookup(test.id, state)
    if any(name.rpartition(".")[2] in {"match()", "fullmatch()"} for name in value.names):
        return _shown(value, ALL), _NOTHING
    return _NOTHING, _NOTHING


def keep(m: Machine, target: ir.Expr, test: ir.Expr, state: State) -> None:
    """Keep what a test shows with the name that gets its outcome; of a tuple the first one."""
    if isinstance(target, ir.Display) and target.items:
        target = target.items[0]
    if not isinstance(target, ir.Name):
        return
    state.tests.pop(target.id, None)
    if isinstance(test, ir.Call | ir.Compare | ir.Logic | ir.Not):
        shown = facts(m, test, state)
        if shown[0] or shown[1]:
            state.tests[target.id] = shown


def passed(m: Machine, call: ir.Call, state: State) -> Facts:
    """What is shown by a call that came back: `validate(url)` raises when it is not valid."""
    name = calls.last_name(call)
    if name == "relative_to" and isinstance(call.function, ir.Attr):
        return _shown(m.again(call.function.base, state), frozenset({"path"}))
    if id(call) in m.shown:
        return _NOTHING  # it was run, and has left what it shows
    arguments = [m.again(argument, state) for argument in call.arguments]
    if name in _PARSERS:
        return _union(arguments)
    return _union(arguments, about(name)) if raises(name) else _NOTHING


def _of_logic(m: Machine, test: ir.Logic, state: State, depth: int) -> tuple[Facts, Facts]:
    parts = [facts(m, part, state, depth + 1) for part in test.values]
    if test.op not in {"and", "or"}:
        return _NOTHING, _NOTHING
    every, some = (0, 1) if test.op == "and" else (1, 0)
    union: Facts = {}
    for part in parts:
        for key, kinds in part[every].items():
            union[key] = union.get(key, frozenset()) | kinds
    common = dict(parts[0][some])
    for part in parts[1:]:
        common = {k: both(v, part[some][k]) for k, v in common.items() if k in part[some]}
    return (union, common) if test.op == "and" else (common, union)


def _of_comparison(m: Machine, test: ir.Compare, state: State) -> tuple[Facts, Facts]:
    if isinstance(test.left, ir.Unary) and test.left.op == "typeof":
        return _of_type(m, test.left.value, test, state)
    if isinstance(test.left, ir.Call) and calls.last_name(test.left) == "indexOf":
        return _of_index(m, test.left, test, state)
    negative = test.op in {"!=", "not in", "is not"}
    left, right = m.again(test.left, state), m.again(test.right, state)
    true: Facts = {}
    false: Facts = {}
    if test.op in {"in", "not in"}:
        true, false = _of_membership(left, right)
    elif test.op in {"==", "!="}:
        for expr, one, other in ((test.left, left, right), (test.right, right, left)):
            if isinstance(expr, ir.Call) and calls.last_name(expr) == "commonpath":
                true = true | _of_common_path(m, expr, state)
            elif one.every() and not _chosen(other):
                true = true | _shown(one, ALL)
    return (false, true) if negative else (true, false)


def _of_membership(left: Value, right: Value) -> tuple[Facts, Facts]:
    """`left in right`."""
    if left.every() and right.text is not None:
        return _of_signs(left, right.text)
    if left.every() and not _chosen(right):
        return _shown(left, ALL), {}
    if left.text is not None and right.every():
        return {}, _shown(right, lacking(left.text))
    return {}, {}


def _of_signs(value: Value, signs: str) -> tuple[Facts, Facts]:
    """What it shows that a value is in a text: nothing, unless it is one sign of a text."""
    if not all(taint.path[-1:] == ("*",) for taint in value.every()):
        return {}, {}
    others = frozenset(map(chr, range(128))).difference(signs)
    return _shown(value, absent(others)), _shown(value, absent(frozenset(signs)))


def _of_common_path(m: Machine, call: ir.Call, state: State) -> Facts:
    """`os.path.commonpath([folder, path]) == folder`."""
    found: Facts = {}
    for argument in call.arguments:
        for value in (m.again(argument, state).items or {}).values():
            if value.resolved:
                found |= _shown(value, frozenset({"path"}))
    return found


def _of_type(m: Machine, value: ir.Expr, test: ir.Compare, state: State) -> tuple[Facts, Facts]:
    """`typeof value === "string"`: no object, or no text at all."""
    kind = m.again(test.right, state).text or ""
    shown = _shown(m.again(value, state), _TYPES.get(kind, frozenset()))
    return ({}, shown) if test.op == "!=" else (shown, {})


def _of_index(m: Machine, call: ir.Call, test: ir.Compare, state: State) -> tuple[Facts, Facts]:
    """`list.indexOf(value) !== -1`, `text.indexOf("..") < 0`, `path.indexOf(root) === 0`."""
    at = m.again(test.right, state).constants
    receiver = m.again(call.function.base, state) if isinstance(call.function, ir.Attr) else None
    if at == (0,) and test.op in {"==", "!="} and receiver is not None and call.arguments:
        true, false = _of_prefix(receiver, m.again(call.arguments[0], state))
        return (true, false) if test.op == "==" else (false, true)
    true, false = _of_call(m, call, state)
    if (test.op, at) in {(">", (-1,)), (">=", (0,)), ("!=", (-1,))}:
        return true, false
    return (false, true) if (test.op, at) in {("<", (0,)), ("==", (-1,))} else ({}, {})


def _chosen(value: Value) -> bool:
    """Whether somebody else chose it, so that to be equal to it says nothing."""
    return any(taint.source is not Source.PARAMETER for taint in value.every())


def _shown(value: Value, kinds: frozenset[str]) -> Facts:
    taints = value.every() if kinds else ()
    found: Facts = {}
    for taint in taints:
        place, label, path = taint.key
        if OPEN in path:
            continue
        found[taint.key] = kinds
        for at, element in enumerate(path):
            of_whole = _DECISIVE.get(element, frozenset())
            if of_whole and all(rest in {"0", "-1"} for rest in path[at + 1 :]):
                whole = place, label, path[:at]
                found[whole] = found.get(whole, frozenset()) | (both(kinds, of_whole))
    if taints:
        found |= {
            (NOWHERE, name, ()): kinds for name in value.names if "." in name and name[-1] != ")"
        }
    return found


def _of_call(m: Machine, test: ir.Call, state: State) -> tuple[Facts, Facts]:
    if (outcome := m.shown.get(id(test))) is not None:
        return outcome  # it was run
    name = calls.last_name(test)
    function = test.function
    receiver = m.again(function.base, state) if isinstance(function, ir.Attr) else None
    if name == "call" and isinstance(function, ir.Attr) and isinstance(function.base, ir.Attr):
        name, receiver = function.base.name, UNKNOWN  # `hasOwnProperty.call(table, key)`
    arguments = [m.again(argument, state) for argument in test.arguments]
    shown = None if receiver is None else _of_method(name, receiver, arguments)
    if shown is not None:
        return shown
    if name in {"bool", "Boolean"} and test.arguments:
        return facts(m, test.arguments[0], state, 1)
    if name in _MATCHERS:
        return _of_match(test, receiver, arguments)
    if name == "isinstance" and len(test.arguments) == 2:  # noqa: PLR2004 - its arguments
        kinds = {n.rpartition(".")[2] for n in calls.names_in(m, test.arguments[1], state)}
        return (_shown(arguments[0], ALL), {}) if kinds and kinds.isdisjoint(_TEXTS) else ({}, {})
    if name in {"all", "any"} and test.arguments and isinstance(test.arguments[0], ir.Generator):
        return _of_each(m, test.arguments[0], state, every=name == "all")
    return _by_name(name, arguments)


def _of_method(name: str, receiver: Value, arguments: list[Value]) -> tuple[Facts, Facts] | None:
    """What a test by a method of the tested value, or of a collection, shows; None when it is neither."""
    if receiver.every():
        if name in _FORM:
            return _shown(receiver, ALL), {}
        if name in {"startswith", "startsWith"} and arguments:
            return _of_prefix(receiver, arguments[0])
        if name in {"endswith", "endsWith"} and arguments and arguments[0].text is not None:
            return _shown(receiver, frozenset({f"to {arguments[0].text}"})), {}
        if name in {"is_relative_to", "relative_to"}:
            return _shown(receiver, frozenset({"path"})), {}
        if name in {"includes", "indexOf"} and arguments and arguments[0].text is not None:
            return {}, _shown(receiver, lacking(arguments[0].text))
        if name == "is_absolute":
            return {}, _shown(receiver, without("", ROOT))
    if name in _COLLECTED and not _chosen(receiver):
        return _union(arguments), {}
    return None


def _by_name(name: str, arguments: list[Value]) -> tuple[Facts, Facts]:
    """What a function shows of its arguments, going by its name."""
    if name in {"commonpath", "commonprefix"}:
        return {}, {}
    if name in {"isabs", "isAbsolute"}:
        return {}, _union(arguments, without("", ROOT))
    if name == "isNaN":
        return {}, _union(arguments)
    if name in _NUMERIC_TESTS:
        return _union(arguments), {}
    if name in _HOST_TESTS:
        return _union(arguments, frozenset({"redirect", "url"})), {}
    promised = promises(name)
    shown = {} if promised is None else _union(arguments, about(name))
    return (shown, {}) if promised else ({}, shown)


def _union(arguments: list[Value], kinds: frozenset[str] = ALL) -> Facts:
    found: Facts = {}
    for argument in arguments:
        found |= _shown(argument, kinds)
    return found


def _of_prefix(value: Value, prefix: Value) -> tuple[Facts, Facts]:
    """`value.startswith(prefix)`."""
    if _chosen(prefix):
        return {}, {}
    kinds = frozenset({"path"}) if value.resolved else frozenset()
    texts = [prefix.text] if prefix.text is not None else _texts(prefix)
    if not texts:
        return _shown(value, kinds | {"redirect", "url"}), {}
    shown = [forms.starts(text) for text in texts]
    true = frozenset.intersection(*(each for each, _ in shown))
    false = frozenset().union(*(each for _, each in shown))
    return _shown(value, kinds | true), _shown(value, false)


def _texts(value: Value) -> list[str]:
    """The texts that a display holds; none when one is not known."""
    texts = [item.text for item in (value.items or {}).values()]
    known = [text for text in texts if text is not None]
    return known if value.rest is None and len(known) == len(texts) else []


def _of_match(test: ir.Call, receiver: Value | None, arguments: list[Value]) -> tuple[Facts, Facts]:
    """`re.match(pattern, value)`, `pattern.match(value)`, `pattern.test(value)`."""
    name = calls.last_name(test)
    is_module = receiver is not None and any(n in {"re", "regex"} for n in receiver.names)
    if is_module and len(arguments) < 2:  # noqa: PLR2004 - pattern and text
        return {}, {}
    pattern = arguments[0] if is_module else receiver
    value = arguments[1] if is_module else arguments[0] if arguments else None
    if value is None or pattern is None:
        return {}, {}
    if not value.every() and receiver is not None and receiver.every() and name == "match":
        pattern, value = value, receiver  # `text.match(pattern)`, which looks everywhere
        name = "search"
    if _chosen(pattern):
        return {}, {}
    if pattern.text is None:
        return _shown(value, _BELIEVED), {}
    how = name if name in {"match", "fullmatch"} else "search"
    true, false = forms.matched(pattern.text, how)
    return _shown(value, true), _shown(value, false)


def _of_each(m: Machine, each: ir.Generator, state: State, *, every: bool) -> tuple[Facts, Facts]:
    """`all(test for part in value)`, `any(…)`."""
    from vetline_analyzers.flow.targets import assign  # noqa: PLC0415 - the two know each other

    inside = m.fork(state)
    for target, iterable, _ in each.clauses:
        assign(m, target, each_of(m.evaluate(iterable, inside)), inside)
    shown = facts(m, each.element, inside, 1)[0 if every else 1]
    for (place, label, path), kinds in list(shown.items()):
        if path[-1:] == ("*",):  # what is shown of each is shown of all
            shown = {**shown, (place, label, path[:-1]): kinds}
    return (shown, {}) if every else ({}, shown)
