"""What counts as a value, in SQL: the twin of :mod:`.values`."""

from __future__ import annotations

from odoo.tools import SQL

#: What :func:`~.values.is_blank_text` calls white space, as a regular expression of PostgreSQL.
_BLANK = r"^(&nbsp;|&#160;|&#xa0;|&ZeroWidthSpace;|[\s\u00a0\u200b\ufeff])*$"
_EMBEDDED = r"<(img|video|iframe|hr|svg|object)\y"


def filled_sql(column: SQL, kind: str, translated: bool = False) -> SQL:
    """1 where a column holds a value that somebody entered, else 0.

    :param column: a column of the caller's query
    :param kind: the type of the Odoo field in it
    :param translated: stored as JSON of languages; any language will do
    """
    if kind in ("char", "text", "html"):
        text = SQL("jsonb_path_query_first(%s, '$.*') #>> '{}'", column) if translated else column
        if kind == "html":
            bare = SQL("regexp_replace(%s, '<[^>]*>', '', 'g')", text)
            return SQL("(COALESCE(%s !~ %s OR %s ~* %s, FALSE))::int", bare, _BLANK, text, _EMBEDDED)
        return SQL("(COALESCE(%s !~ %s, FALSE))::int", text, _BLANK)
    return SQL("(%s IS NOT NULL)::int", column)
