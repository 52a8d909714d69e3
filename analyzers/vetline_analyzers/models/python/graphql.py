"""Strawberry, Graphene and Ariadne."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model

MODEL = Model(
    resolvers=("strawberry.field", "strawberry.mutation", "strawberry.subscription"),
    shapes=r"(?:resolve_\w+|mutate|mutate_and_get_payload)\(\w+, _?info\b",
    given=("root", "parent", "obj", "info", "_info", "_"),
)
