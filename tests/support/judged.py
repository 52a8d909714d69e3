"""Sightings and notices as a gate may be given them, made at random."""

from __future__ import annotations

from hypothesis import strategies as st

from vetline.gate import Sighting
from vetline.notices import Notice
from vetline.provenance import Attribution, State
from vetline.review import Standing, Status
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Severity, Suppression
from vetline_analyzers.core.text import Position, Span

SEVERITIES = st.sampled_from(Severity)
origins = st.none() | st.builds(Attribution, st.sampled_from(State))
comments = st.none() | st.builds(
    Suppression,
    kind=st.sampled_from(("vetline", "noqa", "secrets-baseline")),
    reason=st.text(max_size=3),
    in_source=st.booleans(),
    expires=st.sampled_from(("", "2026-01-01", "2026-12-01", "2999-01-01", "soon")),
)
findings = st.builds(
    Finding,
    rule=st.sampled_from(("python/a", "python/b", "trigger/x", "secret/y", "odd")),
    span=st.just(Span(0, 1)),
    message=st.text(max_size=5),
    severity=SEVERITIES,
    confidence=st.sampled_from(Confidence),
    analyzer=st.just("x"),
    persona=st.sampled_from(Persona),
    suppression=comments,
    tentative=st.booleans(),
    of_ai=st.booleans(),
)
reviews = st.none() | st.builds(
    Standing, st.sampled_from(Status), st.sampled_from(("r1", "r2")), why=st.sampled_from(("", "w"))
)
sightings = st.builds(
    Sighting,
    path=st.sampled_from(("a.py", "b c.py", "$(x).py", "\udcff")),
    finding=findings,
    start=st.just(Position(0, 0)),
    end=st.just(Position(0, 1)),
    origin=origins,
    accepted=st.booleans(),
    review=reviews,
    silencer=origins,
    repeated=st.booleans(),
)
notices = st.builds(
    Notice, st.sampled_from(("gate/a", "gate/b")), st.text(max_size=5), blocks=st.booleans()
)
