"""How bad an advisory says it is: by its CVSS vectors, else by a word of the database it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline_analyzers.core.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 500  # characters of a vector
# CVSS's own words, of its versions 2 to 4, and GitHub's.
_WORDS = {
    "none": Severity.INFO,
    "low": Severity.LOW,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "high": Severity.HIGH,
    "critical": Severity.CRITICAL,
}


def of(document: Mapping[str, Any], affected: Mapping[str, Any]) -> Severity | None:
    """The severity of what an OSV document says of one package; None when it says nothing of it.

    The base score counts, by the newest version of CVSS there is; what stands beside the package goes before
    what stands beside the whole.
    """
    for place in (affected, document):
        vectors = [
            str(entry.get("score", ""))
            for entry in _list(place.get("severity"))
            if isinstance(entry, dict)
        ]
        for vector in sorted(
            vectors, reverse=True
        ):  # "CVSS:4.0/…" before "CVSS:3.1/…", 2 has no prefix
            if (found := _of_vector(vector)) is not None:
                return found
    for place in (affected, document):
        told = place.get("database_specific")
        word = told.get("severity") if isinstance(told, dict) else None
        if isinstance(word, str) and word.lower() in _WORDS:
            return _WORDS[word.lower()]
    return None


def _of_vector(vector: str) -> Severity | None:
    """The severity of a vector by its base score; None when it is none."""
    import cvss  # noqa: PLC0415 - only an update pays for it

    newer = cvss.CVSS4 if vector.startswith("CVSS:4") else cvss.CVSS3
    kind = newer if vector.startswith("CVSS:") else cvss.CVSS2
    if not vector or len(vector) > _LONGEST:
        return None
    try:
        return _WORDS.get(kind(vector).severities()[0].lower())
    except cvss.CVSSError:
        return None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
