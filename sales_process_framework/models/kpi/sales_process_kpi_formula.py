from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...tools import formula


class SalesProcessKpiFormula(models.AbstractModel):
    """Indicators made of others: arithmetic over the values of the same period and scope."""

    _name = "sales.process.kpi.formula"
    _description = "Indicators from Other Indicators"

    expression = fields.Char(
        help="Codes of other indicators, numbers, + - * / and parentheses: revenue / deals_per_head"
    )

    @api.constrains("expression", "computation", "code")
    def _check_expression(self):
        everything = self.sudo().with_context(active_test=False).search([("code", "!=", False)])
        known = set(everything.mapped("code"))
        graph = everything._get_formula_graph()
        for kpi in self.filtered(lambda kpi: kpi.computation == "formula"):
            node = kpi._parse_expression()
            if unknown := [code for code in formula.codes(node) if code not in known]:
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: there is no indicator with the code %(codes)s.",
                        kpi=kpi.name,
                        codes=", ".join(unknown),
                    )
                )
            if not formula.codes(node):
                raise ValidationError(self.env._("%s: a formula needs the code of an indicator.", kpi.name))
            if path := formula.find_cycle(graph, kpi.code):
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: the formula leads back to itself: %(path)s.",
                        kpi=kpi.name,
                        path=" → ".join(path),
                    )
                )

    def _parse_expression(self):
        """:raise ValidationError: what is wrong, in the user's language"""
        self.ensure_one()
        try:
            return formula.parse(self.expression)
        except formula.FormulaError as error:
            raise ValidationError(self._explain_formula_error(error)) from error

    def _explain_formula_error(self, error):
        if error.reason == "empty":
            return self.env._("%s: enter a formula.", self.name)
        if error.reason == "long":
            return self.env._("%s: the formula is too long.", self.name)
        if error.reason == "part":
            return self.env._(
                "%(kpi)s: a formula is made of codes, numbers, + - * / and parentheses; this is not: %(part)s",
                kpi=self.name,
                part=error.text,
            )
        return self.env._("%(kpi)s: this formula cannot be read: %(formula)s", kpi=self.name, formula=error.text)

    def _get_formula_graph(self):
        """:return: {code: codes read by its formula}; a formula that cannot be read has none"""
        graph = {}
        for kpi in self.filtered(lambda kpi: kpi.computation == "formula"):
            try:
                graph[kpi.code] = formula.codes(formula.parse(kpi.expression))
            except formula.FormulaError:
                graph[kpi.code] = ()
        return graph

    def _get_formulas_in_order(self):
        by_code = {kpi.code: kpi for kpi in self if kpi.computation == "formula"}
        ordered = formula.in_order(self._get_formula_graph())
        return self.browse(by_code[code].id for code in ordered if code in by_code)

    def _get_readers(self):
        """:return: the indicators whose formulas read this one"""
        self.ensure_one()
        graph = self.sudo().with_context(active_test=False).search([("computation", "=", "formula")])
        return graph.filtered(lambda kpi: self.code in kpi._get_formula_graph()[kpi.code])

    def _get_operands(self):
        """:return: the indicators that a formula reads, by code"""
        self.ensure_one()
        found = self.sudo().with_context(active_test=False)
        found = found.search([("code", "in", formula.codes(self._parse_expression()))])
        return {kpi.code: kpi for kpi in found}

    def _get_formula_totals_sql(self, period, company_ids):
        """The formula for each scope in which one of its indicators has a value; a missing one makes it no data."""
        self.ensure_one()
        node = self._parse_expression()
        operands = self._get_operands()
        columns = {code: SQL.identifier(f"operand_{kpi.id}") for code, kpi in operands.items()}
        values = SQL(", ").join(
            SQL("MAX(value.value) FILTER (WHERE value.kpi_id = %s AND value.has_data) AS %s", kpi.id, columns[code])
            for code, kpi in operands.items()
        )
        numerator, denominator = formula.split(node)
        percent = 100.0 if self.unit == "percent" and denominator is not None else 1.0
        return SQL(
            """
            WITH operand AS (
                SELECT value.company_id, value.scope, value.scope_id, value.team_id, value.user_id, value.process_id,
                       value.process_stage_id, value.source_id, value.country_id, value.tag_id,
                       MIN(value.sample) AS sample, %(values)s
                  FROM sales_process_kpi_value AS value
                 WHERE value.kpi_id = ANY(%(kpis)s) AND value.cycle = %(cycle)s AND value.date_from = %(start)s
                   AND value.company_id = ANY(%(companies)s) AND value.is_latest
                 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
            )
            SELECT company_id, scope, scope_id, team_id, user_id, process_id, process_stage_id, source_id, country_id,
                   tag_id, (%(numerator)s) AS numerator, (%(denominator)s) AS denominator,
                   %(percent)s * (%(value)s) AS value, sample
              FROM operand
            """,
            values=values,
            kpis=[kpi.id for kpi in operands.values()],
            cycle=period.cycle,
            start=period.start,
            companies=list(company_ids),
            numerator=_to_sql(numerator, columns),
            denominator=_to_sql(denominator, columns) if denominator else SQL("NULL::float8"),
            percent=SQL("%s::float8", percent),
            value=_to_sql(node, columns),
        )


def _to_sql(node, columns):
    """:param columns: {code: SQL of its value}; NULL, no data, makes every result NULL"""
    if isinstance(node, formula.Number):
        return SQL("%s::float8", node.value)
    if isinstance(node, formula.Code):
        return columns[node.name]
    if isinstance(node, formula.Negative):
        return SQL("(-%s)", _to_sql(node.operand, columns))
    left, right = _to_sql(node.left, columns), _to_sql(node.right, columns)
    if node.operator == "/":
        return SQL("(%s / NULLIF(%s, 0))", left, right)
    return SQL("(%s %s %s)", left, SQL(node.operator), right)
