"""What indicators say about themselves is the user's to change; where nobody did, it is put right."""

from odoo.tools import SQL

QUOTATIONS = (
    "First quotations sent within the time of the stage / stages that ask for a quotation and whose time ran out "
    "in the period (where a process asks for none: the stage in which the quotation was begun)"
)
#: (code of the indicator, field, what it said, what is true)
TEXTS = [
    ("revenue_attainment", "source", "Finance", "CRM"),
    (
        "quotation_on_time",
        "formula_text",
        "First quotations sent within the time of the stage / first quotations sent",
        QUOTATIONS,
    ),
]


def migrate(cr, version):
    for code, field, before, after in TEXTS:
        # Translations go with the text; the catalogues, which are loaded after this, bring those of the new one.
        cr.execute(
            SQL(
                """UPDATE sales_process_kpi SET %(field)s = jsonb_build_object('en_US', %(after)s::text)
                    WHERE code = %(code)s AND builtin = %(code)s AND %(field)s ->> 'en_US' = %(before)s""",
                field=SQL.identifier(field),
                after=after,
                code=code,
                before=before,
            )
        )
