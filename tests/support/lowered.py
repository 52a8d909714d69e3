"""Texts lowered to the flow machine's nodes, and those written down so that a test can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Parser

from vetline_analyzers.flow import ir, lower_javascript, lower_python
from vetline_analyzers.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tree_sitter import Tree

_CALLS = {"call", "call_expression", "new_expression"}
_TYPES = {"type", "type_annotation", "type_arguments", "ambient_declaration"}


def parsed(text: str, language: str) -> tuple[Tree, bytes]:
    """A text's tree, and the text as bytes."""
    data = text.encode("utf-8", "surrogatepass")
    return Parser(tree.grammar(language)).parse(data), data


def lower(language: str) -> Callable[..., tuple[ir.Stmt, ...]]:
    """What lowers that language."""
    return lower_python.lower if language == "python" else lower_javascript.lower


def lowered(text: str, language: str = "python") -> tuple[ir.Stmt, ...]:
    """A whole text, lowered."""
    parsed_tree, data = parsed(text, language)
    return lower(language)(parsed_tree.root_node, data)


def written(text: str, language: str = "python") -> str:
    """A whole text, lowered and written down: its statements, parted by semicolons."""
    return stmts(lowered(text, language))


def nodes(part: object) -> Iterator[ir.Node]:
    """Every node in a lowered text, however deep."""
    stack, seen = [part], set()
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack += part
        elif isinstance(part, ir.Node) and id(part) not in seen:
            seen.add(id(part))
            yield part
            slots = [name for kind in type(part).__mro__ for name in getattr(kind, "__slots__", ())]
            stack += [getattr(part, name) for name in slots]


def lost_calls(text: str, language: str = "python") -> list[str]:
    """The calls in a text's tree that are no calls in what it is lowered to."""
    parsed_tree, data = parsed(text, language)
    base = parsed_tree.root_node.start_byte
    have = {
        (one.start, one.end) for one in nodes(lowered(text, language)) if isinstance(one, ir.Call)
    }
    lost, stack = [], [parsed_tree.root_node]
    while stack:
        node = stack.pop()
        place = node.start_byte - base, node.end_byte - base
        if node.type in _CALLS and place not in have:
            lost.append(data[node.start_byte : node.end_byte].decode("utf-8", "replace"))
        if node.type not in _TYPES:
            stack += node.children
    return lost


def _list(parts: Iterable[ir.Expr]) -> str:
    return ", ".join(map(expr, parts))


def expr(one: ir.Expr | None) -> str:  # noqa: C901, PLR0912 - a case for each kind
    """An expression, written down."""
    match one:
        case None:
            return ""
        case ir.Const(value=value):
            return repr(value)
        case ir.Name(id=name):
            return name
        case ir.Attr(base=base, name=name):
            return f"{expr(base)}.{name}"
        case ir.Item(base=base, key=key):
            return f"{expr(base)}[{expr(key)}]"
        case ir.Slice(base=base, low=low, high=high, step=step):
            return f"{expr(base)}[{expr(low)}:{expr(high)}:{expr(step)}]"
        case ir.Call(function=function, arguments=arguments, keywords=keywords, new=new):
            named = [f"{name or '**'}={expr(value)}" for name, value in keywords]
            inside = ", ".join([*map(expr, arguments), *named])
            return f"{'new ' if new else ''}{expr(function)}({inside})"
        case ir.Star(value=value):
            return f"*{expr(value)}"
        case ir.Text(parts=parts):
            inside = [repr(part) if isinstance(part, str) else expr(part) for part in parts]
            return f"text({', '.join(inside)})"
        case ir.Binary(op=op, left=left, right=right) | ir.Compare(op=op, left=left, right=right):
            return f"({expr(left)} {op} {expr(right)})"
        case ir.Logic(op=op, values=values):
            return f"({f' {op} '.join(map(expr, values))})"
        case ir.Not(value=value):
            return f"(not {expr(value)})"
        case ir.Unary(op=op, value=value):
            return f"({op} {expr(value)})"
        case ir.Choice(test=test, then=then, other=other):
            return f"({expr(then)} if {expr(test)} else {expr(other)})"
        case ir.Display(kind=kind, items=items):
            return f"{kind}[{_list(items)}]"
        case ir.Table(pairs=pairs):
            inside = [f"{expr(key) or '**'}: {expr(value)}" for key, value in pairs]
            return f"{{{', '.join(inside)}}}"
        case ir.Generator():
            return _generator(one)
        case ir.Function():
            return _function(one)
        case ir.Store(target=target, value=value, op=op):
            return f"({expr(target)} {op}:= {expr(value)})"
        case ir.Other(parts=parts):
            return f"?({_list(parts)})"
    raise TypeError(one)


def _generator(one: ir.Generator) -> str:
    key = f"{expr(one.key)}: " if one.key is not None else ""
    clauses = [
        f" for {expr(target)} in {expr(iterable)}" + "".join(f" if {expr(test)}" for test in tests)
        for target, iterable, tests in one.clauses
    ]
    return f"{one.kind}[{key}{expr(one.element)}{''.join(clauses)}]"


def _function(one: ir.Function) -> str:
    marks = "".join(f"@{expr(mark)} " for mark in one.decorators)
    start = f"{marks}{'async ' if one.is_async else ''}{one.owner + '.' if one.owner else ''}"
    returns = f" -> {one.returns}" if one.returns else ""
    taken = ", ".join(map(_parameter, one.parameters))
    return f"{start}{one.name}({taken}){returns} {{{stmts(one.body)}}}"


def _parameter(one: ir.Parameter) -> str:
    marks = "".join(f"@{expr(mark)} " for mark in one.decorators)
    kind = f": {one.annotation}" if one.annotation else ""
    default = f" = {expr(one.default)}" if one.default is not None else ""
    return (
        f"{marks}{'|' if one.keyword else ''}{one.kind}{one.name}{expr(one.pattern)}{kind}{default}"
    )


def stmts(many: Iterable[ir.Stmt]) -> str:
    """Statements, written down."""
    return "; ".join(map(stmt, many))


def stmt(one: ir.Stmt) -> str:  # noqa: C901, PLR0912 - a case for each kind
    """A statement, written down."""
    match one:
        case ir.Do(value=value):
            return expr(value)
        case ir.Assign(targets=targets, value=value, op=op):
            return f"{' = '.join(map(expr, targets))} {op}= {expr(value)}"
        case ir.Return(value=value):
            return f"return {expr(value)}"
        case ir.Raise(value=value):
            return f"raise {expr(value)}"
        case ir.Leave(kind=kind):
            return kind
        case ir.If(test=test, then=then, other=other):
            return f"if {expr(test)} {{{stmts(then)}}} else {{{stmts(other)}}}"
        case ir.For(target=target, iterable=iterable, body=body, other=other, keys=keys):
            how = "in keys of" if keys else "in"
            rest = f" else {{{stmts(other)}}}" if other else ""
            return f"for {expr(target)} {how} {expr(iterable)} {{{stmts(body)}}}{rest}"
        case ir.While(test=test, body=body, other=other, first=first):
            rest = f" else {{{stmts(other)}}}" if other else ""
            return f"{'do ' if first else ''}while {expr(test)} {{{stmts(body)}}}{rest}"
        case ir.Try():
            return _try(one)
        case ir.With(items=items, body=body):
            heads = [f"{expr(value)} as {expr(target)}" for value, target in items]
            return f"with {', '.join(heads)} {{{stmts(body)}}}"
        case ir.Match(subject=subject, cases=cases, falls=falls):
            inside = [
                f"{' | '.join(map(expr, patterns)) or '_'}{(guard and ' if ' + expr(guard)) or ''}"
                f" {{{stmts(body)}}}"
                for patterns, guard, body in cases
            ]
            return f"{'switch' if falls else 'match'} {expr(subject)}: {'; '.join(inside)}"
        case ir.Define(function=function):
            return f"def {expr(function)}"
        case ir.Class(name=name, bases=bases, body=body, decorators=decorators):
            marks = "".join(f"@{expr(mark)} " for mark in decorators)
            return f"{marks}class {name}({_list(bases)}) {{{stmts(body)}}}"
        case ir.Delete(targets=targets):
            return f"del {_list(targets)}"
        case ir.Import(bindings=bindings):
            return f"import {', '.join(f'{name}={target}' for name, target in bindings)}"
        case ir.Suite(body=body):
            return f"[{stmts(body)}]"
    raise TypeError(one)


def _try(one: ir.Try) -> str:
    handlers = [
        f" except {expr(types)} as {name} {{{stmts(body)}}}" for types, name, body in one.handlers
    ]
    other = f" else {{{stmts(one.other)}}}" if one.other else ""
    final = f" finally {{{stmts(one.final)}}}" if one.final else ""
    return f"try {{{stmts(one.body)}}}{''.join(handlers)}{other}{final}"
