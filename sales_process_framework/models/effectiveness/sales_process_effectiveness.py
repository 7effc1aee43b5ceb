from odoo import api, models
from odoo.exceptions import UserError

from ...tools import effectiveness
from ..analysis.sales_process_analysis import RECORD_LIMIT
from .sales_process_effectiveness_facts import LET_PASS, PARTS

#: What leads to decisions, not to deals.
DECISIONS = {"refusals": ("refused",), "overrides": LET_PASS}


class SalesProcessEffectiveness(models.AbstractModel):
    """What each requirement of a process brings and what it costs, and the deals behind every number."""

    _name = "sales.process.effectiveness"
    _description = "Effectiveness of Gates"
    _inherit = [
        "sales.process.effectiveness.findings",
        "sales.process.effectiveness.sheet",
        "sales.process.effectiveness.facts",
    ]

    @api.model
    @api.readonly
    def get_effectiveness(self, filters=None):
        """What became of the deals that came to the gates of one version of a process in a period.

        :param filters: see ``sales.process.analysis._resolve``
        :return: {"filters", "choices", "process": name, "enforcement", "minimum": closed deals on either side that a
            comparison needs, "warning": why no number here says what causes what, "rows": see :meth:`_prepare_row`,
            "named": {flag: ids of requirements}}
        :raise AccessError, UserError: who may not read this, or which filter is wrong
        """
        filters = self._resolve(filters)
        rows = self._get_rows(filters)
        return {
            "filters": filters.values,
            "choices": self._get_choices(filters),
            "process": filters.process.display_name or "",
            "enforcement": filters.process._get_enforcement(filters.company) if filters.process else "off",
            "minimum": effectiveness.MINIMUM_CLOSED,
            "warning": self._get_warning(),
            "rows": rows,
            "named": {
                flag: [row["id"] for row in rows if flag in row["flags"]]
                for flag in ("only_costs", "stops_nobody", "overridden", "helps")
            },
        }

    @api.model
    def _get_warning(self):
        return self.env._(
            "Win rates with and without a requirement show what goes together, not what causes what: the comparison "
            "is not causal. Deals that were going to be lost anyway often fail to meet what a gate asks for."
        )

    @api.model
    def _get_rows(self, filters):
        figures = self._read_figures(filters)
        return [
            self._prepare_row(filters, requirement, figures[requirement.id])
            for requirement in self._get_requirements(filters)
        ]

    @api.model
    def _prepare_row(self, filters, requirement, values):
        """:return: {"id", "name", "stage_id", "stage", "gate", "kind", "mandatory", "known", "asked", "met", "na",
        "overridden", "held", "unmet", "refused", "refusals", "delayed", "days": None where nothing was held up,
        "with", "with_won", "without", "without_won", "rate_with", "rate_without", "difference", "low", "high": in
        percent and points or None, "pvalue", "method", "verdict", "flags"}; see :mod:`~..tools.effectiveness`
        """
        known = self._is_known(filters, requirement)
        effect = effectiveness.judge(
            effectiveness.Figures(
                asked=values["asked"],
                met=values["met"],
                na=values["na"],
                overridden=values["overridden"],
                held=values["held"],
                refused=values["refused"],
                refusals=values["refusals"],
                delayed=values["delayed"],
                days=values["days"],
                won=values["with_won"],
                closed=values["with"],
                won_without=values["without_won"],
                closed_without=values["without"],
                known=known,
            )
        )
        comparison = effect.comparison
        return {
            "id": requirement.id,
            "name": requirement.name,
            "stage_id": requirement.process_stage_id.id,
            "stage": requirement.process_stage_id.name,
            "gate": requirement.gate,
            "kind": requirement.kind,
            "mandatory": requirement.mandatory,
            "known": known,
            **values,
            "rate_with": effectiveness.rate(values["with_won"], values["with"]) if known else None,
            "rate_without": effectiveness.rate(values["without_won"], values["without"]) if known else None,
            **{
                name: None if getattr(comparison, source) is None else 100.0 * getattr(comparison, source)
                for name, source in (("difference", "effect"), ("low", "low"), ("high", "high"))
            },
            "pvalue": comparison.pvalue,
            "method": comparison.method,
            "verdict": effect.verdict,
            "flags": list(effect.flags),
        }

    @api.model
    @api.readonly
    def get_records_action(self, filters, requirement_id, part):
        """The deals or decisions behind a number, as far as the user may see them.

        :param part: one of the numbers of :meth:`_prepare_row`, or "refusals" and "overrides": the decisions
        :return: an action
        """
        filters = self._resolve(filters)
        requirement = self._get_requirements(filters).filtered(lambda each: each.id == requirement_id)
        if not requirement:
            raise UserError(self.env._("This requirement is gone. Load the page again."))
        name = f"{requirement.name}: {self._describe_part(part)}"
        if part in DECISIONS:
            found = self._read_decision_ids(filters, requirement, DECISIONS[part], RECORD_LIMIT + 1)
            return self._prepare_records_action("sales.process.decision", name, found)
        if part not in PARTS:
            raise UserError(self.env._("There are no records behind %s.", part))
        found = self._read_lead_ids(filters, requirement, part, RECORD_LIMIT + 1)
        return self._prepare_records_action("crm.lead", name, found)

    @api.model
    def _describe_part(self, part):
        return {
            "asked": self.env._("asked"),
            "met": self.env._("met"),
            "na": self.env._("not applicable"),
            "overridden": self.env._("let pass"),
            "held": self.env._("held back"),
            "unmet": self.env._("passed without it"),
            "refused": self.env._("refused"),
            "delayed": self.env._("held up"),
            "with": self.env._("closed, met"),
            "with_won": self.env._("won, met"),
            "without": self.env._("closed, not met"),
            "without_won": self.env._("won, not met"),
            "refusals": self.env._("refusals"),
            "overrides": self.env._("decisions to let pass"),
        }.get(part, "")
