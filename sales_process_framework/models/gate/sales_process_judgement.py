"""How requirements are judged. A new kind of judgement is one class, also from another addon:

.. code-block:: python

    class JudgementQuotation(models.AbstractModel):
        _name = "sales.process.judgement.quotation"
        _inherit = "sales.process.judgement"
        _description = "Judged by quotations sent"
        _judgement = "quotation"  # the value stored in sales.process.requirement.judgement

        def _get_label(self):
            return self.env._("Quotation sent")

        def _judge(self, requirement, facts):
            sent = facts.recall("quotations", self._load_sent)  # one query for all leads and requirements
            return {lead.id: Standing.MET if lead.id in sent else Standing.MISSING for lead in facts.leads}

It appears in the requirement form, is judged in every way a lead moves, and shows in panel and dialog.
"""

import logging

from odoo import api, models, tools

from ...tools.gate import Requirement, Standing, settle

_logger = logging.getLogger(__name__)


class GateFacts:
    """The leads being judged and what was fetched about them, so that each thing is fetched once.

    :ivar leads: ``crm.lead`` recordset under sudo: a rule may read what the rep cannot
    """

    def __init__(self, leads, parent=None):
        self.leads = leads.sudo()
        self._all = parent._all if parent else self.leads
        self._memory = parent._memory if parent else {}

    def recall(self, key, load):
        """Value stored under ``key``; ``load(leads)`` makes it on first use, for all leads at once."""
        if key not in self._memory:
            self._memory[key] = load(self._all)
        return self._memory[key]

    def narrowed(self, leads):
        """The same facts for some of the leads."""
        return GateFacts(leads, self)


class SalesProcessJudgement(models.AbstractModel):
    _name = "sales.process.judgement"
    _description = "Way to judge a requirement"
    _judgement = None

    # -- to implement -------------------------------------------------------

    def _get_label(self):
        """:return: name in the requirement form, in the user's language"""
        raise NotImplementedError

    def _judge(self, requirement: Requirement, facts: GateFacts) -> dict[int, Standing]:
        """How one requirement stands for every lead of ``facts``; runs under sudo, on unsaved values too.

        :return: standing by lead id; a missing lead counts as MISSING
        """
        raise NotImplementedError

    def _prepare_settings(self, requirement):
        """What :meth:`_judge` needs to know of the requirement; cached with the playbook, so plain values only."""
        return {}

    def _relax_passed(self, requirement: Requirement) -> Requirement:
        """What still holds of a requirement once its gate is passed: time alone reopens nothing."""
        return requirement

    def _get_lead_fields(self, requirement):
        """:return: set of ``crm.lead`` field names whose change can change the verdict"""
        return set()

    def _get_lead_paths(self, requirement):
        """:return: iterable of dotted field paths from the lead that a verdict reads, to fetch them together"""
        return self._get_lead_fields(requirement)

    def _get_input_fields(self, requirement: Requirement, lead):
        """:return: names of lead fields that a rep can fill in to meet it, offered in the dialog"""
        return []

    def _get_configuration_problem(self, requirement):
        """:return: a sentence for the admin when the requirement cannot be judged like this, else False"""
        return False

    def _explain(self, requirement, standing, lead, facts):
        """:return: a sentence for the rep saying what is missing, or False to use the general one"""
        return False

    # -- machinery ----------------------------------------------------------

    @api.model
    @tools.ormcache(cache="stable")
    def _get_registered(self):
        """:return: {judgement: name of the model that judges it}, in order of registration"""
        names = self.env.registry.descendants(["sales.process.judgement"], "_inherit")
        models_ = (self.env[name] for name in names if name != "sales.process.judgement")
        return {model._judgement: model._name for model in models_ if model._judgement}

    @api.model
    def _get(self, judgement):
        return self.env[self._get_registered().get(judgement, "sales.process.judgement")]

    @api.model
    def _get_selection(self):
        return [(judgement, self._get(judgement)._get_label()) for judgement in self._get_registered()]

    @api.model
    def _judge_all(self, requirements, facts):
        """Judge requirements, each for all leads at once.

        A rule that cannot be evaluated stands as ERROR for every lead, is logged, and stops no other rule.

        :param requirements: iterable of :class:`~..tools.gate.Requirement`
        :return: {lead id: {requirement id: settled Standing}}
        """
        requirements = list(requirements)
        standings = {lead_id: {} for lead_id in facts.leads.ids}
        for requirement in requirements:
            judgement = self._get(requirement.judgement).sudo()
            try:
                result = judgement._judge(requirement, facts)
            except Exception:
                _logger.exception("Sales process requirement %s cannot be judged", requirement.id)
                result = dict.fromkeys(facts.leads.ids, Standing.ERROR)
            for lead_id, standing in standings.items():
                standing[requirement.id] = result.get(lead_id, Standing.MISSING)
            self._apply_not_applicable(requirement, standings, facts)
        return {lead_id: settle(requirements, standing) for lead_id, standing in standings.items()}

    def _apply_not_applicable(self, requirement, standings, facts):
        """A requirement that allows it can be answered "not applicable", however else it is judged."""
        if not requirement.allow_na:
            return
        answers = self.env["sales.process.answer"]._recall(facts)
        for lead_id, standing in standings.items():
            answer = answers.get((lead_id, requirement.id))
            if answer and answer.state == "na":
                standing[requirement.id] = Standing.NOT_APPLICABLE
