from odoo import models


class RolloutRuleTrained(models.AbstractModel):
    """Enough members of the phase's teams attended everything its trainings teach."""

    _name = "sales.process.rollout.rule.trained"
    _inherit = "sales.process.rollout.rule"
    _description = "Entry condition: trained"
    _kind = "trained"
    _uses_percent = True
    _is_personal = True
    #: Place in a row of ``_load_lessons``.
    _column = 1

    def _get_label(self):
        return self.env._("Team trained")

    def _judge(self, conditions, facts):
        lessons = facts.recall("lessons", self._load_lessons)

        def reached(phase_id, user_id):
            row = lessons.get(phase_id)
            return bool(row) and row[self._column].get(user_id, 0) >= row[0]

        def note(phase):
            return "" if phase.id in lessons else self.env._("No training belongs to this phase yet.")

        return self._judge_people(conditions, facts, reached, note)
