"""A file as the machine sees it: its functions, classes and module level, run one by one and remembered."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from vetline_analyzers.flow import interest, ir
from vetline_analyzers.flow.declared import Declarations
from vetline_analyzers.flow.elsewhere import Imported
from vetline_analyzers.flow.machine import DEEP, STEPS, Machine
from vetline_analyzers.flow.state import State
from vetline_analyzers.flow.units import (
    Outcome,
    Remembered,
    Unit,
    blocks_of,
    class_around,
    definition,
    divisions,
    exported,
    heading,
    is_served,
    moved,
    unsettled,
)
from vetline_analyzers.flow.value import Closure, Key, Value, named
from vetline_analyzers.syntax.scope import OutOfBudget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tree_sitter import Node

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.flow.language import Language
    from vetline_analyzers.syntax.blocks import Block
    from vetline_analyzers.syntax.dialect import Dialect
    from vetline_analyzers.syntax.tree import Source

    Signature = tuple[object, ...] | None

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]+")
_MODULE = -1  # the number of the module level as a unit
_MAKERS = frozenset({"__init__", "constructor"})
_ALL_STEPS = 600_000  # of a file, about two seconds; a thousand lines need some ten thousand


class Program:
    """A file: the world of the machines that run its parts."""

    def __init__(  # noqa: PLR0917 - what a file is
        self,
        source: Source,
        dialect: Dialect,
        language: Language,
        aliases: Mapping[str, tuple[str, ...]],
        blocks: Sequence[Block],
        memo: Memo,
        modules: frozenset[str],
        neighbour: Callable[[str], Program | None] = lambda _: None,
        first: int = 0,
        around: Iterable[str] = (),
        path: str = "",
    ) -> None:
        """Take a file apart; nothing is run yet.

        Args:
            source: the text.
            dialect: its language as the tree is read.
            language: its language as data flows in it.
            aliases: what its names stand for through imports.
            blocks: its pieces.
            memo: what is remembered of the last state of the text.
            modules: the names of the project's own modules.
            neighbour: gives one of those, when its text is known.
            around: the names of those whose text is known.
            first: the number of the first block; `FOREIGN` or above for one that another file imports.
            path: where that lies, POSIX, relative to the project's root.
        """
        self.models, self.library, self.sinks = language.models, language.library, language.sinks
        self._source, self._dialect, self._language = source, dialect, language
        self._aliases, self._blocks, self._modules = aliases, blocks, modules
        self._neighbour, self._first, self._around = neighbour, first, tuple(around)
        self._prepared = False
        self._lowered: dict[object, tuple[ir.Stmt, ...]] = memo.setdefault("lowered", {})
        self._known: dict[object, Remembered] = memo.setdefault("flows", {})
        self._functions: dict[str, Unit] = {}
        self._classes: dict[str, list[Unit]] = {}
        self._bases: dict[str, str] = {}
        self._heads: dict[str, str] = {}
        self._owners: dict[int, str] = {}
        self._module: list[int] = []
        self._globals: dict[str, Value] = {}
        self._module_asked: set[str] = set()
        self._made: dict[str, Value] = {}
        self._bodies: dict[int, tuple[ir.Stmt, ...]] = {}
        given = source, dialect, language, blocks, self._body, aliases, neighbour
        self.declared = Declarations(*given).find
        roots = {target.partition(".")[0] for found in aliases.values() for target in found}
        self.is_web = not roots or not roots.isdisjoint(self.models.frameworks)
        self._served = is_served(source.data)
        self.gives_data = not roots.isdisjoint(self.models.data_routes)
        self._imported_file = Imported(first, path, source, blocks) if first else None
        self._sort()

    def _sort(self) -> None:
        """Tell functions, members of classes and the module level apart."""
        for number, block in enumerate(self._blocks):
            node = definition(block.node)
            parent = block.node.parent
            top = parent is None or parent.parent is None or parent.type == "export_statement"
            name_node = node.child_by_field_name("name")
            name = self._source.read(name_node) if name_node is not None else ""
            is_function = node.type in self._dialect.functions
            if not top:
                owner = class_around(block.node, self._dialect)
                if (
                    owner is not None
                    and parent is not None
                    and parent.type in {"block", "class_body"}
                ):
                    self._member(number, name if is_function else "", owner)
            elif is_function and name and not block.node.has_error:
                self._functions[name] = Unit(number, name, "")
            else:
                self._module.append(number)

    def _member(self, number: int, name: str, owner: Node) -> None:
        name_node = owner.child_by_field_name("name")
        cls = self._source.read(name_node) if name_node is not None else ""
        self._classes.setdefault(cls, []).append(Unit(number, name, cls))
        self._owners[number] = cls
        if cls not in self._heads:
            self._heads[cls] = text = heading(owner, self._source)
            found = re.findall(r"[\w.]+", text.replace("extends", " "))
            bases = (b for b in found if b.rpartition(".")[2] in self.models.handler_bases)
            self._bases[cls] = next(bases, "")

    # -- running

    def run(self) -> Outcome:
        """Run what may hold a fault."""
        done = Outcome()
        wanted = self._interesting()
        self._forget()
        if not wanted:
            return done
        self._run_module(done, shown=_MODULE in wanted)
        members = [unit for units in self._classes.values() for unit in units]
        left = _ALL_STEPS
        for unit in (*self._functions.values(), *members):
            if unit.number in wanted:
                left -= self._run_unit(unit, done, left)
        return done

    def _forget(self) -> None:
        """Drop what is remembered of texts that are gone."""
        for gone in self._known.keys() - set(self._identities):
            del self._known[gone]
        for gone in self._lowered.keys() - set(map(self._lowered_as, range(len(self._blocks)))):
            del self._lowered[gone]

    def _run_module(self, done: Outcome, *, shown: bool) -> None:
        machine = Machine(self, 0)
        state: State | None = State()
        try:
            for number in self._module:
                machine.block = self._first + number
                body = self._body(number)
                state = machine.execute(body, state) or state
                if state is not None:
                    self._globals = state.env
            machine.frames[-1].env = state.env if state is not None else None
            if shown:
                machine.run_pending()
        except (OutOfBudget, RecursionError):
            done.cut.append(self._module[0])
        done.cut += machine.cut
        self._globals = {name: unsettled(value) for name, value in self._globals.items()}
        if shown:
            done.faults += machine.faults.values()
            own = set(self._module)
            done.unfed |= {p for p, open_ in machine.fed.items() if not open_ and p.block in own}
        self._module_asked = machine.asked

    def _run_unit(self, unit: Unit, done: Outcome, left: int) -> int:
        """Run a unit or remember what it gave, in so many steps: what it cost."""
        identity = self._identities[unit.number]
        known = self._known.get(identity)
        if known is None or known.steps > left or not self._still(known):
            known = self._fresh(unit, max(0, min(STEPS, left)))
            if known.whole or left >= STEPS:
                self._known[identity] = known
        numbers = {n: self._numbers[each] for n, each in known.blocks.items()}
        done.faults += (moved(fault, numbers.__getitem__) for fault in known.faults)
        done.unfed |= {place._replace(block=unit.number) for place in known.unfed}
        if not known.whole:
            done.cut.append(unit.number)
        return known.steps

    def _ran(self, unit: Unit, steps: int, deep: int) -> tuple[Machine, bool]:
        """Run a unit, going so many calls deep: the machine, and whether it came to the end."""
        machine = Machine(self, unit.number, steps, deep)
        try:
            for statement in self._body(unit.number):
                if isinstance(statement, ir.Define):
                    function = statement.function
                    machine.run_alone(
                        Closure(function, unit.number), self._bases.get(unit.owner, "")
                    )
                else:
                    machine.execute((statement,), State({}))
            machine.run_pending()
        except (OutOfBudget, RecursionError):
            return machine, False
        return machine, not machine.cut

    def _fresh(self, unit: Unit, steps: int) -> Remembered:
        machine, whole = self._ran(unit, steps, DEEP)
        cost = steps - max(machine.steps, 0)
        if machine.steps < 0:
            # Functions that call each other many times: what they do one call away is better than nothing.
            shallow, whole = self._ran(unit, steps, 1)
            cost += steps - max(shallow.steps, 0)
            machine = shallow if whole else machine
        faults = tuple(machine.faults.values())
        blocks = {n: self._identities[n] for fault in faults for n in blocks_of(fault)}
        asked = {name: self._signature(name) for name in machine.asked}
        fed = (place for place, open_ in machine.fed.items() if whole and not open_)
        own = frozenset(place for place in fed if place.block == unit.number)
        return Remembered(asked, faults, own, blocks, cost, whole)

    @cached_property
    def _identities(self) -> list[object]:
        """What each block is known by: its text, its class and how many alike stand above it; a broken one by itself."""
        found: list[object] = []
        alike: Counter[object] = Counter()
        for number, block in enumerate(self._blocks):
            owner = self._owners.get(number, "")
            text = (block.key, owner, self._heads.get(owner, ""), self._served)
            found.append(object() if block.key is None else (*text, alike[text]))
            alike[text] += 1
        return found

    @cached_property
    def _members(self) -> dict[str, list[int]]:
        """The numbers of the members of all classes by their name."""
        found: dict[str, list[int]] = {}
        for unit in (unit for units in self._classes.values() for unit in units):
            found.setdefault(unit.name, []).append(unit.number)
        return found

    @cached_property
    def _numbers(self) -> dict[object, int]:
        """The numbers of the blocks by what they are known by."""
        return {identity: number for number, identity in enumerate(self._identities)}

    def _still(self, known: Remembered) -> bool:
        """Whether all that a run depended on is as it was, and what it speaks of is there."""
        return all(each in self._numbers for each in known.blocks.values()) and all(
            self._signature(name) == signature for name, signature in known.asked.items()
        )

    def _signature(self, name: str) -> Signature:
        """What a name of the module level, or ".name" of a member, stands for, so that two of the same are alike."""
        if name.startswith("."):
            return tuple(self._identities[n] for n in self._members.get(name[1:], ())) or None
        if (unit := self._functions.get(name)) is not None:
            return (self._identities[unit.number],)
        if name in self._classes:
            return tuple(self._identities[unit.number] for unit in self._classes[name])
        return self._module_signature if name in self._globals or self.declared(name) else None

    @cached_property
    def _module_signature(self) -> tuple[object, ...]:
        outside = self._module_asked - self._globals.keys()
        asked = sorted(name for name in outside if not self.declared(name))
        own = (self._identities[number] for number in self._module)
        return (*own, *(self._signature(name) for name in asked))

    def _lowered_as(self, number: int) -> object:
        """What the lowered form of a block is remembered by, None when it is not."""
        key = self._blocks[number].key
        return None if key is None else (key, self._owners.get(number, ""))

    def _body(self, number: int) -> tuple[ir.Stmt, ...]:
        """What a block was lowered to."""
        if number in self._bodies:
            return self._bodies[number]
        block, key = self._blocks[number], self._lowered_as(number)
        body = self._lowered.get(key) if key is not None else None
        if body is None:
            body = self._language.lower(block.node, self._source.data, self._owners.get(number, ""))
            if key is not None:
                self._lowered[key] = body
        self._bodies[number] = body
        return body

    def member(self, name: str) -> Value:
        """What another file gets when it imports that name."""
        if not self._prepared:
            self._prepared = True
            self._run_module(Outcome(), shown=False)
        head, dot, tail = name.partition(".")
        value = exported(self._globals, head) or self.outer(head, Machine(self, self._first))
        for part in tail.split(".") if dot else ():
            value = (value.items or {}).get(f".{part}") or named(
                *(f"{each}.{part}" for each in value.names)
            )
        return value

    # -- what is of interest

    def _interesting(self) -> set[int]:
        """The units in which a sink may be reached, `_MODULE` for the module level."""
        data = self._source.data
        nodes = [block.node for block in self._blocks]
        texts = [data[node.start_byte : node.end_byte] for node in nodes]
        outside = self._reached_outside()
        found = interest.reaching(
            self._language, self._aliases, outside, texts, data, self._called_for
        )
        if any(number in found for number in self._module):
            found.add(_MODULE)
        return found

    def _called_for(self, found: set[int]) -> set[bytes]:
        """The names by which units are called; a class by its own, for what makes its objects."""
        units = [*self._functions.values(), *(u for each in self._classes.values() for u in each)]
        wanted = [unit for unit in units if unit.number in found and unit.name]
        return {u.owner.encode() if u.name in _MAKERS else u.name.encode() for u in wanted}

    @cached_property
    def reaching(self) -> set[bytes]:
        """The names of what may reach a sink when another file calls it."""
        return self._called_for(self._interesting())

    def _reached_outside(self) -> set[bytes]:
        programs = [self._neighbour(name) for name in self._around]
        return set().union(*(program.reaching for program in programs if program is not None))

    def outer(self, name: str, machine: Machine) -> Value:
        """What a name means at the module's level."""
        if "." in name:  # what it begins with was looked up already
            return self._imported((name,))
        if (unit := self._functions.get(name)) is not None:
            return self._function(unit)
        if name in self._classes:
            return self._class(name)
        if (value := self._globals.get(name)) is not None and machine.frames:
            return value
        return self._imported(self._aliases.get(name, (name,)))

    def _imported(self, names: tuple[str, ...]) -> Value:
        """What a dotted name means, through the project's own modules."""
        if len(names) == 1:
            for module, name in divisions(names[0]):
                if (program := self._neighbour(module)) is not None:
                    found = program.member(name)
                    if found.closure is not None or found.items is not None or found.is_known:
                        return found
        constant = len(names) == 1 and _CONSTANT.fullmatch(names[0].rpartition(".")[2]) is not None
        return Value(names=names, number=constant)

    def serves(self, block: int) -> bool:
        """Whether any visitor may call the functions of that block: it is exported from a file that says so."""
        return self._served and self._blocks[block - self._first].node.type == "export_statement"

    def is_own(self, name: str) -> bool:
        """Whether a dotted name is of the project's own modules."""
        return name.startswith(".") or name.partition(".")[0] in self._modules

    def _function(self, unit: Unit) -> Value:
        for statement in self._body(unit.number):
            if isinstance(statement, ir.Define):
                function = statement.function
                function.owner = unit.owner or function.owner
                return Value(closure=self._closure(function, unit.number), names=(unit.name,))
        return named(unit.name)

    def _closure(self, function: ir.Function, number: int) -> Closure:
        return Closure(function, self._first + number, world=self if self._first else None)

    def _class(self, name: str) -> Value:
        if name not in self._made:
            units = (unit for unit in self._classes[name] if unit.name)
            items: dict[Key, Value] = {f".{unit.name}": self._function(unit) for unit in units}
            self._made[name] = Value(items=items, names=(name,))
        return self._made[name]

    def instance(self, name: str) -> Value:
        """What `self` is in a method of a class."""
        made = self._class(name) if name in self._classes else Value()
        return replace(made, names=(self.library.this or "self",))
