"""Values that everybody may know: what a standard's text shows, and keys that browsers are given."""

from __future__ import annotations

from vetline_analyzers.core.regex import late

# What the standards on OAuth, bearer tokens and one-time passwords show (RFC 5849, 6238, 6749, 6750, 7009), copied
# into the documentation of every library that follows them.
_SHOWN = frozenset(
    {
        "2YotnFZFEjr1zCsicMWpAA",
        "tGzv3JOkF0XG5Qx2TlKWIA",
        "SplxlOBeZQQYbYS6WxSbIA",
        "8xLOxBtZp8",
        "mF_9.B5f-4.1JqM",
        "czZCaGRSa3F0MzpnWDFmQmF0M2JW",
        "7Fjfp0ZBr1KtDRbnfVdmIw",
        "gX1fBat3bV",
        "45ghiukldjahdnhzdauz",
        "A3ddj3w",
        "h480djs93hd8",
        "dpf43f3p2l4k3l03",
        "hh5s93j4hdidpola",
        "hdhd0244k9j7ao03",
        "nnch734d00sl2jdk",
        "pfkkdhi9sl3r4s00",
        "kd94hf93k423kf44",
        "9djdj82h48djs9d2",
        "kkk9d7dh3k39sjv7",
        "j49sk3j29djd",
        "dh893hdasih9",
        "JBSWY3DPEHPK3PXP",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    }
)
# Keys that a browser is given, by design.
_PUBLIC = late(r"pk_(?:live|test)_|pk\.eyJ")


def is_published(value: str) -> bool:
    """Whether a value opens nothing, whatever it looks like and whatever it is called."""
    return value in _SHOWN or bool(_PUBLIC.match(value))
