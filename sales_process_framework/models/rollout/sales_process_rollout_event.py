from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime


class SalesProcessRolloutEvent(models.Model):
    """What happened in a rollout, with the figures of that moment. Never changed."""

    _name = "sales.process.rollout.event"
    _description = "Event of a Rollout"
    _order = "date desc, id desc"
    _rec_name = "kind"
    _log_access = False

    rollout_id = fields.Many2one("sales.process.rollout", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rollout_id.company_id", store=True, index=True)
    phase_id = fields.Many2one("sales.process.rollout.phase", string="Rollout Phase", readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("started", "Started"),
            ("told", "Told that it may open"),
            ("opened", "Opened"),
            ("automatic", "Opened by itself"),
            ("overridden", "Opened with a reason"),
            ("back", "Taken back"),
            ("stopped", "Stopped"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="set null")
    reason = fields.Text(readonly=True)
    text = fields.Text(readonly=True)
    figures = fields.Json(readonly=True, help="Conditions and work of the teams as they stood.")
    figures_html = fields.Html(string="Figures of That Moment", compute="_compute_figures_html", sanitize=False)

    @api.depends("kind", "date")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            event.display_name = f"{labels[event.kind]}, {format_datetime(self.env, event.date)}"

    @api.depends("figures")
    @api.depends_context("lang")
    def _compute_figures_html(self):
        for event in self:
            figures = event.figures or {}
            rows = [
                (
                    row["name"],
                    self.env._("%(count)s of %(total)s", count=row["have"], total=row["total"]),
                    "fa-check-circle text-success" if row["holds"] else "fa-times-circle text-danger",
                )
                for row in figures.get("conditions") or []
            ]
            rows += [
                (row["label"], row["text"], "fa-bar-chart text-muted")
                for row in event.rollout_id._say_figures(figures.get("adoption") or {})
            ]
            rows += [
                (label, count, "fa-undo text-muted") for label, count in event._say_return(figures.get("return") or {})
            ]
            event.figures_html = Markup("<ul class='list-unstyled mb-0'>%s</ul>") % Markup().join(
                Markup("<li><i class='fa %s me-2'></i>%s: <b>%s</b></li>") % (icon, name, text)
                for name, text, icon in rows
            )

    def _say_return(self, counts):
        """:return: list of (label, number) of what going back did to open leads"""
        if not counts:
            return []
        return [
            (self.env._("Leads taken back by the undo"), counts["undo"]),
            (self.env._("Leads migrated longer than a day ago"), counts["expired"]),
            (self.env._("Leads that came since"), counts["fresh"]),
            (self.env._("Leads that went on since"), counts["gone"]),
        ]
