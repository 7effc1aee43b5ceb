from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import gate
from ..gate.sales_process_judgement import GateFacts

#: Leads judged at a time, so that memory stays flat.
BATCH = 2000


class SalesProcessMigrationCheck(models.AbstractModel):
    """Says what a migration would do before it does anything."""

    _name = "sales.process.migration.check"
    _description = "Dry Run of a Migration"

    def action_check(self):
        """Count leads per stage, whom the gates of the other version would hold back, and what goes with them."""
        for migration in self:
            migration.check_access("write")
            migration._check_planned()
            migration._check()
        return True

    def _check_now(self):
        """Check, and refuse what would leave leads nowhere."""
        self._check()
        self._refuse_unmapped()

    def _refuse_unmapped(self):
        for migration in self:
            if missing := migration.stage_map_ids.filtered(lambda line: line.lead_count and not line.target_stage_id):
                raise UserError(
                    self.env._(
                        "Open leads stand in stages that go on nowhere in %(target)s: %(stages)s. Say where they go "
                        "on, or let them finish on the version they follow.",
                        target=migration.target_process_id.display_name,
                        stages=", ".join(f"{line.process_stage_id.name} ({line.lead_count})" for line in missing),
                    )
                )

    def _check(self, playbook=None):
        """:param playbook: of the target as it will be; None for as it is"""
        self.ensure_one()
        self.env.flush_all()
        # Numbers of all leads concerned, whoever's they are; only counts leave this method.
        migration = self.sudo()
        playbook = playbook or self.env["sales.process"]._get_playbook(self.target_process_id.id)
        per_stage, outside = migration._count_leads()
        held, held_by = migration._count_held(playbook)
        for line in migration.stage_map_ids:
            stage = line.process_stage_id
            leads, in_column = per_stage.get(stage.id, (0, 0))
            moved = line.target_stage_id and line._get_target_column(playbook) != stage.stage_id.id
            line.with_context(sales_process_migration=self._keeping_token()).write(
                {"lead_count": leads, "held_count": held.get(stage.id, 0), "moved_count": in_column if moved else 0}
            )
        answers = migration._count_answers()
        for line in migration.requirement_map_ids:
            line.with_context(sales_process_migration=self._keeping_token()).write(
                {"answer_count": answers.get(line.requirement_id.id, 0)}
            )
        names = self.env["sales.process.requirement"].sudo().browse(held_by)
        ordered = sorted(names, key=lambda requirement: -held_by[requirement.id])
        migration._keep(
            {
                "state": "checked",
                "lead_count": sum(leads for leads, _moved in per_stage.values()),
                "held_count": sum(held.values()),
                "outside_count": outside,
                "pilot_count": migration._count_piloted(),
                "unmapped_count": sum(line.lead_count for line in migration.stage_map_ids if not line.target_stage_id),
                "held_by": [{"id": row.id, "name": row.name, "count": held_by[row.id]} for row in ordered],
            }
        )

    # -- which leads -----------------------------------------------------------

    def _sql_open_leads(self, alias="lead", piloted=False):
        """Condition on open leads of the version that are to be migrated; those in a running pilot keep their arm.

        :param piloted: the leads that stay because of a pilot instead
        """
        lead = SQL.identifier(alias)
        conditions = [
            SQL("%s.sales_process_id = %s", lead, self.process_id.id),
            SQL("%s.active AND %s.won_status = 'pending'", lead, lead),
            SQL(
                """%s EXISTS (SELECT FROM sales_process_pilot_assignment AS part
                               WHERE part.lead_id = %s.id AND part.is_running)""",
                SQL() if piloted else SQL("NOT"),
                lead,
            ),
        ]
        if self.team_ids:
            conditions.append(SQL("%s.team_id = ANY(%s)", lead, self.team_ids.ids))
        if self.is_chosen:
            conditions.append(SQL("%s.id = ANY(%s)", lead, self.lead_ids.ids))
        return SQL(" AND ").join(conditions)

    def _count_leads(self):
        """:return: ({process stage id or None: (leads, those in its column)}, leads in columns of no stage)"""
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.sales_process_stage_id, COUNT(*),
                          COUNT(*) FILTER (WHERE lead.stage_id = stage.stage_id),
                          COUNT(*) FILTER (WHERE lead.stage_id IS DISTINCT FROM stage.stage_id)
                     FROM crm_lead AS lead
                     LEFT JOIN sales_process_stage AS stage ON stage.id = lead.sales_process_stage_id
                    WHERE %s GROUP BY 1""",
                self._sql_open_leads(),
            )
        )
        return {stage: (count, inside) for stage, count, inside, _out in rows}, sum(row[3] for row in rows)

    def _count_piloted(self):
        [(count,)] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM crm_lead AS lead WHERE %s", self._sql_open_leads(piloted=True))
        )
        return count

    def _count_answers(self):
        """:return: {requirement id: answers and documents of the leads}"""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT requirement_id, COUNT(*)
                         FROM (SELECT lead_id, requirement_id FROM sales_process_answer
                               UNION ALL SELECT lead_id, requirement_id FROM sales_process_deliverable) AS fact
                         JOIN crm_lead AS lead ON lead.id = fact.lead_id
                        WHERE requirement_id = ANY(%s) AND %s
                        GROUP BY 1""",
                    self.requirement_map_ids.requirement_id.ids,
                    self._sql_open_leads(),
                )
            )
        )

    # -- whom the gates would hold back ------------------------------------------

    def _count_held(self, playbook):
        """:return: ({process stage id: leads}, {requirement id: leads}) that lack something to go on"""
        stages = {
            line.process_stage_id.id: playbook.to_advance(line._get_target_column(playbook))
            for line in self.stage_map_ids
            if line.target_stage_id
        }
        held, held_by = {}, {}
        needed = playbook.with_predecessors(req for reqs in stages.values() for req in reqs)
        if not needed:
            return held, held_by
        for leads in self._iterate_leads():
            standings = self.env["sales.process.judgement"]._judge_all(needed.values(), self._get_facts(leads))
            for lead in leads:
                stage = lead.sales_process_stage_id.id
                missing = [
                    req
                    for req in stages.get(stage, ())
                    if req.mandatory and standings[lead.id][req.id] not in gate.SETTLED
                ]
                for requirement in missing:
                    held_by[requirement.id] = held_by.get(requirement.id, 0) + 1
                if missing:
                    held[stage] = held.get(stage, 0) + 1
            leads.invalidate_recordset()
        return held, held_by

    def _iterate_leads(self):
        last = 0
        while rows := self.env.execute_query(
            SQL(
                "SELECT lead.id FROM crm_lead AS lead WHERE lead.id > %s AND %s ORDER BY lead.id LIMIT %s",
                last,
                self._sql_open_leads(),
                BATCH,
            )
        ):
            last = rows[-1][0]
            yield self.env["crm.lead"].sudo().browse(lead_id for (lead_id,) in rows)

    def _get_facts(self, leads):
        """Facts in which what was answered for the old requirements stands for the new ones already."""
        facts = GateFacts(leads)
        self._anticipate_facts(facts)
        return facts

    def _anticipate_facts(self, facts):
        twins = {
            line.requirement_id.id: line.target_requirement_id.id
            for line in self.requirement_map_ids
            if line.target_requirement_id
        }
        for model, key in (("sales.process.answer", "answers"), ("sales.process.deliverable", "documents")):
            rows = facts.recall(key, self.env[model].sudo()._load_rows)
            rows.update({(lead, twins[req]): row for (lead, req), row in list(rows.items()) if req in twins})
