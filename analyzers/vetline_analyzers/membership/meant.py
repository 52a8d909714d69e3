"""What is meant by a member that is not there, and what to write in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.membership.slips import SLIPS, Slip

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.core.universe import Members
    from vetline_analyzers.syntax.tree import Source

_NEAR = 72  # of 100, below which a name is no slip of another (rapidfuzz's ratio)
_SIMPLE = frozenset(
    {"identifier", "string", "integer", "float", "attribute", "call", "subscript", "list", "dictionary", "set"}
)  # fmt: skip
_LONGEST = 200  # bytes of an expression that is written again


class Guess(NamedTuple):
    """What is meant.

    Attributes:
        says: for people; "" when nobody knows.
        slip: it stands in the table of slips.
        replacement: as `Slip.means`.
        name: the full name of what is meant, "" where it has none.
    """

    says: str = ""
    slip: bool = False
    replacement: str = ""
    name: str = ""


def meant(access: Node | None, owner: str, member: str, known: Members) -> Guess:
    """What somebody who writes `member` of `owner` may mean."""
    slip = SLIPS.get(owner, {}).get(member)
    called = _call(access) is not None if access is not None else None
    if slip is not None and (slip.called is None or called is None or slip.called == called):
        return Guess(
            slip.says, slip=True, replacement=_fits(slip, owner, known), name=_full(slip, owner)
        )
    near = _nearest(member, known.names(owner) or frozenset())
    if not near:
        return Guess()
    return Guess(f"`{near}`", replacement=f".{near}", name=f"{owner}.{near}")


def _full(slip: Slip, owner: str) -> str:
    return owner + slip.means if slip.means.startswith(".") else ""


def _fits(slip: Slip, owner: str, known: Members) -> str:
    """The replacement, unless it names a member that this owner does not have."""
    if not slip.means.startswith("."):
        return slip.means
    there = known.names(owner)
    return slip.means if there is None or slip.means[1:].partition(".")[0] in there else ""


def _nearest(member: str, names: frozenset[str]) -> str:
    """The member most like a name: the same but for case and underscores, else the nearest one."""
    plain = _plain(member)
    same = sorted(name for name in names if _plain(name) == plain)
    if same:
        return same[0]
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - a tenth of all texts have such a member

    public = [name for name in names if not name.startswith("_")]
    found = process.extractOne(member, sorted(public), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return str(found[0]) if found else ""


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _call(access: Node | None) -> Node | None:
    """The call of an access."""
    parent = access.parent if access is not None else None
    if access is None or parent is None or parent.type != "call":
        return None
    function = parent.child_by_field_name("function")
    return parent if function is not None and function.id == access.id else None


def fix_of(
    node: Node, access: Node | None, replacement: str, source: Source
) -> tuple[Node, str] | None:
    """What to replace and with what; None where it cannot be written so."""
    if access is None:
        return _imported(node, replacement, source)
    if replacement.startswith("."):
        return node, replacement[1:]
    base, call = access.child_by_field_name("object"), _call(access)
    if base is None or base.type not in _SIMPLE or base.end_byte - base.start_byte > _LONGEST:
        return None
    arguments = call.child_by_field_name("arguments") if call is not None else None
    given = arguments.named_children if arguments is not None else []
    text = source.read(arguments)[1:-1] if arguments is not None else ""
    if len(text) > _LONGEST or "\n" in text:
        return None
    first = ""
    if "{1}" in replacement:
        if len(given) != 1 or given[0].type not in _SIMPLE | {"lambda"}:
            return None
        first = source.read(given[0])
    elif "{}" not in replacement and given:
        return None
    made = replacement.replace("{}", "\0", 1).replace("{0}", "\1").replace("{1}", "\2")
    made = made.replace("\0", text).replace("\1", source.read(base)).replace("\2", first)
    return call or access, made


def _imported(node: Node, replacement: str, source: Source) -> tuple[Node, str] | None:
    """In `from a import b` the name that is meant, by the name it has here; of a module, not of a builtin."""
    if not replacement.startswith(".") or "." in replacement[1:]:
        return None
    renamed = node.parent is not None and node.parent.type == "aliased_import"
    written = source.read(node)
    if "." in written:
        return None
    return node, replacement[1:] if renamed else f"{replacement[1:]} as {written}"
