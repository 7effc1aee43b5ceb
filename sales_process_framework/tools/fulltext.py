"""Words of a text for PostgreSQL's full-text search, in languages with and without spaces.

Chinese, Japanese and Korean are cut into pairs of neighbouring characters: a search for several characters then is a
search for a phrase, exact and by index, with no dictionary and no extension.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Weights as PostgreSQL names them, heaviest first.
WEIGHTS = "ABCD"
#: PostgreSQL keeps no position above this one.
LAST_POSITION = 16383
#: Longest word that is kept; what is longer is no word.
LONGEST_WORD = 60
#: Words between two parts, so that no phrase reaches from one into the next.
GAP = 10

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUNS = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>(?:(?![{_CJK}])[^\W_])+)")


def _runs(text: str) -> Iterable[tuple[str, bool]]:
    """:return: (run, whether it is written without spaces)"""
    for match in _RUNS.finditer(unicodedata.normalize("NFKC", text or "").casefold()):
        yield match[0], match["cjk"] is not None


def _pairs(run: str) -> list[str]:
    return [run[index : index + 2] for index in range(len(run))]


def tokens(text: str) -> list[str]:
    """What is indexed, in order; the last character of a run stands alone.

    >>> tokens("Price objections")
    ['price', 'objections']
    >>> tokens("客戶異議 FAQ")
    ['客戶', '戶異', '異議', '議', 'faq']
    """
    found = []
    for run, is_cjk in _runs(text):
        found += _pairs(run) if is_cjk else [run[:LONGEST_WORD]]
    return found


def terms(text: str) -> list[tuple[str, str]]:
    """What somebody searches for: (query in PostgreSQL's notation, the word to be stemmed or "").

    Words match by their beginning, runs of characters as a phrase.

    >>> terms("Objection")
    [("'objection':*", 'objection')]
    >>> terms("異議處理 x")
    [("('異議' <-> '議處' <-> '處理')", ''), ("'x':*", 'x')]
    >>> terms("價")
    [("'價':*", '')]
    """
    found = []
    for run, is_cjk in _runs(text):
        if not is_cjk:
            found.append((f"'{run[:LONGEST_WORD]}':*", run[:LONGEST_WORD]))
        elif len(run) == 1:
            found.append((f"'{run}':*", ""))
        else:
            found.append(("(" + " <-> ".join(f"'{pair}'" for pair in _pairs(run)[:-1]) + ")", ""))
    return found


def vector(parts: Iterable[tuple[str, str]]) -> str:
    """The notation of a ``tsvector``.

    :param parts: (weight, text), weights of :data:`WEIGHTS`

    >>> vector([("A", "Price list"), ("C", "price")])
    "'price':1A,13C 'list':2A"
    """
    places: dict[str, list[str]] = {}
    position = 0
    for weight, text in parts:
        for token in tokens(text):
            position += 1
            if position > LAST_POSITION:
                break
            places.setdefault(token, []).append(f"{position}{weight}")
        position += GAP
    # PostgreSQL keeps 255 positions of a word.
    return " ".join(f"'{token}':{','.join(found[:255])}" for token, found in places.items())
