"""What is different between two versions of a playbook. Pure: trees in, rows out.

An element is known by several identities, strongest first (what it was copied from, its name in exported files, its
column, its name), so that a renamed stage is a renamed stage and not one removed and another one added.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher

SAME, ADDED, REMOVED, CHANGED, MOVED = "same", "added", "removed", "changed", "moved"
#: A word, a run of spaces, one sign; writing without spaces is compared sign by sign.
TOKEN = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|\s+|[^\W\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+|.", re.S
)
#: Texts longer than this are compared as a whole: the words of a book take minutes.
LONGEST = 20_000


@dataclass(frozen=True)
class Element:
    """A version, a stage or a requirement.

    :param identities: tuple of hashable identities, strongest first; None where it has none of that strength
    :param values: tuple of (field name, text to show)
    :param place: what besides the parent says where it stands, such as the gate
    """

    id: int
    name: str
    identities: tuple = ()
    values: tuple = ()
    children: tuple = ()
    place: str = ""


@dataclass
class Row:
    """One element on both sides; ``old`` or ``new`` is None where it is missing.

    ``kind`` is the strongest thing to say of it; something both moved and changed is changed with ``moved`` True.
    ``origin`` is the name of the parent that it moved away from.
    """

    kind: str
    old: Element | None
    new: Element | None
    moved: bool = False
    origin: str = ""
    fields: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    @property
    def element(self):
        return self.new or self.old

    @property
    def is_different(self):
        return self.kind != SAME or any(row.is_different for row in self.rows)


def match(old, new):
    """Pair elements of two lists.

    An identity pairs only where each list has it once among what is left, so a doubtful pair is none.

    >>> a, b = Element(1, "Budget", ("x", "budget")), Element(2, "Money", ("x", "money"))
    >>> match([a], [b])
    {1: 2}

    :return: {id of the old element: id of the new one}
    """
    pairs = {}
    strengths = max((len(element.identities) for element in (*old, *new)), default=0)
    left_old, left_new = list(old), list(new)
    for strength in range(strengths):
        by_old, by_new = _by_identity(left_old, strength), _by_identity(left_new, strength)
        for identity, element in by_old.items():
            if element and by_new.get(identity):
                pairs[element.id] = by_new[identity].id
        left_old = [element for element in left_old if element.id not in pairs]
        taken = set(pairs.values())
        left_new = [element for element in left_new if element.id not in taken]
    return pairs


def _by_identity(elements, strength):
    """:return: {identity: the element that alone has it, or None when several do}"""
    found = {}
    for element in elements:
        if len(element.identities) > strength and element.identities[strength] is not None:
            identity = element.identities[strength]
            found[identity] = None if identity in found else element
    return found


def compare(old, new):
    """Compare two versions: elements whose children are stages, whose children are requirements.

    :return: Row of the versions themselves, with rows of stages, with rows of requirements
    """
    stages = match(old.children, new.children)
    all_old = [child for stage in old.children for child in stage.children]
    all_new = [child for stage in new.children for child in stage.children]
    requirements = match(all_old, all_new)
    root = Row(SAME, old, new, fields=compare_values(old.values, new.values))
    root.kind = CHANGED if root.fields else SAME
    root.rows = _align(old.children, new.children, stages)
    old_home = {child.id: stage.id for stage in old.children for child in stage.children}
    new_home = {child.id: stage.id for stage in new.children for child in stage.children}
    known = {element.id: element for element in all_old}
    names = {stage.id: stage.name for stage in old.children}
    for row in root.rows:
        row.rows = _align(row.old.children if row.old else (), row.new.children if row.new else (), requirements, known)
        for inner in row.rows:
            if inner.old and inner.new:
                elsewhere = stages.get(old_home[inner.old.id]) != new_home[inner.new.id]
                inner.moved = inner.moved or elsewhere or inner.old.place != inner.new.place
                inner.origin = names[old_home[inner.old.id]] if elsewhere else ""
                inner.kind = CHANGED if inner.fields else MOVED if inner.moved else SAME
    return root


def _align(old, new, pairs, known=None):
    """Rows in the order of the new list; what is gone stands where it stood.

    :param known: {id: element} of old elements that may come from elsewhere
    """
    back = {new_id: old_id for old_id, new_id in pairs.items()}
    by_old = known or {element.id: element for element in old}
    ids = [element.id for element in old]
    place = {element_id: number for number, element_id in enumerate(ids)}
    stayed = _longest_ordered([place[back[element.id]] for element in new if back.get(element.id) in place])
    rows = []
    for element in new:
        before = by_old.get(back.get(element.id))
        row = Row(ADDED, None, element)
        if before:
            row = Row(SAME, before, element, fields=compare_values(before.values, element.values))
            row.moved = before.id in place and place[before.id] not in stayed
            row.kind = CHANGED if row.fields else MOVED if row.moved else SAME
        rows.append(row)
    gone = [element for element in old if element.id not in pairs]
    for element in gone:
        rows.insert(_place_of_gone(element, ids, rows), Row(REMOVED, element, None))
    return rows


def _place_of_gone(element, ids, rows):
    """After the last row of what stood before it."""
    before = set(ids[: ids.index(element.id)])
    for number in range(len(rows), 0, -1):
        if rows[number - 1].old and rows[number - 1].old.id in before and not rows[number - 1].moved:
            return number
    return 0


def _longest_ordered(numbers):
    """:return: set of the longest rising run of ``numbers``: what kept its order while the rest moved

    >>> sorted(_longest_ordered([0, 2, 3, 1]))
    [0, 2, 3]
    """
    ends, at, before = [], [], {}
    for number in numbers:
        place = bisect_left(ends, number)
        before[number] = at[place - 1] if place else None
        ends[place : place + 1] = [number]
        at[place : place + 1] = [number]
    kept, number = set(), at[-1] if at else None
    while number is not None:
        kept.add(number)
        number = before[number]
    return kept


def compare_values(old, new):
    """:return: list of (field name, old text, new text) where they differ, in the order of ``new``"""
    before, after = dict(old), dict(new)
    names = [*after, *(name for name in before if name not in after)]
    return [
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def compare_words(old, new):
    """The words of two texts, for showing what was struck and what was put in.

    >>> compare_words("call twice", "call once")
    [('same', 'call '), ('removed', 'twice'), ('added', 'once')]

    :return: list of (same, removed or added, text); joined without the added ones it is the old text, and vice versa
    """
    if len(old) + len(new) > LONGEST:
        parts = [(REMOVED, old), (ADDED, new)]
        return [part for part in parts if part[1]]
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    parts = []
    struck, put = "", ""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (tag, i1, i2, j1, j2) in enumerate(codes):
        text = "".join(before[i1:i2])
        # A space between two changed words is read as part of the change.
        if tag == "equal" and (text.strip() or number in (0, len(codes) - 1)):
            parts += [(REMOVED, struck), (ADDED, put), (SAME, text)]
            struck, put = "", ""
        else:
            struck += text
            put += "".join(after[j1:j2])
    return [part for part in (*parts, (REMOVED, struck), (ADDED, put)) if part[1]]


def count(row):
    """:return: {kind: number of elements below and including ``row`` that are so}; moved ones that also changed count
    as both"""
    counts = Counter()
    pending = [row]
    while pending:
        current = pending.pop()
        pending += current.rows
        if current.kind != SAME:
            counts[current.kind] += 1
        if current.moved and current.kind == CHANGED:
            counts[MOVED] += 1
    return {kind: counts[kind] for kind in (ADDED, REMOVED, CHANGED, MOVED)}
