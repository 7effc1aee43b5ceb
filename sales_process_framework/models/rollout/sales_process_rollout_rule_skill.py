from odoo import models

from ...tools import skill


class RolloutRuleSkill(models.AbstractModel):
    """Enough members master each key action of the phase's trainings, by training and by what they really did."""

    _name = "sales.process.rollout.rule.skill"
    _inherit = "sales.process.rollout.rule"
    _description = "Entry condition: skill level"
    _kind = "skill"
    _uses_percent = True
    _uses_level = True
    _is_personal = True

    def _get_label(self):
        return self.env._("Skill level reached")

    def _judge(self, conditions, facts):
        levels = facts.recall("skills", self._load_skills)
        standings = {}
        for level, group in conditions.grouped("skill_level").items():
            wanted = skill.LEVELS.index(level)

            def reached(phase_id, user_id, wanted=wanted):
                actions = levels[0].get(phase_id, ())
                return bool(actions) and all(levels[1].get((user_id, action), 0) >= wanted for action in actions)

            def note(phase):
                if levels[0].get(phase.id):
                    return ""
                return self.env._("The trainings of this phase name no key action.")

            standings.update(self._judge_people(group, facts, reached, note))
        return standings

    def _load_skills(self, phases):
        """:return: ({phase id: ids of key actions}, {(user id, requirement id): level, 0 for none})"""
        actions = {phase.id: tuple(phase.training_ids.requirement_ids.ids) for phase in phases}
        wanted = {action for ids in actions.values() for action in ids}
        people = phases.team_ids.member_ids
        rows = self.env["sales.process.skill"].search_read(
            [("user_id", "in", people.ids), ("requirement_id", "in", list(wanted))],
            ["user_id", "requirement_id", "trainings", "passed_trainings", "executions", "clean"],
            load=None,
        )
        return actions, {
            (row["user_id"], row["requirement_id"]): skill.level(
                skill.Evidence(
                    trainings=row["trainings"],
                    passed=bool(row["passed_trainings"]),
                    executions=row["executions"],
                    clean=row["clean"],
                )
            )
            for row in rows
        }
