from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, format_date, format_datetime, get_lang

from ...tools import rollout


class SalesProcessRolloutBoard(models.AbstractModel):
    """What the form of a rollout shows: the phases in a row, their lights, who is missing, and adoption."""

    _name = "sales.process.rollout.board"
    _description = "Board of a Rollout"

    board = fields.Json(compute="_compute_board", compute_sudo=False)

    @api.depends("phase_ids", "state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_board(self):
        for plan in self:
            plan.board = plan._origin._prepare_board() if plan._origin else False

    def _prepare_board(self):
        """What the user may know: conditions and adoption are for team leaders and administrators.

        :return: dict of plain values, see ``rollout_board.js``
        """
        self.ensure_one()
        user = self.env.user
        leads = self.env.su or user.has_group("sales_team.group_sale_salesman_all_leads")
        manages = self.env.su or user.has_group("sales_team.group_sale_manager")
        phases = self._get_phases()
        open_phases = phases.filtered(lambda phase: phase.state == rollout.OPEN)
        standings = phases._judge() if leads else {}
        measured = self._measure(open_phases) if leads and open_phases else {}
        Condition = self.env["sales.process.rollout.condition"]
        known = Condition._get_known_people() if leads else set()
        Condition._fetch_names(standings)
        return {
            "state": self.state,
            "manages": manages,
            "leads": leads,
            "phases": [
                {
                    **self._prepare_phase(phase),
                    "conditions": [
                        self._prepare_condition(condition, standings[condition.id], known)
                        for condition in (phase.condition_ids if leads else ())
                    ],
                    "can_open": manages and self.state == "running" and phase == self.next_phase_id,
                    "can_go_back": manages and phase == self.last_phase_id,
                    "adoption": self._prepare_adoption(phase, measured[phase.id]) if phase.id in measured else False,
                }
                for phase in phases
            ],
        }

    def _prepare_phase(self, phase):
        row = phase.sudo()
        return {
            "id": phase.id,
            "name": phase.name,
            "state": phase.state,
            "teams": row.team_ids.mapped("name"),
            "planned": format_date(self.env, phase.date_planned) if phase.date_planned else "",
            "opened": format_datetime(self.env, row.opened_on, dt_format="short") if row.opened_on else "",
            "opened_by": row.opened_by_id.name or "",
            "override": row.override_reason or "",
            "back": format_datetime(self.env, row.back_on, dt_format="short") if row.state == rollout.BACK else "",
            "back_reason": row.back_reason or "" if row.state == rollout.BACK else "",
            "responsible": row._get_responsible().name or "",
            "trainings": [
                {
                    "name": training.name,
                    "date": format_date(self.env, training.date),
                    "state": training.state,
                }
                for training in row.training_ids
            ],
            "checks": [
                {
                    "id": check.id,
                    "name": check.name,
                    "done": check.done,
                    "who": check.sudo().user_id.name or "",
                    "until": format_date(self.env, check.date_due) if check.date_due else "",
                    "may_tick": check.may_tick and phase.state != rollout.OPEN,
                }
                for check in phase.check_ids
            ],
        }

    def _prepare_condition(self, condition, standing, known):
        rule = condition._get_rule()
        return {
            "id": condition.id,
            "name": condition.display_name,
            "holds": standing.holds,
            "percent": standing.percent,
            "text": standing.note or (rule._say(condition, standing) if rule is not None else ""),
            "missing": condition._name_missing(standing, known),
        }

    def _prepare_adoption(self, phase, measured):
        locale = babel_locale_parse(get_lang(self.env).code)
        return {
            "total": self._say_figures(measured["total"]),
            "teams": [
                {"name": team.name, "rows": self._say_figures(measured["teams"][team.id])}
                for team in phase.sudo().team_ids
            ],
            "weeks": [
                {
                    "label": format_date(self.env, week),
                    "short": format_skeleton("MMMd", fields.Date.to_date(week), locale=locale),
                    "percent": round(rollout.share(on_version, everything) or 0),
                    "text": self.env._("%(count)s of %(total)s", count=on_version, total=everything),
                }
                for week, on_version, everything in measured["weeks"]
            ],
        }
