"""Letters that look like letters of ASCII: the few of the thousands that attackers and typists use.

Made from the shapes of the letters in the Unicode code charts, in the sense of UTS #39 ("skeleton"). Each
script that has been used for names of domains or programs has a line; what science writes by itself (alpha, nu, rho)
and letters that only resemble another are `RESEMBLING`, which say nothing alone.
"""

from __future__ import annotations

import unicodedata


def _pairs(letters: str, latin: str) -> dict[str, str]:
    return dict(zip(letters, latin, strict=True))


CYRILLIC = {
    **_pairs("аеорсухѕіјһԁԛԝӏѵүҽ", "aeopcyxsijhdqwlvye"),  # noqa: RUF001 - the letters are the table
    **_pairs("АВЕКМНОРСТУХЅІЈԚԜӀѴҮЬ", "ABEKMHOPCTYXSIJQWlVYb"),
}
GREEK = _pairs("οϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ocjABEZHIKMNOPTYX")  # noqa: RUF001 - the letters are the table
ARMENIAN = _pairs("օոսհցզյՏՍԼ", "onuhgqjSUL")
CHEROKEE = _pairs("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᏔᏃ", "ABCDEGHiJKLMPRSTVWZ")  # noqa: RUF001 - the letters are the table
LISU = _pairs("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "ABCDEFGHIJKLMNOPRSTUVWXYZ")  # noqa: RUF001 - the letters are the table
# Letters of Latin itself and of phonetics.
LATIN = _pairs("ɑɡɩʟᴄᴏᴠᴡᴢꜱƅɪ", "agilcovwzsbi")
RESEMBLING = {
    **_pairs("кптмнгвьи", "kntmhrbbu"),
    **_pairs("ανρυικγτηωχε", "avpuikytnwxe"),
    **LATIN,
}
SCRIPTS = {**CYRILLIC, **GREEK, **ARMENIAN, **CHEROKEE, **LISU}
# Wide, bold and numeral forms, which some compilers take for the plain letter (NFKC).
FORMS = "\uff21-\uff3a\uff41-\uff5a\u2170-\u217f\U0001d400-\U0001d6a3"


def skeleton(word: str) -> str:
    """The word that it looks like, in ASCII; "" if some letter of it looks like none."""
    plain = "".join(SCRIPTS.get(c) or RESEMBLING.get(c) or c for c in word)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    return plain if plain.isascii() else ""
