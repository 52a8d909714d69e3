"""What a reviewer signs: an in-toto statement about a subject and a decision, one file each under `.vetline/reviews/`.

The form is in-toto's Statement v1 (https://in-toto.io/Statement/v1); its predicate is ours. Signed are the bytes of its
canonical JSON. A file says who asked, too, so that a clone without the ledger knows all of a review. Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from vetline import ledger
from vetline.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:vetline:review:v1"
NAMESPACE = "vetline"  # of SSH signatures
FOLDER = ".vetline/reviews"
LIMIT = 200_000  # bytes of a file
DECISIONS = ("approved", "rejected", "withdrawn")
NOTE = 2000  # characters of a note
_DIGITS = 12
_ID = re.compile(f"[0-9a-f]{{{_DIGITS}}}")
_PATH = re.compile(rf"(?:.*/)?{re.escape(FOLDER)}/([0-9a-f]{{12}})/(request|[0-9a-f]{{12}})\.json")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_WORDS = (
    *("request", "requester", "requested", "decision", "reviewer", "at", "expires", "note"),
    "repository",
)
_LISTS = ("reasons", "authors", "origins")
_MANY, _LONG = 1000, 4000  # of a list, and characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A request, or a decision about one.

    Attributes:
        request: the id of the request: the first 12 hexadecimal digits of the SHA-256 of the request's own statement.
        subject: what was asked to be reviewed, or what was reviewed: of a decision it lists all that the reviewer was shown.
        requester: who asked, "Name <address>".
        requested: when, as `ledger.timestamp` writes it.
        reasons: why, a sentence each.
        authors: the people for whom an AI wrote the lines, as far as recorded, "Name <address>" each.
        origins: of the lines, as far as recorded: "agent model session", one each.
        decision: "" of a request; else "approved", "rejected" or "withdrawn".
        reviewer: who decided: the principal of the allowed-signers file, an address; "" of a request.
        at: when it was decided; "" of a request.
        expires: until when the decision holds, as `at`; "" for as long as the text stays.
        note: what the requester, or of a decision the reviewer, wrote; secrets masked.
        repository: the hash of the repository's first commit; "" where there is none.
    """

    request: str
    subject: Subject
    requester: str
    requested: str
    reasons: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    decision: str = ""
    reviewer: str = ""
    at: str = ""
    expires: str = ""
    note: str = ""
    repository: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement in its file.

    Attributes:
        statement: what is said.
        signature: the armored SSH signature over `payload(statement)`; "" when it is not signed.
        path: the file's, POSIX, relative to the repository's root.
    """

    statement: Statement
    signature: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A statement in its file, and what its signature is worth.

    Attributes:
        signed: the statement.
        signer: the principal whose signature it bears; "" when it bears none that is good.
        key: the fingerprint of that key, "SHA256:…".
        problem: why the signature does not count, one clause with what to do; "" when it does, and of a request.
    """

    signed: Signed
    signer: str = ""
    key: str = ""
    problem: str = ""


def to_json(statement: Statement) -> dict[str, Any]:
    """What an event of the ledger holds of it; it is the predicate of the in-toto document."""
    return {
        **{name: _clean(getattr(statement, name)) for name in _WORDS},
        **{name: [_clean(one) for one in getattr(statement, name)] for name in _LISTS},
        "subject": _cleaned(statement.subject.to_json()),
    }


def from_json(data: Mapping[str, Any]) -> Statement:
    """The statement that `to_json` gave; fields of newer versions are passed over.

    Raises:
        ValueError: it is none, or a request whose id is not its own.
    """
    subject = data.get("subject")
    if not isinstance(subject, dict):
        raise ValueError("has no subject")  # noqa: TRY004 - all that is wrong with it is one error
    words: dict[str, Any] = {name: _word(data, name) for name in _WORDS}
    words |= {name: _words(data, name) for name in _LISTS}
    statement = Statement(subject=Subject.from_json(subject), **words)
    _check(statement)
    return statement


def document(statement: Statement) -> dict[str, Any]:
    """The in-toto statement. A package, which has no text, is told by the digest of its URL."""
    predicate = to_json(statement)
    name = _clean(statement.subject.name)
    digest = statement.subject.digest or hashlib.sha256(name.encode()).hexdigest()
    return {
        "_type": TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}}],
        "predicateType": PREDICATE,
        "predicate": predicate,
    }


def payload(statement: Statement) -> bytes:
    """The bytes that are signed: the canonical JSON of the in-toto statement."""
    return ledger.canonical(document(statement)).encode()


def digest(statement: Statement) -> str:
    """The SHA-256 of `payload`, of which a file's name has the first digits."""
    return hashlib.sha256(payload(statement)).hexdigest()


def identified(statement: Statement) -> Statement:
    """The same request with its `request` id filled in."""
    return replace(statement, request=digest(replace(statement, request=""))[:_DIGITS])


def to_file(signed: Signed) -> tuple[str, bytes]:
    """The path and the content of its file: `.vetline/reviews/<request>/request.json` or `…/<digest>.json`.

    The content is indented JSON, {"statement": …, "signature": …}, the same on every machine.
    """
    statement = signed.statement
    name = digest(statement)[:_DIGITS] if statement.decision else "request"
    content = {"statement": document(statement), "signature": signed.signature}
    text = json.dumps(content, indent=2, sort_keys=True)
    return f"{FOLDER}/{statement.request}/{name}.json", f"{text}\n".encode()


def from_file(path: str, raw: bytes) -> Signed:
    """The statement in a file.

    Raises:
        ValueError: it is none; says why in one line that quotes nothing of it.
    """
    place = _PATH.fullmatch(path)
    if place is None:
        raise ValueError(f"does not lie at {FOLDER}/ID/NAME.json")
    if len(raw) > LIMIT:
        raise ValueError(f"is over {LIMIT // 1000} kB")
    try:
        data = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise ValueError("is no JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("statement"), dict):
        raise ValueError("holds no statement")  # noqa: TRY004 - all that is wrong with it is one error
    signature = data.get("signature", "")
    if not isinstance(signature, str) or not signature.isascii():
        raise ValueError("its signature is no text")
    statement = of_json(data["statement"])
    name = digest(statement)[:_DIGITS] if statement.decision else "request"
    if place.groups() != (statement.request, name):
        raise ValueError("its name is not that of the review in it")
    return Signed(statement, signature, path)


def of_json(data: Mapping[str, Any]) -> Statement:
    """The statement of an in-toto document.

    Raises:
        ValueError: it is none of ours.
    """
    if data.get("_type") != TYPE or data.get("predicateType") != PREDICATE:
        raise ValueError("is no statement about a review that this version knows")
    predicate = data.get("predicate")
    if not isinstance(predicate, dict):
        raise ValueError("has no predicate")  # noqa: TRY004 - all that is wrong with it is one error
    statement = from_json(predicate)
    # What a person reads must be what was signed: nothing beside it, and the same name and digest at both places.
    if document(statement) != data:
        raise ValueError("says more than a review does, or two things at once")
    return statement


def _check(statement: Statement) -> None:
    """Refuse what nobody can have written.

    Raises:
        ValueError: it is neither a request nor a decision.
    """
    if not _ID.fullmatch(statement.request):
        raise ValueError("names no request")
    times = [statement.requested, *filter(None, (statement.at, statement.expires))]
    if not all(map(_is_time, times)):
        raise ValueError("holds a time that is none")
    if statement.decision:
        if statement.decision not in DECISIONS or not (statement.at and statement.reviewer):
            raise ValueError("decides nothing that this version knows")
    elif statement.at or statement.reviewer or statement.expires:
        raise ValueError("is neither a request nor a decision")
    elif identified(statement).request != statement.request:
        raise ValueError("the request's id is not its own")


def _is_time(word: str) -> bool:
    if not _TIME.fullmatch(word):
        return False
    try:
        datetime.fromisoformat(word)
    except ValueError:
        return False
    return True


def _word(data: Mapping[str, Any], name: str) -> str:
    word = data.get(name, "")
    if not isinstance(word, str) or len(word) > _LONG:
        raise ValueError(f"its {name} is no text, or too long")
    if _clean(word) != word:
        raise ValueError(f"its {name} holds half a character")
    return word


def _words(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = data.get(name, [])
    if not isinstance(words, list) or len(words) > _MANY:
        raise ValueError(f"its {name} are no list, or too many")
    return tuple(_word({name: word}, name) for word in words)


def _clean(word: str) -> str:
    """A text without lone surrogates, as the ledger has it."""
    return word.encode("utf-8", "backslashreplace").decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return value
