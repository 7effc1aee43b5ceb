from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

#: Technical models: what they hold is not about the business, or not for everybody who sees a number of it.
HIDDEN_MODELS = (
    "auth",
    "base.",
    "base_import",
    "bus.",
    "change.",
    "fetchmail.",
    "iap.",
    "ir.",
    "mail.mail",
    "mail.message",
    "mail.notification",
    "onboarding.",
    "report.",
    "res.config",
    "res.groups",
    "res.users.",
    # Who gave feedback, anonymously too.
    "sales.process.feedback.voice",
    "sales.process.kpi",
    "web_",
)
#: Where a value's scopes are found: {column of the facts: (model, names of fields, best first)}.
SLICES = {
    "lead_id": ("crm.lead", ("lead_id", "opportunity_id")),
    "company_id": ("res.company", ("company_id",)),
    "team_id": ("crm.team", ("team_id",)),
    "user_id": ("res.users", ("user_id",)),
    "process_id": ("sales.process", ("process_id", "sales_process_id")),
    "process_stage_id": ("sales.process.stage", ("process_stage_id",)),
    "source_id": ("utm.source", ("source_id",)),
    "country_id": ("res.country", ("country_id",)),
}
#: Fields that say which field a slice is found in, instead of the first one of SLICES.
CHOSEN_SLICES = {"lead_id": "lead_field", "team_id": "team_field", "user_id": "user_field"}
AGGREGATIONS = {
    "count": "count",
    "sum": "sum",
    "average": "average",
    "median": "median",
    "duration": "average",
    "duration_median": "median",
    "ratio": "ratio",
}
DURATIONS = ("duration", "duration_median")
SECONDS = {"days": 86400.0, "hours": 3600.0, "minutes": 60.0}
NUMBERS = ("integer", "float", "monetary")


class SalesProcessKpiCustom(models.AbstractModel):
    """Indicators that an administrator makes of records: a model, domains, a date and what to measure. No code."""

    _name = "sales.process.kpi.custom"
    _description = "Indicators from Records"

    model = fields.Selection(
        selection="_selection_model", string="Records", help="What is counted: records that you may read yourself."
    )
    measure = fields.Selection(
        [
            ("count", "How many"),
            ("sum", "Sum of a field"),
            ("average", "Average of a field"),
            ("median", "Median of a field"),
            ("duration", "Average time between two dates"),
            ("duration_median", "Median time between two dates"),
            ("ratio", "Share: those that also fit a second condition"),
        ],
        default="count",
    )
    domain = fields.Char(string="Which Records", default="[]")
    numerator_domain = fields.Char(string="Counted of Them", default="[]")
    date_field = fields.Char(help="The date that decides which period a record belongs to.")
    measure_field = fields.Char(string="Field")
    date_start_field = fields.Char(string="Time From")
    date_end_field = fields.Char(string="Time To")
    user_field = fields.Char(string="Person In", help="Empty: the salesperson of the record, or of its lead.")
    team_field = fields.Char(string="Team In", help="Empty: the sales team of the record, or of its lead.")
    lead_field = fields.Char(string="Lead In", help="Empty: the record's lead, where it has one.")
    author_id = fields.Many2one(
        "res.users",
        string="Defined By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The values are made of the records that this person may see.",
    )

    @api.model
    def _selection_model(self):
        names = [name for name in self.env.registry if self._is_countable(name)]
        found = self.env["ir.model"].sudo().search_fetch([("model", "in", names)], ["model", "name"], order="name, id")
        # What people work with comes before what only supports it: nobody looks for a lead's scoring table.
        found = found.sorted(lambda model: "message_ids" not in self.env[model.model]._fields)
        return [(model.model, model.name) for model in found]

    @api.model
    def _is_countable(self, name):
        """:return: whether the person may make an indicator of records of a model"""
        if name not in self.env:
            return False
        model = self.env[name]
        return not (
            model._abstract or model._transient or not model._auto or name.startswith(HIDDEN_MODELS)
        ) and model.has_access("read")

    @api.depends("measure", "computation")
    def _compute_aggregation(self):
        for kpi in self:
            if kpi.computation == "custom" and kpi.measure:
                kpi.aggregation = AGGREGATIONS[kpi.measure]
            elif kpi.computation == "formula":
                kpi.aggregation = "ratio"
            else:
                kpi.aggregation = kpi.aggregation or "count"

    @api.onchange("model")
    def _onchange_model(self):
        """Offer the usual date, and forget what belongs to another model."""
        if not self.model:
            return
        known = self.env[self.model]._fields
        for name in ("measure_field", "date_start_field", "date_end_field", *CHOSEN_SLICES.values()):
            if self[name] and self[name] not in known:
                self[name] = False
        if self.date_field not in known:
            names = ("date_closed", "date", "create_date") if self.measure == "sum" else ("create_date",)
            self.date_field = next((name for name in names if name in known), False)
        self.domain = self.numerator_domain = "[]"

    @api.onchange("measure")
    def _onchange_measure(self):
        if self.computation != "custom":
            return
        if self.measure in DURATIONS:
            self.unit = self.unit if self.unit in SECONDS else "days"
        else:
            self.unit = {"ratio": "percent", "count": "count"}.get(self.measure) or "number"

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains(
        "computation",
        "model",
        "measure",
        "domain",
        "numerator_domain",
        "date_field",
        "measure_field",
        "date_start_field",
        "date_end_field",
        "user_field",
        "team_field",
        "lead_field",
        "basis",
        "unit",
    )
    def _check_custom(self):
        for kpi in self.filtered(lambda kpi: kpi.computation == "custom"):
            kpi._check_definition()

    def _check_definition(self):
        """:raise ValidationError: what an indicator from records lacks, and for what its author may not read"""
        self.ensure_one()
        if not self.model:
            raise ValidationError(self.env._("%s: choose the records to count.", self.name or ""))
        if not self._is_countable(self.model):
            raise ValidationError(
                self.env._("%(kpi)s: records of “%(model)s” cannot be counted.", kpi=self.name or "", model=self.model)
            )
        if self.date_field or self.basis != "snapshot":
            self._check_field("date_field", ("date", "datetime"))
        if self.measure in ("sum", "average", "median"):
            self._check_field("measure_field", NUMBERS)
        if self.measure in DURATIONS:
            self._check_field("date_start_field", ("date", "datetime"))
            self._check_field("date_end_field", ("date", "datetime"))
            if self.unit not in SECONDS:
                raise ValidationError(self.env._("%s: a time is in days, hours or minutes.", self.name or ""))
        for column, name in CHOSEN_SLICES.items():
            if self[name]:
                self._check_field(name, ("many2one",), SLICES[column][0])
        # A dry search finds what reading the domain does not, such as a value of the wrong type.
        for domain in (self._get_domain("domain"), self._get_domain("numerator_domain")):
            try:
                self._get_records().search_count(domain, limit=1)
            except (ValueError, TypeError, UserError) as error:
                raise ValidationError(self._explain_domain(error)) from error

    def _check_field(self, name, types, comodel=None):
        field = self.env[self.model]._fields.get(self[name] or "")
        label = self._fields[name]._description_string(self.env)
        if field is None:
            raise ValidationError(self.env._("%(kpi)s: choose a field for “%(label)s”.", kpi=self.name, label=label))
        if (
            field.type not in types
            or not (field.store and field.column_type)
            or (comodel and field.comodel_name != comodel)
            or not self._get_records()._has_field_access(field, "read")
        ):
            raise ValidationError(
                self.env._(
                    "%(kpi)s: “%(field)s” cannot be used for “%(label)s”.",
                    kpi=self.name,
                    field=field._description_string(self.env),
                    label=label,
                )
            )

    def _get_domain(self, name):
        """:raise ValidationError: a domain that cannot be read"""
        try:
            domain = Domain(literal_eval(self[name] or "[]"))
            domain.validate(self._get_records())
        except (ValueError, TypeError, SyntaxError, KeyError, MemoryError, RecursionError, UserError) as error:
            raise ValidationError(self._explain_domain(error)) from error
        return domain

    def _explain_domain(self, error):
        return self.env._(
            "%(kpi)s: the condition on the records cannot be used. %(error)s", kpi=self.name or "", error=error
        )

    def _get_author(self):
        # What is still being typed is whoever types it's: a browser may send any author along.
        return (self.author_id if isinstance(self.id, int) else False) or self.env.user

    def _get_records(self):
        """:return: the model as the author sees it, archived records too: what was lost or put away has happened"""
        author = self.sudo()._get_author()
        return (
            self.env[self.model]
            .with_user(author)
            .with_context(active_test=False, allowed_company_ids=author._get_company_ids())
        )

    def _get_companies(self, companies):
        """An author's records are those of the author's companies: the others have no value, rather than a 0."""
        companies = super()._get_companies(companies)
        if self.computation != "custom":
            return companies
        author = self.sudo()._get_author()
        return companies if author._is_superuser() else companies & author.sudo().company_ids

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    def _get_facts_sql(self, start, stop, company_ids):
        if self.computation != "custom":
            return super()._get_facts_sql(start, stop, company_ids)
        author = self.sudo()._get_author()
        if not author.active and not author._is_superuser():
            raise UserError(
                self.env._("%s was defined by somebody who has left. Save it again to adopt it.", self.name or "")
            )
        within = self._get_period_domain(start, stop, company_ids)
        wanted = self._get_domain("domain") & within
        if self.measure != "ratio":
            return self._get_rows_sql(wanted, *self._get_measure_builders())
        also = wanted & self._get_domain("numerator_domain")
        zero, one = (lambda _model, _alias, _query: SQL("0")), (lambda _model, _alias, _query: SQL("1"))
        return SQL("%s UNION ALL %s", self._get_rows_sql(also, one, zero), self._get_rows_sql(wanted, zero, one))

    def _get_period_domain(self, start, stop, company_ids):
        model = self.env[self.model]
        domain = Domain.TRUE
        if column := self._get_slices().get("company_id"):
            # Without a company of its own a record may be of its lead's; the totals sort out whose it is.
            shared = "lead_id" in self._get_slices() or self._get_home_company_id() in company_ids
            home = [False] if shared else []
            domain = Domain(column, "in", [*company_ids, *home])
        if not self.date_field:
            return domain
        if model._fields[self.date_field].type == "date":
            start, stop = self._get_fact_days(start, stop, company_ids)
            stop += timedelta(days=1)
        domain &= Domain(self.date_field, "<", stop)
        return domain if self.basis == "snapshot" else domain & Domain(self.date_field, ">=", start)

    def _get_measure_builders(self):
        """:return: functions (model, alias, query) that give the SQL of num and of den"""

        def one(_model, _alias, _query):
            return SQL("1")

        if self.measure == "count":
            return one, one
        if self.measure in DURATIONS:
            return self._get_duration_sql, self._get_known_sql
        if self.measure == "sum":
            return self._get_amount_sql, one
        return self._get_amount_sql, self._get_known_sql

    def _get_duration_sql(self, model, alias, query):
        return SQL(
            "EXTRACT(EPOCH FROM %s::timestamp - %s::timestamp) / %s",
            model._field_to_sql(alias, self.date_end_field, query),
            model._field_to_sql(alias, self.date_start_field, query),
            SECONDS[self.unit],
        )

    def _get_known_sql(self, model, alias, query):
        """1 where there is something to measure, 0 where the record lacks it."""
        names = (self.date_start_field, self.date_end_field) if self.measure in DURATIONS else (self.measure_field,)
        known = SQL(" AND ").join(SQL("%s IS NOT NULL", model._field_to_sql(alias, name, query)) for name in names)
        return SQL("CASE WHEN %s THEN 1 ELSE 0 END", known)

    def _get_amount_sql(self, model, alias, query):
        """The field; money of another currency in the company's, at the rate of the record's date."""
        amount = model._field_to_sql(alias, self.measure_field, query)
        field = model._fields[self.measure_field]
        currency = field.type == "monetary" and model._fields.get(field.get_currency_field(model))
        if not currency or not currency.store:
            return amount
        company = self._get_slices().get("company_id")
        return self._sql_to_company_currency(
            amount,
            model._field_to_sql(alias, currency.name, query),
            self._sql_company(model._field_to_sql(alias, company, query) if company else SQL("NULL::integer")),
            SQL("%s::date", model._field_to_sql(alias, self.date_field, query))
            if self.date_field
            else SQL("now()::date"),
        )

    def _get_rows_sql(self, domain, num, den):
        """The rows of records that a domain finds; what they do not say themselves, their lead says."""
        model = self._get_records()
        query = model._search(domain)
        alias, slices = query.table, self._get_slices()

        def column(name):
            found = slices.get(name)
            value = model._field_to_sql(alias, found, query) if found else SQL("NULL::integer")
            return SQL("%s AS %s", value, SQL.identifier(name))

        parts = [
            SQL("%s AS record_id", SQL.identifier(alias, "id")),
            *[column(name) for name in SLICES],
            SQL("%s AS num", num(model, alias, query)),
            SQL("%s AS den", den(model, alias, query)),
        ]
        rows = query.select(*parts)
        if not slices.get("lead_id"):
            return SQL(
                """SELECT record_id, lead_id, company_id, team_id, user_id, process_id, process_stage_id, source_id,
                          country_id, num, den FROM (%s) AS record""",
                rows,
            )
        return SQL(
            """
            SELECT record.record_id, record.lead_id, COALESCE(record.company_id, lead.company_id) AS company_id,
                   COALESCE(record.team_id, lead.team_id) AS team_id, COALESCE(record.user_id, lead.user_id) AS user_id,
                   COALESCE(record.process_id, lead.sales_process_id) AS process_id,
                   COALESCE(record.process_stage_id, stage.id) AS process_stage_id,
                   COALESCE(record.source_id, lead.source_id) AS source_id,
                   COALESCE(record.country_id, lead.country_id) AS country_id, record.num, record.den
              FROM (%s) AS record
              LEFT JOIN crm_lead AS lead ON lead.id = record.lead_id
              LEFT JOIN sales_process_stage AS stage
                     ON stage.process_id = lead.sales_process_id AND stage.stage_id = lead.stage_id
            """,
            rows,
        )

    def _get_slices(self):
        """:return: {column of the facts: field of the model}"""
        model = self._get_records()
        slices = {}
        for column, (comodel, names) in SLICES.items():
            chosen = column in CHOSEN_SLICES and self[CHOSEN_SLICES[column]]
            for name in (chosen,) if chosen else names:
                field = model._fields.get(name)
                if field and field.store and field.column_type and field.comodel_name == comodel:
                    slices[column] = name
                    break
        if self.model == "crm.lead":
            slices["lead_id"] = "id"
        return slices

    def _get_fact_model(self, part="numerator"):
        return self.model if self.computation == "custom" else super()._get_fact_model(part)
