"""The browser: what an address, another window or a visitor brings in."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

_WINDOWS = ("", "window.", "document.", "self.", "globalThis.", "top.", "parent.", "window.top.")
_LOCATIONS = tuple(f"{window}location" for window in _WINDOWS)

MODEL = Model(
    sources={
        **{
            f"{place}.{part}": Source.REQUEST
            for place in _LOCATIONS
            for part in ("search", "hash", "href", "toString()")
        },
        **dict.fromkeys(
            (
                *("document.URL", "document.documentURI", "document.baseURI", "document.referrer"),
                *(
                    "window.name",
                    "event.data",
                    "message.data",
                    "$.url().param()",
                    "window.event.data",
                ),
                *("history.state", "window.history.state"),
            ),
            Source.REQUEST,
        ),
        **dict.fromkeys(("prompt()", "window.prompt()"), Source.INPUT),
        "FileReader().result": Source.FILE,
        "localStorage.getItem()": Source.FILE,
        "sessionStorage.getItem()": Source.FILE,
        "document.cookie": Source.FILE,
    },
    handed={
        **dict.fromkeys(
            (
                *("window.addEventListener:message", "addEventListener:message"),
                *("self.addEventListener:message", "globalThis.addEventListener:message"),
            ),
            ("event",),
        ),
    },
)
