"""What counts as a value that somebody entered."""

from __future__ import annotations

import re

_TAG = re.compile(r"<[^>]*>")
_EMBEDDED = re.compile(r"<(img|video|iframe|hr|svg|object)\b", re.IGNORECASE)
_BLANK = re.compile(r"(&nbsp;|&#160;|&#xa0;|&ZeroWidthSpace;|[\s\u00a0\u200b\ufeff])+", re.IGNORECASE)


def is_blank_text(value: str | bool | None) -> bool:
    """Blank, only white space (also non-breaking and zero-width)."""
    return not value or not _BLANK.sub("", value)


def is_blank_html(value: str | bool | None) -> bool:
    """Markup that shows nothing: no text and no picture, video or rule.

    >>> is_blank_html("<p><br></p>"), is_blank_html("<p>&nbsp;</p>"), is_blank_html("<p>x</p>")
    (True, True, False)
    """
    if not value:
        return True
    return not _EMBEDDED.search(value) and is_blank_text(_TAG.sub("", value))
