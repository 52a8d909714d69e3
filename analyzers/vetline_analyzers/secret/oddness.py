"""How odd a run of letters is as part of a word: the bits that each letter costs after the one before it."""

from __future__ import annotations

# Rows: the letter before, columns: the letter, "." for a word's start and end; bits, rounded, at most 9.
# Counted over the words (`[A-Z]?[a-z]+|[A-Z]+`, lower case, two to twenty letters, thrice and more) of Python
# 3.11's standard library and of Django's sources and its catalogues in languages of Latin script, accents
# dropped; a word that occurs n times counts log2(1 + n), half a count is added for each pair.
_LETTERS = ".abcdefghijklmnopqrstuvwxyz"
_BITS = """
945444555476545548434556787 375448857576353859343668877 436663886359377479457499958
439583993395588299573599979 237962886389676499558589978 257446668686453767334768697
348773497289597389465499969 249972965489575499457497979 229972899388677399575599969
456455658976452469544769796 329882999498786489956389988 237783986386576499644486969
338752879378488479955579949 325982997377758449957499989 249543637477796489843569969
375547768676442659345555896 439773886498498359354598969 457976999599496789867099999
337652769397756489545578969 249583885495677558853588978 339782895399787479455588968
345564758576443649343699986 429791999389786499679699969 329763984397694389458597959
345453597399658639873799678 156655779598555649744786977 325862976396854489975578967
"""
_COST = {
    a + b: int(row[i])
    for a, row in zip(_LETTERS, _BITS.split(), strict=True)
    for i, b in enumerate(_LETTERS)
}


def oddness(letters: str) -> float:
    """The mean of bits a letter: about 4 in words of any language of Latin script, 6.5 in letters by chance.

    Args:
        letters: a run of ASCII letters, in whatever case; of fewer than two nothing can be said, that is 0.
    """
    lower = letters.lower()
    costs = [_COST.get(lower[at : at + 2], 5) for at in range(len(lower) - 1)]
    return sum(costs) / len(costs) if costs else 0.0
