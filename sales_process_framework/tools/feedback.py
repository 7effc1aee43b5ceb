"""Effort and impact of feedback, and how alike two pieces of it are.

Both are judged from 1 to 5; more than 3 is high, as with the priorities of touchpoints. 0 is not judged yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import fulltext

UNJUDGED, LOWEST, HIGHEST = 0, 1, 5
#: From here on effort and impact are high.
HIGH = 4
#: Highest value that is still low.
LOW = HIGH - 1
#: Quadrant → (effort is high, impact is high)
QUADRANTS = {
    "quick_win": (False, True),
    "big_project": (True, True),
    "fill_in": (False, False),
    "thankless": (True, False),
}
#: Not judged yet, which is no quadrant but a place to be dragged from.
OPEN = "unjudged"

#: Texts from this likeness on are shown as similar, when nothing else is known of them.
ALIKE = 0.34
#: How much about the same requirement, the same stage says that two texts mean the same.
SAME_REQUIREMENT, SAME_STAGE = 0.3, 0.1

#: Words that say nothing about what a text is about.
_COMMON = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "but",
        "by",
        "can",
        "cannot",
        "could",
        "do",
        "does",
        "for",
        "from",
        "get",
        "gets",
        "had",
        "has",
        "have",
        "here",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "more",
        "most",
        "my",
        "need",
        "needs",
        "no",
        "not",
        "of",
        "on",
        "one",
        "only",
        "or",
        "our",
        "should",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "too",
        "up",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)


def quadrant(effort: int, impact: int) -> str:
    """
    >>> quadrant(1, 5)
    'quick_win'
    >>> quadrant(4, 4)
    'big_project'
    >>> quadrant(3, 3)
    'fill_in'
    >>> quadrant(5, 0)
    'unjudged'
    """
    if not effort or not impact:
        return OPEN
    wanted = (effort >= HIGH, impact >= HIGH)
    return next(name for name, sides in QUADRANTS.items() if sides == wanted)


def place(name: str, effort: int, impact: int) -> tuple[int, int]:
    """Effort and impact after a move into a quadrant: the nearest ones, so what fits already stays as it was judged.

    >>> place("quick_win", 5, 5)
    (3, 5)
    >>> place("big_project", 0, 0)
    (4, 4)
    >>> place("thankless", 5, 4)
    (5, 3)
    >>> place("unjudged", 2, 2)
    (0, 0)
    """
    if name == OPEN:
        return UNJUDGED, UNJUDGED
    return tuple(_reach(value, high) for value, high in zip((effort, impact), QUADRANTS[name], strict=True))


def _reach(value: int, high: bool) -> int:
    if high:
        return max(value, HIGH)
    return min(value or LOW, LOW)


def words(text: str) -> frozenset[str]:
    """What a text is about, as far as single words say it; pairs of characters in Chinese.

    >>> sorted(words("The budget is asked for too early"))
    ['asked', 'budget', 'early']
    >>> sorted(words("預算太早"))
    ['太早', '算太', '預算']
    """
    found = set()
    for token in fulltext.tokens(text):
        is_last_character = len(token) == 1 and not token.isascii()
        if not is_last_character and token not in _COMMON:
            found.add(token)
    return frozenset(found)


def _stem(word: str) -> str:
    """Endings that English puts on the same word; enough to compare, not to print."""
    if not word.isascii() or len(word) < 5:
        return word
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def likeness(first: str, second: str) -> float:
    """Dice's coefficient of the words of two texts: 2·|A∩B| / (|A|+|B|), from 0 to 1.

    >>> likeness("Budget is asked too early", "Asking for the budget this early loses deals")
    0.75
    >>> likeness("預算問得太早", "太早問預算")
    0.4444444444444444
    >>> likeness("", "anything")
    0.0
    """
    one, other = ({_stem(word) for word in words(text)} for text in (first, second))
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def rank(text: str, candidates: Iterable[tuple[int, str, float, bool, bool]], limit: int) -> list[tuple[int, float]]:
    """Which candidates most likely mean the same.

    :param candidates: (id, text, likeness that the database has found, about the same requirement, the same stage)
    :return: (id, score), best first, at most ``limit``; without a text what is about the same requirement
    """
    scored = []
    blank = not words(text)
    for number, other, found, same_requirement, same_stage in candidates:
        alike = max(likeness(text, other), found)
        bonus = SAME_REQUIREMENT if same_requirement else SAME_STAGE if same_stage else 0.0
        if (blank and bonus) or alike + bonus * (alike > 0) >= ALIKE:
            scored.append((number, alike + bonus))
    scored.sort(key=lambda pair: (-pair[1], pair[0]))
    return scored[:limit]
