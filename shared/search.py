"""Words to search by, in any language: what a text is found by, and the query that finds it.

Chinese has no spaces between words: such a run is told by each two characters beside each other, so that any part of
it is found without a dictionary. Other words are told whole, and found by their beginning; width and case tell none
apart, in any script. Both sides of it are here: `FUNCTION` fills a generated column, `query_of` reads what a person
typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase, punctuation
from unicodedata import normalize
from uuid import UUID

LETTERS = range(0x80, 0x2000)
"""Where the letters of words are, beside those of ASCII."""


def _small(letter: str) -> str:
    """The one letter that tells no case; of what would become several (İ), the first."""
    folded = normalize("NFKC", letter.casefold())
    return folded if len(folded) == 1 else letter.lower()[0]


SMALL_OF = {
    letter: small
    for letter in map(chr, LETTERS)
    if normalize("NFKC", letter) == letter != (small := _small(letter)) and ord(small) < LETTERS.stop
}
"""Letter by letter, for that is what every PostgreSQL does alike: its own `lower` goes by how it was built."""
CAPITALS, SMALLS = "".join(SMALL_OF), "".join(SMALL_OF.values())
SHARP = ("ß", "ss")
"""The one letter that in capitals is two."""

FIRST_WORD = "piece[1]"
WORD = f"""CASE WHEN piece[1] ~ '[{CAPITALS}{SHARP[0]}]'
                THEN replace(translate(piece[1], '{CAPITALS}', '{SMALLS}'), '{SHARP[0]}', '{SHARP[1]}')
                ELSE piece[1] END"""
FORM = r"""
CREATE OR REPLACE FUNCTION "{schema}".search_terms(VARIADIC said text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(quote_literal(term) || ':' || place, ' '), '')::tsvector
    FROM (
        SELECT least(place, 16383) AS place,
            coalesce(piece[2] || coalesce(lead(piece[2]) OVER (ORDER BY place), ''), left({word}, 100)) AS term
        FROM regexp_matches(
            lower(normalize(array_to_string(said, E'\n'), NFKC) COLLATE "C"),
            '([^[:space:][:punct:]\u2000-\uD7FF\uF900-\uFAFF]+)|([\u3005-\u3007\u3040-\uD7FF\uF900-\uFAFF])',
            'g'
        ) WITH ORDINALITY AS found (piece, place)
    ) AS terms
$$
"""
"""A piece is a word, or one character of a script without spaces. Such a one goes with the next, if that is one too."""
FIRST_FUNCTION = FORM.replace("{word}", FIRST_WORD)
"""First form: only letters of ASCII are told in one case."""
FUNCTION = FORM.replace("{word}", WORD)

OWNER = "array_to_tsvector(ARRAY['customer:' || customer_id::text])"
"""A term for whose a row is, beside its words: an index of words alone gives those of all. No word has a colon."""

LONGEST_WORD = 100
SMALL = str.maketrans(dict(zip(ascii_uppercase, ascii_lowercase, strict=True)) | SMALL_OF | {"ß": "ss", "ẞ": "ss"})
PIECE = re.compile(
    rf"([^\s{re.escape(punctuation)}\u2000-\ud7ff\uf900-\ufaff]+)|([\u3005-\u3007\u3040-\ud7ff\uf900-\ufaff])",
    re.ASCII,
)


def query_of(typed: str, *, of_customer: UUID | None = None) -> str | None:
    """The tsquery that finds texts with every part of what was typed, parts being set apart by spaces.

    `of_customer`: only in rows of this customer, where the column has OWNER. None when there is no word or character
    in it to look for.
    """
    parts = normalize("NFKC", typed).translate(SMALL).split()
    phrases = [phrase for phrase in (" <-> ".join(_terms(PIECE.findall(part))) for part in parts) if phrase]
    owner = [f"'customer:{of_customer}'"] if of_customer and phrases else []
    return " & ".join(owner + phrases) or None


def _terms(pieces: list[tuple[str, str]]) -> Iterator[str]:
    """The last one may go on in the text, unless the term before it holds it already."""
    for at, (word, character) in enumerate(pieces):
        is_last = at == len(pieces) - 1
        if is_last and character and at and pieces[at - 1][1]:
            return
        following = "" if is_last else pieces[at + 1][1]
        term = word[:LONGEST_WORD] or character + following
        yield f"'{term}'" + (":*" if is_last else "")


def folded(text: str) -> str:
    """As texts are compared where width, case and spacing tell none apart."""
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())
