from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import skill

#: Days of practice that count: who has not done something for a year has to show it again.
PRACTICE_DAYS = 365


class SalesProcessSkill(models.Model):
    """How well one person masters one key action; nothing is stored, it is read from trainings and from the work.

    An execution is an answered point, a document handed in or an activity done. It is clean when no move of that
    lead was refused for lack of it and nobody rejected it. The level is :func:`..tools.skill.level`.
    """

    _name = "sales.process.skill"
    _description = "Sales Skill"
    _auto = False
    _order = "user_id, requirement_id"
    _rec_name = "requirement_id"
    _depends = {
        "sales.process.answer": ["lead_id", "requirement_id", "state", "user_id", "date"],
        "sales.process.deliverable": ["lead_id", "requirement_id", "state", "submitted_by_id", "submitted_date"],
        "sales.process.decision": ["lead_id", "outcome", "unmet"],
        "sales.process.requirement": ["process_stage_id", "process_id", "company_id", "judgement", "activity_type_id"],
        "sales.process.training": ["requirement_ids", "state"],
        "sales.process.training.attendee": ["training_id", "user_id", "state", "passed", "assessed", "score", "date"],
        "mail.activity": ["res_model", "res_id", "active", "user_id", "activity_type_id", "date_done"],
        "crm.lead": ["sales_process_id"],
    }

    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    requirement_id = fields.Many2one("sales.process.requirement", string="Key Action", readonly=True)
    process_stage_id = fields.Many2one("sales.process.stage", string="Stage", readonly=True)
    process_id = fields.Many2one("sales.process", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    trainings = fields.Integer(readonly=True, help="Trainings attended.")
    passed_trainings = fields.Integer(readonly=True)
    score = fields.Float(readonly=True, aggregator="avg", help="Best score of an assessment.")
    assessed = fields.Boolean(readonly=True)
    last_training = fields.Datetime(readonly=True)
    executions = fields.Integer(readonly=True, help="Times done on leads within the last year.")
    clean = fields.Integer(readonly=True, help="Executions that met no refusal and no rejection.")
    last_execution = fields.Datetime(readonly=True)
    pass_rate = fields.Float(readonly=True, aggregator="avg", help="Clean executions of all executions.")
    level = fields.Selection(
        [
            ("none", "None"),
            ("beginner", "Beginner"),
            ("able", "Able"),
            ("proficient", "Proficient"),
            ("expert", "Expert"),
        ],
        compute="_compute_level",
    )

    @api.depends("trainings", "passed_trainings", "executions", "clean")
    def _compute_level(self):
        for row in self:
            row.level = skill.LEVELS[skill.level(row._get_evidence())]

    def _get_evidence(self):
        return skill.Evidence(
            trainings=self.trainings,
            passed=bool(self.passed_trainings),
            executions=self.executions,
            clean=self.clean,
        )

    @property
    def _table_query(self):
        # Grouped by what is filtered on, so that PostgreSQL reads only the rows of the people and actions asked for.
        since = SQL("(now() AT TIME ZONE 'UTC' - interval '%s days')", PRACTICE_DAYS)
        return SQL(
            """
            SELECT (fact.user_id::bigint << 31) + fact.requirement_id AS id,
                   fact.user_id, fact.requirement_id,
                   requirement.process_stage_id, requirement.process_id, requirement.company_id,
                   fact.trainings, fact.passed_trainings, fact.score, fact.score IS NOT NULL AS assessed,
                   fact.last_training, fact.executions, fact.clean, fact.last_execution,
                   fact.clean::float / NULLIF(fact.executions, 0) AS pass_rate
              FROM (SELECT user_id, requirement_id,
                           sum(trained)::integer AS trainings, sum(passed)::integer AS passed_trainings,
                           max(score) AS score, max(trained_on) AS last_training,
                           sum(executed)::integer AS executions, sum(clean)::integer AS clean,
                           max(executed_on) AS last_execution
                      FROM (%(facts)s) AS facts
                     GROUP BY user_id, requirement_id) AS fact
              JOIN sales_process_requirement AS requirement ON requirement.id = fact.requirement_id
            """,
            facts=SQL(" UNION ALL ").join([self._get_training_facts(), *self._get_execution_facts(since)]),
        )

    @api.model
    def _get_training_facts(self):
        return SQL(
            """
            SELECT attendee.user_id, link.requirement_id, 1 AS trained, attendee.passed::integer AS passed,
                   CASE WHEN attendee.assessed THEN attendee.score END AS score, attendee.date AS trained_on,
                   0 AS executed, 0 AS clean, NULL::timestamp AS executed_on
              FROM sales_process_training_attendee AS attendee
              JOIN sales_process_training AS training ON training.id = attendee.training_id
              JOIN sales_process_training_requirement_rel AS link ON link.training_id = attendee.training_id
             WHERE attendee.state = 'attended' AND training.state <> 'cancelled'
            """
        )

    @api.model
    def _get_execution_facts(self, since):
        """Glue addons add what else shows that somebody did an action.

        :return: list of SQL: user_id, requirement_id, NULLs for training, executed, clean, executed_on
        """
        return [
            SQL(
                """
                SELECT done.user_id, done.requirement_id, 0, 0, NULL, NULL::timestamp,
                       1, (done.accepted AND NOT %(refused)s)::integer, done.date
                  FROM (%(done)s) AS done
                 WHERE done.user_id IS NOT NULL
                """,
                done=done,
                refused=SQL(
                    """EXISTS (SELECT FROM sales_process_decision AS decision
                                WHERE decision.lead_id = done.lead_id AND decision.outcome = 'refused'
                                  AND decision.unmet @> jsonb_build_array(
                                      jsonb_build_object('id', done.requirement_id)))"""
                ),
            )
            for done in (
                SQL(
                    """SELECT user_id, requirement_id, lead_id, date, state <> 'rejected' AS accepted
                         FROM sales_process_answer
                        WHERE state IN ('done', 'approved', 'rejected') AND date >= %s""",
                    since,
                ),
                SQL(
                    """SELECT submitted_by_id AS user_id, requirement_id, lead_id, submitted_date AS date,
                              state <> 'rejected' AS accepted
                         FROM sales_process_deliverable
                        WHERE state <> 'draft' AND submitted_date >= %s""",
                    since,
                ),
                SQL(
                    """SELECT activity.user_id, requirement.id AS requirement_id, activity.res_id AS lead_id,
                              activity.date_done::timestamp AS date, TRUE AS accepted
                         FROM sales_process_requirement AS requirement
                         JOIN mail_activity AS activity ON activity.activity_type_id = requirement.activity_type_id
                         JOIN crm_lead AS lead
                           ON lead.id = activity.res_id AND lead.sales_process_id = requirement.process_id
                        WHERE requirement.judgement = 'activity' AND activity.res_model = 'crm.lead'
                          AND NOT activity.active AND activity.date_done >= %s""",
                    since,
                ),
            )
        ]

    # -- the matrix -----------------------------------------------------------

    @api.model
    @api.readonly
    def get_skills_matrix(self, team_id=False, process_id=False):
        """Salespeople × key actions. Administrators see everybody, leaders their team, others themselves.

        :return: dict of teams, processes, team_id, process_id, levels, columns [{id, name, stage, kind, spin,
            requirement_ids, average}], rows [{user_id, name, average, cells: {column id: {level, trainings, passed,
            score, executions, clean, pass_rate}}}]
        """
        self.check_access("read")
        is_manager = self.env.user.has_group("sales_team.group_sale_manager")
        teams = self.env["crm.team"].search([("active", "=", True)])
        processes = self.env["sales.process"].search([("state", "!=", "draft")])
        team = teams.filtered(lambda team: team.id == team_id)
        process = processes.filtered(lambda process: process.id == process_id) or self._get_matrix_process(
            processes, team
        )
        users = self._get_matrix_users(team or process.team_ids & teams or teams, is_manager)
        columns = process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id)).requirement_ids.filtered(
            lambda requirement: requirement.kind != "criterion"
        )
        evidence = self._load_evidence(users, columns)
        levels = [{"key": key, "name": label} for key, label in self._fields["level"]._description_selection(self.env)]
        rows = [self._prepare_matrix_row(user, columns, evidence) for user in users]
        return {
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "processes": [{"id": process.id, "name": process.display_name} for process in processes],
            "team_id": team.id,
            "process_id": process.id,
            "levels": levels,
            "columns": self._prepare_matrix_columns(columns, rows),
            "rows": rows,
            "practice_days": PRACTICE_DAYS,
        }

    @api.model
    def _get_matrix_process(self, processes, team):
        """The process to begin with: the team's own, else the user's, else any that runs."""
        running = processes.filtered(lambda process: process.state in ("active", "pilot"))
        for teams in (team, self.env.user.crm_team_ids):
            if own := running.filtered(lambda process, teams=teams: process.team_ids & teams):
                return own[:1]
        return running[:1] or processes[:1]

    @api.model
    def _get_matrix_users(self, teams, is_manager):
        """Members of the teams whose skills the user may see."""
        members = teams.sudo().member_ids.filtered("active")
        if not is_manager:
            led = teams.sudo().filtered(lambda team: team.user_id == self.env.user)
            members &= led.member_ids | self.env.user
            members |= self.env.user
        return members.sorted(lambda user: (user.name, user.id)).sudo(False)

    def _load_evidence(self, users, columns):
        """:return: {(user id, column id): {facts}}; earlier versions of an action count for it"""
        lineage = columns._get_lineage() if columns else {}
        found = {}
        rows = self.search_fetch(
            [("user_id", "in", users.ids), ("requirement_id", "in", list(lineage))],
            ["user_id", "requirement_id", "trainings", "passed_trainings", "score", "assessed", "executions", "clean"],
        )
        for row in rows:
            mark = (row.user_id.id, lineage[row.requirement_id.id].id)
            facts = found.setdefault(
                mark, {"trainings": 0, "passed": False, "score": False, "executions": 0, "clean": 0}
            )
            # A training linked to both versions of an action is one training.
            facts["trainings"] = max(facts["trainings"], row.trainings)
            facts["passed"] = facts["passed"] or bool(row.passed_trainings)
            if row.assessed and (facts["score"] is False or row.score > facts["score"]):
                facts["score"] = row.score
            facts["executions"] += row.executions
            facts["clean"] += row.clean
        return found

    @api.model
    def _prepare_matrix_row(self, user, columns, evidence):
        cells = {}
        for column in columns:
            facts = evidence.get((user.id, column.id))
            if facts:
                of_person = skill.Evidence(**{name: facts[name] for name in skill.Evidence.__slots__})
                rate = of_person.pass_rate
                cells[column.id] = {
                    **facts,
                    "level": skill.level(of_person),
                    "pass_rate": False if rate is None else round(100 * rate),
                }
        return {
            "user_id": user.id,
            "name": user.sudo().name,
            "cells": cells,
            "average": round(sum(cell["level"] for cell in cells.values()) / len(columns), 1) if columns else 0,
        }

    @api.model
    def _prepare_matrix_columns(self, columns, rows):
        spin = dict(columns._fields["spin_technique"]._description_selection(self.env))
        lineage = {}
        for old, column in (columns._get_lineage() if columns else {}).items():
            lineage.setdefault(column.id, []).append(old)
        return [
            {
                "id": column.id,
                "name": column.name,
                "stage": column.process_stage_id.name,
                "stage_id": column.process_stage_id.id,
                "kind": column.kind,
                "spin": spin.get(column.spin_technique, ""),
                "requirement_ids": lineage[column.id],
                "average": round(sum(row["cells"].get(column.id, {}).get("level", 0) for row in rows) / len(rows), 1)
                if rows
                else 0,
            }
            for column in columns
        ]
