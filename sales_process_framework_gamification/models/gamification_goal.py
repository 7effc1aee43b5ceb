from collections import defaultdict

from odoo import fields, models

MODE = "sales_process_target"


class GamificationGoal(models.Model):
    _inherit = "gamification.goal"

    def update_goal(self):
        """Goals that follow sales goals are computed together; the others as ever."""
        ours = self.filtered(lambda goal: goal.definition_id.computation_mode == MODE)
        result = super(GamificationGoal, self - ours).update_goal()
        for goal, value in ours._get_sales_goal_progress().items():
            for record, vals in goal._get_write_values(value).items():
                record.write(vals)
        return result

    def _get_sales_goal_progress(self):
        """How much of their sales goals people have reached, in a few queries however many they are.

        :return: {goal: percent, on average over the sales goals with data}; those of people without any are left out
        """
        if not self:
            return {}
        # sudo: the scheduled action, or a colleague who looks at the challenge, may not read everybody's sales goals
        targets = (
            self.env["sales.process.target"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.user_id.ids),
                    ("state", "in", ("active", "closed")),
                    ("scenario_id", "=", False),
                ]
            )
        )
        # Computed for all of them at once, before they are looked at person by person.
        targets.mapped("attainment")
        by_user = defaultdict(targets.browse)
        for target in targets:
            by_user[target.user_id] += target
        today = fields.Date.context_today(self)
        progress = {}
        for goal in self:
            start, end = goal.start_date or today, goal.end_date or goal.start_date or today
            kpi = goal.definition_id.sudo().sales_process_kpi_id
            reached = [
                target.attainment
                for target in by_user[goal.user_id]
                if target.date_from <= end
                and target.date_to >= start
                and (not kpi or target.kpi_id == kpi)
                and target.has_actual
            ]
            if reached:
                progress[goal] = round(sum(reached) / len(reached), 1)
        return progress
