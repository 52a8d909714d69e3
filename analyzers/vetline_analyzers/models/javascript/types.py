"""Types of TypeScript, and pipes of Nest, whose values are free of text that somebody chose."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model

MODEL = Model(
    closed=(
        *("number", "boolean", "bigint", "Date", "Enum"),
        *("ParseIntPipe", "ParseFloatPipe", "ParseBoolPipe", "ParseUUIDPipe", "ParseEnumPipe"),
    )
)
