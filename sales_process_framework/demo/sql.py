"""Past times: what the ORM sets by itself has to be corrected in the database."""

import json

from odoo import fields
from odoo.tools import SQL


def update(env, table, rows):
    """Set columns of existing rows in one statement.

    :param rows: list of dicts with the same keys, one of them ``id``
    """
    if not rows:
        return
    columns = [name for name in rows[0] if name != "id"]
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE %(table)s SET %(columns)s FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s) AS past "
            "WHERE %(table)s.id = past.id",
            table=SQL.identifier(table),
            columns=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), SQL.identifier("past", name)) for name in columns
            ),
            rows=json.dumps(rows, default=fields.Datetime.to_string),
        )
    )
    env.invalidate_all()
