"""Statements: signed bytes, file names and what is refused of files that may be anybody's."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline import statement
from vetline.statement import Signed, Statement, from_file, identified, of_json, payload, to_file
from vetline.subject import Subject

SUBJECT = Subject(
    "shop/cart.py", "Cart.pay", "a" * 64, 9, 15, ("f1", "f2"), ("python/os-system",), head="abcd"
)
REQUEST = identified(
    Statement(
        request="",
        subject=SUBJECT,
        requester="Ana <ana@example.org>",
        requested="2026-03-01T09:05:00.123Z",
        reasons=("A shell runs a text.",),
        authors=("Bo <bo@example.org>",),
        origins=("agent model session",),
        note="Grüße\nzwei",
        repository="c" * 40,
    )
)
APPROVAL = replace(
    REQUEST,
    decision="approved",
    reviewer="cy@example.org",
    at="2026-03-02T09:05:00.123Z",
    expires="2026-06-02T09:05:00.123Z",
    note="looked at it",
)
PACKAGE = identified(replace(REQUEST, subject=Subject("", package="pkg:npm/%40shop/ui")))


def test_it_is_an_in_toto_statement():
    document = json.loads(payload(APPROVAL))
    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert document["subject"] == [{"name": "shop/cart.py", "digest": {"sha256": "a" * 64}}]
    assert document["predicateType"] == "urn:vetline:review:v1"
    assert document["predicate"]["decision"] == "approved"
    name = b"pkg:npm/%40shop/ui"
    (subject,) = json.loads(payload(PACKAGE))["subject"]
    assert subject == {
        "name": name.decode(),
        "digest": {"sha256": hashlib.sha256(name).hexdigest()},
    }


def test_what_is_signed_is_the_canonical_text():
    raw = payload(REQUEST)
    assert (
        raw
        == json.dumps(
            json.loads(raw), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
    )
    assert "Grüße\\nzwei".encode() in raw


def test_a_request_is_known_by_what_it_says():
    assert REQUEST.request == identified(replace(REQUEST, request="anything")).request
    for change in ({"note": "other"}, {"requester": "x"}, {"subject": replace(SUBJECT, first=8)}):
        assert identified(replace(REQUEST, **change)).request != REQUEST.request


@pytest.mark.parametrize(
    "said", [REQUEST, APPROVAL, PACKAGE, replace(APPROVAL, decision="withdrawn")]
)
@pytest.mark.parametrize("signature", ["", "-----BEGIN SSH SIGNATURE-----\nx\n"])
def test_a_file_and_back(said, signature):
    path, raw = to_file(Signed(said, signature))
    assert from_file(path, raw) == Signed(said, signature, path)
    assert to_file(from_file(path, raw)) == (path, raw)
    assert raw.isascii()


def test_files_are_named_by_request_and_content():
    assert to_file(Signed(REQUEST))[0] == f".vetline/reviews/{REQUEST.request}/request.json"
    digest = hashlib.sha256(payload(APPROVAL)).hexdigest()[:12]
    assert to_file(Signed(APPROVAL))[0] == f".vetline/reviews/{REQUEST.request}/{digest}.json"


def test_half_a_character_is_spelled_out():
    said = identified(replace(REQUEST, note="\ud800"))
    path, raw = to_file(Signed(said))
    assert from_file(path, raw).statement.note == "\\ud800"


def _with(said: Statement, change, *path) -> dict:
    document = statement.document(said)
    part = document
    for name in path[:-1]:
        part = part[name]
    if change is None:
        del part[path[-1]]
    else:
        part[path[-1]] = change
    return document


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("https://in-toto.io/Statement/v0.1", ["_type"]),
        ("urn:vetline:review:v2", ["predicateType"]),
        (None, ["predicate"]),
        ([], ["predicate"]),
        ("more", ["predicate", "extra"]),
        ("more", ["extra"]),
        ([], ["subject"]),
        ("other.py", ["subject", 0, "name"]),
        ("b" * 64, ["subject", 0, "digest", "sha256"]),
        ("b" * 64, ["predicate", "subject", "digest"]),
        ("more", ["predicate", "subject", "extra"]),
        (None, ["predicate", "subject"]),
        ("", ["predicate", "requested"]),
        ("2026-03-01", ["predicate", "requested"]),
        ("2026-13-01T09:05:00.123Z", ["predicate", "requested"]),
        ("2026-03-01T09:05:00.123Z\n", ["predicate", "at"]),
        ("٢026-03-01T09:05:00.123Z", ["predicate", "at"]),
        ("", ["predicate", "at"]),
        ("", ["predicate", "reviewer"]),
        ("deferred", ["predicate", "decision"]),
        ("", ["predicate", "decision"]),
        (True, ["predicate", "note"]),
        ("\ud800", ["predicate", "note"]),
        ("x" * 5000, ["predicate", "note"]),
        ("abc", ["predicate", "reasons"]),
        ([1], ["predicate", "authors"]),
        ("../../x", ["predicate", "request"]),
        ("ABCDEF012345", ["predicate", "request"]),
    ],
)
def test_what_says_more_or_less_than_a_review_is_refused(change, path):
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        of_json(_with(APPROVAL, change, *path))
    assert "other.py" not in str(caught.value)


def test_a_request_bears_its_own_id():
    with pytest.raises(ValueError, match="id is not its own"):
        of_json(_with(REQUEST, "other", "predicate", "note"))
    with pytest.raises(ValueError, match="neither a request nor a decision"):
        of_json(statement.document(replace(REQUEST, reviewer="cy@example.org")))


PATH, RAW = to_file(Signed(APPROVAL))


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        (PATH.replace(".vetline/", "vetline/"), RAW),
        (PATH.replace(REQUEST.request, "0" * 12), RAW),
        (PATH.rpartition("/")[0] + "/request.json", RAW),
        (PATH.rpartition("/")[0] + "/000000000000.json", RAW),
        (PATH + "\n", RAW),
        (PATH, b""),
        (PATH, b"\xff\xfe"),
        (PATH, b"[]"),
        (PATH, b"{}"),
        (PATH, b'{"statement": []}'),
        (PATH, b"[" * 100_000),
        (PATH, b'{"statement":' * 10_000),
        (PATH, RAW + b"x"),
        (PATH, RAW.replace(b'"signature": ""', b'"signature": 3')),
        (PATH, RAW.replace(b'"signature": ""', b'"signature": "\\u2028"')),
        (PATH, RAW.replace(b"looked at it", b"looked at me")),
        (PATH, RAW + b" " * statement.LIMIT),
    ],
)
def test_what_is_no_review_file_is_refused_in_one_line(path, raw):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        from_file(path, raw)


def test_unknown_fields_in_a_ledgers_event_are_passed_over():
    data = {**statement.to_json(APPROVAL), "of a newer version": 1}
    assert statement.from_json(data) == APPROVAL


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON, st.sampled_from(sorted(statement.to_json(APPROVAL))))
def test_hostile_documents_are_refused_or_read_and_never_more(value, name):
    document = statement.document(APPROVAL)
    document["predicate"][name] = value
    try:
        said = of_json(document)
    except ValueError:
        return
    assert statement.document(said) == document


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        from_file(PATH, raw)


@given(st.integers(0, len(RAW) - 1), st.integers(0, 7))
def test_no_changed_bit_of_a_file_says_something_else(at, bit):
    changed = bytearray(RAW)
    changed[at] ^= 1 << bit
    try:
        said = from_file(PATH, bytes(changed))
    except ValueError:
        return
    assert said.statement == APPROVAL
