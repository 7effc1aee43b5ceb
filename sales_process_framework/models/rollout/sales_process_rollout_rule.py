"""What the next phase of a rollout can be made to wait for. A new kind is one class, also from another addon:

.. code-block:: python

    class RolloutRuleSurvey(models.AbstractModel):
        _name = "sales.process.rollout.rule.survey"
        _inherit = "sales.process.rollout.rule"
        _description = "Entry condition: survey answered"
        _kind = "survey"  # the value stored in sales.process.rollout.condition.kind
        _uses_percent = True

        def _get_label(self):
            return self.env._("Survey answered")

        def _judge(self, conditions, facts):
            answered = facts.recall("survey", self._load_answered)  # one query for all phases
            return {condition.id: Standing(have, total, need, people=missing) for condition in conditions}

It is offered in the form of a phase, judged by screen, button and scheduled action alike, and shows who is missing.
"""

from odoo import api, models, tools
from odoo.tools import SQL

from ...tools import rollout


class RolloutFacts:
    """The phases being judged and what was fetched about them, so that each thing is fetched once.

    :ivar phases: ``sales.process.rollout.phase`` recordset under sudo
    """

    def __init__(self, phases):
        self.phases = phases.sudo()
        self._memory = {}

    def recall(self, key, load):
        """Value stored under ``key``; ``load(phases)`` makes it on first use, for all phases at once."""
        if key not in self._memory:
            self._memory[key] = load(self.phases)
        return self._memory[key]


class SalesProcessRolloutRule(models.AbstractModel):
    _name = "sales.process.rollout.rule"
    _description = "Kind of entry condition"
    _kind = None
    #: What the form of a condition asks for.
    _uses_percent = False
    _uses_days = False
    _uses_kpi = False
    _uses_level = False
    #: It tells how single people did in trainings: only those who may see that learn the names.
    _is_personal = False

    def _get_label(self):
        """:return: its name in the form of a phase, in the user's language"""
        raise NotImplementedError

    def _judge(self, conditions, facts):
        """Judge all conditions of this kind at once; runs under sudo.

        :param facts: :class:`RolloutFacts`
        :return: {condition id: :class:`~..tools.rollout.Standing`}
        """
        raise NotImplementedError

    def _say(self, condition, standing):
        """:return: where it stands in one sentence"""
        return self.env._("%(count)s of %(total)s", count=standing.have, total=standing.total)

    # -- registry ----------------------------------------------------------------

    @api.model
    @tools.ormcache(cache="stable")
    def _get_registered(self):
        """:return: {kind: name of the model}, in order of registration"""
        names = self.env.registry.descendants(["sales.process.rollout.rule"], "_inherit")
        rules = (self.env[name] for name in names if name != "sales.process.rollout.rule")
        return {rule._kind: rule._name for rule in rules if rule._kind}

    @api.model
    def _get(self, kind):
        """:return: the rule; None when the addon it came from is gone"""
        name = self._get_registered().get(kind)
        return self.env[name] if name else None

    @api.model
    def _get_selection(self):
        return [(kind, self._get(kind)._get_label()) for kind in self._get_registered()]

    @api.model
    def _judge_all(self, conditions, facts):
        """:return: {condition id: Standing}, in a number of queries that depends on the kinds alone"""
        standings = {}
        for kind, group in conditions.sudo().grouped("kind").items():
            rule = self._get(kind)
            if rule is None:
                note = self.env._("The addon that judges this is not installed.")
                standings.update(dict.fromkeys(group.ids, rollout.Standing(note=note)))
            else:
                standings.update(rule.sudo()._judge(group, facts))
        return standings

    # -- facts that several rules read ---------------------------------------------

    def _load_members(self, phases):
        """:return: {phase id: tuple of ids of the active members of its teams}"""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT part.phase_id, array_agg(DISTINCT member.user_id)
                  FROM sales_process_rollout_phase_team_rel AS part
                  JOIN crm_team_member AS member ON member.crm_team_id = part.team_id AND member.active
                  JOIN res_users AS person ON person.id = member.user_id AND person.active
                 WHERE part.phase_id = ANY(%s) GROUP BY part.phase_id
                """,
                phases.ids,
            )
        )
        return {phase: tuple(people) for phase, people in rows}

    def _load_lessons(self, phases):
        """Who attended and passed what the trainings of the phases teach.

        Sessions that teach the same key action stand in for each other; one that names no key action stands for
        itself. Nobody has attended more than what is planned: cancelled sessions ask for nothing.

        :return: {phase id: (number of lessons, {user id: attended}, {user id: passed})}
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH lesson AS (
                    SELECT part.phase_id, training.id AS training_id,
                           COALESCE('requirement:' || about.requirement_id, 'training:' || training.id) AS subject
                      FROM sales_process_rollout_phase_training_rel AS part
                      JOIN sales_process_training AS training
                        ON training.id = part.training_id AND training.active AND training.state <> 'cancelled'
                      LEFT JOIN sales_process_training_requirement_rel AS about ON about.training_id = training.id
                     WHERE part.phase_id = ANY(%(phases)s)
                )
                SELECT phase_id, NULL::integer, COUNT(DISTINCT subject), NULL FROM lesson GROUP BY phase_id
                 UNION ALL
                SELECT lesson.phase_id, attendee.user_id,
                       COUNT(DISTINCT lesson.subject) FILTER (WHERE attendee.state = 'attended'),
                       COUNT(DISTINCT lesson.subject) FILTER (WHERE attendee.passed)
                  FROM lesson
                  JOIN sales_process_training_attendee AS attendee ON attendee.training_id = lesson.training_id
                 GROUP BY lesson.phase_id, attendee.user_id
                """,
                phases=phases.ids,
            )
        )
        lessons = {}
        for phase, user, attended, passed in rows:
            row = lessons.setdefault(phase, [0, {}, {}])
            if user is None:
                row[0] = attended
            else:
                row[1][user], row[2][user] = attended, passed
        return lessons

    def _judge_people(self, conditions, facts, reached, note):
        """:param reached: function of (phase id, user id), whether the person has what is asked for
        :param note: function of a phase, why nobody can have it; empty when it can be had
        """
        members = facts.recall("members", self._load_members)
        standings = {}
        for condition in conditions:
            phase = condition.phase_id
            people = members.get(phase.id, ())
            missing = tuple(user for user in people if not reached(phase.id, user))
            standings[condition.id] = rollout.Standing(
                have=len(people) - len(missing),
                total=len(people),
                # At least one: a share of nobody is no training.
                need=max(rollout.needed(len(people), condition.percent), 1),
                people=missing,
                note=note(phase) or ("" if people else self.env._("The teams of this phase have no members.")),
            )
        return standings
