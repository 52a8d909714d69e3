"""Our hooks in the JSON files of agents: put in beside what is there and taken out again, to the byte.

The text is edited in place, not written anew: indentation, order, line ends and what we do not know stay
as they are. A container that was there and empty is filled without a line end behind its bracket, one of
our own with one; that is how taking out knows which to leave.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OURS = re.compile(r"""(?:^|[\s/\\"'])vetline(?:\.exe)?["']?\s+hook(?=$|[\s;"'}])""")
_COMMANDS = ("command", "bash", "powershell", "windows", "linux", "osx")
_SPACE = re.compile(r"[ \t\r\n]*")
_INDENT = re.compile(r"\n([ \t]+)\S")
_DECODER = json.JSONDecoder()
_LIST, _INNER = "hooks", "hooks"  # of the file, and of a group of hooks with one matcher

Path = tuple[str | int, ...]


class _Member(NamedTuple):
    """A member of an object or an item of an array: where it starts, where its value does, its end."""

    key: str | int
    start: int
    value: int
    end: int


class _Style(NamedTuple):
    """How a text is laid out: a step of indentation, its line ends, where a new member starts."""

    unit: str
    line_end: str
    margin: str = ""


def added(text: str, top: Mapping[str, Any], entries: Mapping[str, Any]) -> str:
    """The file's text with an entry of ours at each event; itself when they are there already.

    Args:
        text: the file's; "" when there is none.
        top: what a file of our own has beside its hooks.
        entries: event → what stands in its list, with our command in it.

    Raises:
        ValueError: the text is no JSON or not of the form we know; one line says what is wrong.
    """
    if not text.strip():
        filled = {**top, _LIST: {event: [entry] for event, entry in entries.items()}}
        return json.dumps(filled, indent=2, ensure_ascii=False) + "\n"
    data = _checked(text)
    hooks = data.get(_LIST, {})
    if wrong := [event for event in entries if not isinstance(hooks.get(event, []), list)]:
        raise ValueError(f'has a "{wrong[0]}" in its "{_LIST}" that is not a list')
    there = sorted((path[1], _commands(_at(data, path))) for path in _ours(data))
    if there == sorted((event, _commands(entry)) for event, entry in entries.items()):
        return text
    if there:
        return added(removed(text, top), top, entries)
    style = _style(text)
    for event, entry in entries.items():
        text = _put(text, event, entry, style)
    return text


def removed(text: str, top: Mapping[str, Any]) -> str:
    """The file's text without our entries; "" when nothing but `top` is left. Arguments as of `added`.

    Raises:
        ValueError: as `added`.
    """
    if not text.strip():
        return text
    mine = list(_ours(_checked(text)))
    for path in reversed(mine):
        text = _drop(text, path)
    left = bool(mine) and text.strip() and json.loads(text)
    return "" if mine and (not text.strip() or (top and left == top)) else text


def with_member(text: str, table: str, name: str, value: object) -> str:
    """A JSON object's text with a member put at the end of one of its own objects, which is made where there is none.

    Args:
        text: the file's.
        table: the inner object's name: "dependencies".
        name: the new member's, which is not there yet.
        value: its value.

    Raises:
        ValueError: the text is no JSON object, or what `table` names is none.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get(table, {}), dict):
        raise ValueError("is not an object of objects")  # noqa: TRY004 - it is the file that is wrong
    style, at = _style(text), _skip(text, 0)
    member = _member(text, at, table)
    if member is None:
        key = f"{json.dumps(table)}: "
        return _inserted(text, at, key, {name: value}, style._replace(margin=style.unit))
    if not data[table]:
        filled = json.dumps({name: value}, indent=style.unit, ensure_ascii=False)
        filled = filled.replace("\n", style.line_end + style.unit)
        return f"{text[: member.value]}{filled}{text[member.end :]}"
    key = f"{json.dumps(name, ensure_ascii=False)}: "
    return _inserted(text, member.value, key, value, style._replace(margin=style.unit * 2))


# -- what is there


def _checked(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"is not plain JSON (line {error.lineno}: {error.msg}; comments are not understood)"
        ) from None
    if not isinstance(data, dict):
        raise ValueError("is not an object of JSON")  # noqa: TRY004 - it is the file that is wrong
    if not isinstance(data.get(_LIST, {}), dict):
        raise ValueError(f'has a "{_LIST}" that is not an object')  # noqa: TRY004 - as above
    return data


def _ours(data: dict[str, Any]) -> Iterator[Path]:
    """Where our entries are: a whole group when all in it is ours, else its item."""
    for event, entries in data.get(_LIST, {}).items():
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            inner = entry.get(_INNER) if isinstance(entry, dict) else None
            if not isinstance(inner, list):
                if _is_ours(entry):
                    yield (_LIST, event, place)
                continue
            mine = [at for at, each in enumerate(inner) if _is_ours(each)]
            if mine and len(mine) == len(inner):
                yield (_LIST, event, place)
            else:
                yield from ((_LIST, event, place, _INNER, at) for at in mine)


def _is_ours(entry: object) -> bool:
    return isinstance(entry, dict) and any(
        isinstance(word := entry.get(name), str) and _OURS.search(word) for name in _COMMANDS
    )


def _commands(entry: Any) -> list[str]:
    """The commands of an entry or of the group it is in."""
    inner = entry.get(_INNER)
    entries = inner if isinstance(inner, list) else [entry]
    return [each[name] for each in entries for name in _COMMANDS if name in each]


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


# -- the text


def _put(text: str, event: str, entry: object, style: _Style) -> str:
    """Append an entry to the list of its event, with the containers that are missing."""
    depth, at = 0, _skip(text, 0)
    for key in (_LIST, event):
        member = _member(text, at, key)
        if member is None:
            value = [entry] if key == event else {event: [entry]}
            name = f"{json.dumps(key)}: "
            return _inserted(text, at, name, value, style._replace(margin=style.unit * (depth + 1)))
        depth, at = depth + 1, member.value
    return _inserted(text, at, "", entry, style._replace(margin=style.unit * (depth + 1)))


def _style(text: str) -> _Style:
    unit = found[1] if (found := _INDENT.search(text)) else "  "
    return _Style(unit, "\r\n" if "\r\n" in text else "\n")


def _inserted(text: str, at: int, name: str, value: object, style: _Style) -> str:
    """Put a member at the end of the container at `at`, in the manner of what is there."""
    unit, line_end, margin = style
    members = list(_members(text, at))
    before, place = "", at + 1
    if members:
        lead = text[text.rfind("\n", 0, members[-1].start) + 1 : members[-1].start]
        own_line = not lead.strip() and "\n" in text[at : members[-1].start]
        place = members[-1].end
        margin = lead if own_line else margin
        before = f",{line_end}{margin}" if own_line or "\n" in text[at:place] else ", "
    rendered = json.dumps(value, indent=unit, ensure_ascii=False).replace("\n", line_end + margin)
    return f"{text[:place]}{before}{name}{rendered}{text[place:]}"


def _drop(text: str, path: Path) -> str:
    """Take out what is at `path`, and the containers of ours that this leaves empty."""
    at = _skip(text, 0)
    for key in path[:-1]:
        found = _member(text, at, key)
        if found is None:
            return text
        at = found.value
    members = list(_members(text, at))
    place = max(i for i, member in enumerate(members) if member.key == path[-1])
    member = members[place]
    if len(members) == 1:
        if "\n" in text[at : member.start]:
            return _drop(text, path[:-1]) if path[:-1] else ""
        return text[: at + 1] + text[member.end :]
    if place:
        return text[: members[place - 1].end] + text[member.end :]
    return text[: member.start] + text[members[1].start :]


def _member(text: str, at: int, key: str | int) -> _Member | None:
    """The member of that name, the last of several as for every reader of JSON."""
    return next((each for each in reversed(list(_members(text, at))) if each.key == key), None)


def _members(text: str, at: int) -> Iterator[_Member]:
    """The members of the object or the array that starts at `at`, of a text that is JSON."""
    is_object = text[at] == "{"
    at = _skip(text, at + 1)
    count = 0
    while text[at] not in "]}":
        start, key = at, count
        name: str | int = key
        if is_object:
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        end = _DECODER.raw_decode(text, at)[1]
        yield _Member(name, start, at, end)
        count += 1
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
