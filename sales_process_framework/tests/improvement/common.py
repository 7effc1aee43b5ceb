from datetime import date

from odoo.tools import SQL

from ..version.common import VersionCommon


class ImprovementCommon(VersionCommon):
    """A version in use, its next one as a draft, and an idea for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Brussels"
        cls.Improvement = cls.env["sales.process.improvement"]
        cls.kpi = cls.env.ref("sales_process_framework.kpi_win_rate")
        cls.idea = cls._idea()

    @classmethod
    def _idea(cls, **vals):
        return cls.Improvement.with_user(cls.manager).create(
            {
                "name": "Two proof points",
                "company_id": cls.company.id,
                "process_id": cls.process.id,
                "kpi_id": cls.kpi.id,
                "author_id": cls.rep.id,
                **vals,
            }
        )

    @classmethod
    def _in_use(cls, day=None, **vals):
        """An improvement that came into use on a day."""
        idea = cls._idea(user_id=cls.manager.id, process_id=False, date_in_use=day or date(2025, 6, 1), **vals)
        idea.action_accept()
        idea.action_put_in_version()
        return idea

    @classmethod
    def _store(cls, values, kpi=None, scope="company", scope_id=None, cycle="month"):
        """Stored values as the nightly run writes them.

        :param values: {first day: (numerator, denominator, sample)}, with None for no data
        """
        kpi = kpi or cls.kpi
        factor = 100.0 if kpi.unit == "percent" else 1.0
        rows = []
        for day, found in values.items():
            num, den, sample = found or (0, 0, 0)
            value = num if kpi.aggregation in ("sum", "count") else factor * num / den if den else None
            rows.append((day, num, den, value, sample))
        cls.env.cr.execute(
            SQL(
                """DELETE FROM sales_process_kpi_value WHERE kpi_id = %s AND company_id = %s AND cycle = %s
                      AND scope = %s AND scope_id = %s AND date_from = ANY(%s)""",
                kpi.id,
                cls.company.id,
                cycle,
                scope,
                scope_id or cls.company.id,
                list(values),
            )
        )
        for day, num, den, value, sample in rows:
            cls.env.cr.execute(
                SQL(
                    """INSERT INTO sales_process_kpi_value (kpi_id, company_id, cycle, date_from, date_to, scope,
                              scope_id, numerator, denominator, value, has_data, sample, band, closed, revision,
                              is_latest)
                       VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'none', TRUE, 1, TRUE)""",
                    kpi.id,
                    cls.company.id,
                    cycle,
                    day,
                    day,
                    scope,
                    scope_id or cls.company.id,
                    num,
                    den,
                    value,
                    value is not None,
                    sample,
                )
            )
        cls.env["sales.process.kpi.value"].invalidate_model()


def months(first, *found):
    """:return: {first day of each month from one on: what was found in it}"""
    year, month = first
    result = {}
    for entry in found:
        result[date(year, month, 1)] = entry
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return result
