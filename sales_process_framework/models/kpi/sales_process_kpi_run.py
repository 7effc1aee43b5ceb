import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.period import local_day, period_of

_logger = logging.getLogger(__name__)

#: When the nightly run that is not finished yet began.
RUN_STARTED = "sales_process_framework.kpi_run_started"
#: A preview that takes longer is not shown; the nightly run takes what it needs.
PREVIEW_SECONDS = 3


class SalesProcessKpiRun(models.AbstractModel):
    """When values are computed: every night, on request, and for the past."""

    _name = "sales.process.kpi.run"
    _description = "Runs of the Engine"

    last_run = fields.Datetime(readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False, help="Why the last run gave no values for this indicator.")
    backfill_from = fields.Date(
        string="Past Since", readonly=True, copy=False, help="The past from this day on is being computed."
    )
    preview = fields.Char(compute="_compute_preview", help="This period's number of your company, as it stands now.")

    # ------------------------------------------------------------------
    # Nightly
    # ------------------------------------------------------------------

    @api.model
    def _cron_compute_values(self):
        """Compute what is open and close what is over; interrupted, the next run goes on with the rest."""
        parameters = self.env["ir.config_parameter"].sudo()
        started = fields.Datetime.to_datetime(parameters.get_param(RUN_STARTED) or None)
        if not started:
            started = self.env.cr.now().replace(microsecond=0)
            parameters.set_param(RUN_STARTED, fields.Datetime.to_string(started))
        pending = self.search([("active", "=", True)])._in_computing_order()
        pending = pending.filtered(lambda kpi: not kpi.last_run or kpi.last_run < started)
        self.env["ir.cron"]._commit_progress(remaining=len(pending))
        for kpi in pending:
            kpi._refresh()
            if not self.env["ir.cron"]._commit_progress(1):
                return
        parameters.set_param(RUN_STARTED, False)
        self._on_values_computed()
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _on_values_computed(self):
        """Hook for what follows from new values, once a run has gone through; alerts extend it."""

    def _refresh(self, first=None):
        """Compute and close one indicator's open periods. An error stays with it and is noted.

        :param first: day from which on the past without values is computed as well
        :return: whether it went well
        """
        self.ensure_one()
        self.env.flush_all()
        error = None
        try:
            with self.env.cr.savepoint():
                companies = self.env["res.company"].sudo().search([("active", "=", True)])
                for period, edges, company_ids in self._plan(companies, first):
                    self._compute_after_months(period, edges, company_ids)
                self._close_periods(companies)
        except Exception as caught:
            _logger.exception("Indicator %s (%s) was not computed", self.code, self.id)
            error = _explain(caught)
        self._note_run(error)
        self.env["sales.process.kpi.value"].invalidate_model()
        return error is None

    def _note_run(self, error):
        """Past the ORM: a run is no change of the definition."""
        # Past the second in which a run starts, so that its own work never looks like the one before.
        now = self.env.cr.now().replace(microsecond=0) + timedelta(seconds=1)
        self.env.cr.execute(
            SQL("UPDATE sales_process_kpi SET last_run = %s, last_error = %s WHERE id = ANY(%s)", now, error, self.ids)
        )
        self.invalidate_recordset(["last_run", "last_error"])

    # ------------------------------------------------------------------
    # The past
    # ------------------------------------------------------------------

    def _start_backfill(self, first):
        """Have the periods since a day computed that have no values yet; the scheduled action does it."""
        self.sudo().write({"backfill_from": first})
        self.env.ref("sales_process_framework.ir_cron_backfill_kpi").sudo()._trigger()

    @api.model
    def _cron_backfill(self):
        """One period of one indicator at a time; interrupted, it goes on where it stopped: values show what is done."""
        waiting = self.search([("backfill_from", "!=", False)])
        ordered = waiting._in_computing_order()
        (waiting - ordered).write({"backfill_from": False})
        self.env["ir.cron"]._commit_progress(remaining=len(ordered))
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        for kpi in ordered:
            for unit in kpi._plan(companies, kpi.backfill_from):
                if not kpi._backfill_unit(*unit):
                    break
                if not self.env["ir.cron"]._commit_progress():
                    return
            kpi.backfill_from = False
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _backfill_unit(self, period, edges, company_ids):
        try:
            with self.env.cr.savepoint():
                self._compute_after_months(period, edges, company_ids)
                # This period alone: a later one may be open with a number of long ago, and its turn is to come.
                self._close_periods(self.env["res.company"].sudo().browse(company_ids), period)
        except Exception as caught:
            _logger.exception("Indicator %s (%s) was not computed for %s", self.code, self.id, period.label())
            self._note_run(_explain(caught))
            return False
        return True

    @api.model
    def _compute_history(self, first):
        """Compute all that is missing since a day, in this transaction: for demo data and tests.

        :param first: date
        """
        self.env.flush_all()
        for kpi in self.search([("active", "=", True)])._in_computing_order():
            kpi._refresh(fields.Date.to_date(first))

    # ------------------------------------------------------------------
    # On request
    # ------------------------------------------------------------------

    def action_compute(self):
        """Compute the open periods now, those that the formulas read included."""
        self._check_manager()
        everything = self
        for kpi in self.filtered(lambda kpi: kpi.computation == "formula"):
            everything |= kpi._get_all_operands()
        for kpi in everything.sudo()._in_computing_order():
            kpi._refresh()
        failed = self.filtered("last_error")
        message = self.env._("Computed.")
        if failed:
            message = "\n".join(f"{kpi.name}: {kpi.last_error}" for kpi in failed)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "danger" if failed else "success",
                "sticky": bool(failed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_all_operands(self):
        found = self.browse()
        for kpi in self.filtered(lambda kpi: kpi.computation == "formula"):
            for operand in kpi._get_operands().values():
                found |= operand.with_env(self.env) | operand.with_env(self.env)._get_all_operands()
        return found

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales manager computes indicators."))
        self.check_access("write")

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    @api.depends(
        "computation",
        "expression",
        "model",
        "measure",
        "domain",
        "numerator_domain",
        "date_field",
        "measure_field",
        "date_start_field",
        "date_end_field",
        "basis",
        "unit",
        "cycle",
        "user_field",
        "team_field",
        "lead_field",
    )
    @api.depends_context("uid", "company")
    def _compute_preview(self):
        for kpi in self:
            kpi.preview = kpi._get_preview()

    def _get_preview(self):
        """:return: the number in words, or why there is none yet"""
        if not self.env.user.has_group("sales_team.group_sale_manager") or not self._is_previewable():
            return False
        company = self.env.company
        period = period_of(local_day(self.env.cr.now(), company._get_sales_timezone()), self.cycle or "month")
        try:
            number = self._get_number(period, company)
        except (UserError, ValueError) as error:
            return str(error)
        except Exception as error:
            # Whatever PostgreSQL says about it, such as a number too large or too long a wait.
            _logger.info("Preview of an indicator: %s", error)
            return self.env._("This cannot be computed now: %s", _explain(error))
        value, numerator, denominator, sample = number
        parts = {"period": period.label(), "value": self._format_value(value), "sample": sample}
        if value is None:
            return self.env._("%(period)s: no data yet (%(sample)s records)", **parts)
        if self.aggregation == "ratio":
            parts |= {"numerator": f"{numerator:,.2f}".rstrip("0").rstrip("."), "denominator": f"{denominator:,.2f}"}
            parts["denominator"] = parts["denominator"].rstrip("0").rstrip(".")
            return self.env._("%(period)s: %(value)s = %(numerator)s / %(denominator)s", **parts)
        return self.env._("%(period)s: %(value)s from %(sample)s records", **parts)

    def _is_previewable(self):
        if self.computation == "custom":
            return bool(self.model)
        return self.computation == "formula" and bool(self.expression)

    def _get_number(self, period, company):
        """:return: (value or None, numerator, denominator, sample) of a company, computed now and kept nowhere"""
        self.env.flush_all()
        if self.computation == "custom":
            self._check_definition()
        edges = self._get_edges(period, company)
        with self.env.cr.savepoint(flush=False):
            self.env.cr.execute("SET LOCAL statement_timeout = %s", [PREVIEW_SECONDS * 1000])
            if self.computation == "formula":
                totals = self._get_formula_totals_sql(period, company.ids)
            else:
                totals = self._get_totals_sql(self._get_period_facts_sql(period, edges, company.ids), company.ids)
            self.env.cr.execute(
                SQL(
                    """SELECT value, numerator, denominator, sample FROM (%s) AS total
                        WHERE scope = 'company' AND company_id = %s""",
                    totals,
                    company.id,
                ),
                log_exceptions=False,
            )
            row = self.env.cr.fetchone()
            self.env.cr.execute("SET LOCAL statement_timeout = DEFAULT")
        empty = 0.0 if self.aggregation in ("sum", "count") and self.computation != "formula" else None
        return row or (empty, 0.0, 0.0, 0)

    def _format_value(self, value):
        """:return: a value with its unit, as people write it"""
        if value is None:
            return self.env._("no data")
        if self.unit == "money":
            return self.env.company.currency_id.format(value)
        digits = 0 if self.unit == "count" and value == int(value) else 1 if self.unit == "percent" else 2
        number = self.env["ir.qweb.field.float"].value_to_html(value, {"precision": digits})
        units = dict(self._fields["unit"]._description_selection(self.env))
        return number if self.unit in ("count", "number", "score") else f"{number} {units[self.unit].lower()}"


def _explain(error):
    """The first line of what went wrong: PostgreSQL adds the statement to it."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
