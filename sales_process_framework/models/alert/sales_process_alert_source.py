"""What an alert can be about. A new kind is one class, also from another addon:

.. code-block:: python

    class AlertSourceQuotation(models.AbstractModel):
        _name = "sales.process.alert.source.quotation"
        _inherit = "sales.process.alert.source"
        _description = "Quotation not answered"
        _kind = "quotation"  # the value stored in sales.process.alert.rule.kind

        def _get_label(self):
            return self.env._("Quotation not answered for N working days")

        def _get_causes_sql(self, rule, scan, leads=None):
            return SQL("SELECT … AS lead_id, … AS company_id, … AS cause_key, … AS since, … AS facts …")

It appears in the form of a rule, is scanned, previewed, told, mended and measured like the others.
"""

from dataclasses import dataclass
from datetime import datetime

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_date, format_datetime


@dataclass(frozen=True)
class AlertScan:
    """One look of one rule.

    :ivar now: naive UTC
    :ivar after: when the rule was looked at before; None to look at everything
    :ivar cutoffs: {company id: latest moment from which the rule's working days have passed now}, 0 for no company
    :ivar previous: the earliest of the cutoffs at ``after``
    :ivar stage_ids: stages of processes that the rule looks at
    """

    now: datetime
    after: datetime | None
    cutoffs: dict
    previous: datetime | None
    stage_ids: list

    @property
    def latest(self):
        return max(self.cutoffs.values())

    @property
    def cutoff_table(self):
        rows = SQL(", ").join(SQL("(%s, %s::timestamp)", company, moment) for company, moment in self.cutoffs.items())
        return SQL("(VALUES %s) AS cut (company_id, moment)", rows)


class SalesProcessAlertSource(models.AbstractModel):
    _name = "sales.process.alert.source"
    _description = "What an alert is about"
    _kind = None
    #: The limit counts working days, from the ``since`` of a cause.
    _working_days = False
    #: The field that holds those days.
    _days_field = "threshold"
    _default_threshold = 3.0
    _uses_days = False
    _uses_stage = False
    _uses_lead = True
    #: Leads that follow no process can be found as well.
    _needs_process = True
    #: No index leads to what is due: each scan looks at what came since the last one, and once a day at everything.
    _incremental = False

    # -- to implement -------------------------------------------------------

    def _get_label(self):
        """:return: name in the form of a rule, in the user's language"""
        raise NotImplementedError

    def _get_causes_sql(self, rule, scan, leads=None):
        """What is due now, of open leads only, each cause once.

        Columns: ``lead_id``, ``request_id``, ``kpi_value_id`` (those that there are, else NULL), ``company_id``,
        ``cause_key`` (text, the same as long as it is the same cause), ``since`` (timestamp from which the working
        days count, or the moment it became due), ``facts`` (jsonb, for :meth:`_describe`).

        :param rule: ``sales.process.alert.rule``, one record under sudo
        :param scan: :class:`AlertScan`
        :param leads: SQL of the ids of leads to look at; None for every one
        """
        raise NotImplementedError

    def _get_candidates_sql(self, rule, scan):
        """Of an incremental kind: ids of leads (``lead_id``) that may have become due since ``scan.after``."""
        raise NotImplementedError

    def _get_sentence(self, rule):
        """:return: "a lead stays …", what follows "If" in the rule's sentence"""
        raise NotImplementedError

    def _describe(self, alert, facts):
        """:return: the facts of one alert in plain words"""
        raise NotImplementedError

    def _get_unit(self):
        """:return: what the limit counts, or False where there is none"""
        return self.env._("working days")

    def _get_advice(self):
        """:return: what to do, unless the rule says it"""
        return self.env._("Open the lead and decide on the next step.")

    def _open(self, alert):
        """:return: action to what an alert without a lead is about; None for an indicator's value"""
        return None

    def _get_configuration_problem(self, rule):
        """:return: a sentence for the admin when the rule can find nothing as it is, else False"""
        if self._uses_stage and not self.env["sales.process"]._is_in_use():
            return self.env._("No process is active yet: the rule begins to work with the first one.")
        return False

    def _filter_stages(self, stages):
        """Stages that this kind can say something about."""
        return stages

    def _check_rule(self, rule):
        """:raise ValidationError: the rule makes no sense"""
        if self._get_unit() and self._default_threshold and not rule.threshold:
            raise ValidationError(
                self.env._("“%(rule)s” needs a limit above 0 (%(unit)s).", rule=rule.name, unit=self._get_unit())
            )

    # -- for those who implement ----------------------------------------------

    @api.model
    def _get_open_lead_sql(self, rule):
        """Conditions on ``lead`` (a row of ``crm_lead``, ``team`` joined): open, and one of the rule's."""
        parts = [SQL("lead.active AND lead.won_status = 'pending'")]
        if rule.team_ids:
            parts.append(SQL("lead.team_id = ANY(%s)", rule.team_ids.ids))
        if rule.company_id:
            parts.append(SQL("cut.company_id = %s", rule.company_id.id))
        return SQL(" AND ").join(parts)

    @api.model
    def _get_lead_joins_sql(self, scan):
        """Joins from ``lead`` to its team and to ``cut``: the company, and since when the working days count."""
        return SQL(
            """LEFT JOIN crm_team AS team ON team.id = lead.team_id
                    JOIN %s ON cut.company_id = COALESCE(lead.company_id, team.company_id, 0)""",
            scan.cutoff_table,
        )

    @api.model
    def _among(self, column, leads):
        """Looked up one by one through the index on leads: a join may be planned from all open leads on."""
        return SQL("AND %s = ANY(ARRAY(%s))", column, leads) if leads else SQL()

    @api.model
    def _say_moment(self, value):
        """A moment of the facts (ISO text, UTC) in the reader's language and zone."""
        moment = fields.Datetime.to_datetime(value.replace("T", " ")[:19]) if value else False
        return format_datetime(self.env, moment, dt_format="short") if moment else ""

    @api.model
    def _say_date(self, value):
        return format_date(self.env, value[:10]) if value else ""

    # -- machinery ----------------------------------------------------------

    @api.model
    @tools.ormcache(cache="stable")
    def _get_registered(self):
        """:return: {kind: name of the model}, in order of registration"""
        names = self.env.registry.descendants(["sales.process.alert.source"], "_inherit")
        sources = (self.env[name] for name in names if name != "sales.process.alert.source")
        return {source._kind: source._name for source in sources if source._kind}

    @api.model
    def _get(self, kind):
        return self.env[self._get_registered().get(kind, "sales.process.alert.source.stage_time")]

    @api.model
    def _get_selection(self):
        return [(kind, self._get(kind)._get_label()) for kind in self._get_registered()]
