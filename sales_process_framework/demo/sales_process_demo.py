from datetime import date, timedelta
from random import Random

from passlib.hash import pbkdf2_sha512

from odoo import Command, api, models

from .buyer_builder import BuyerBuilder
from .checklist_builder import ChecklistBuilder
from .checklists import ChecklistWriter
from .lead_builder import LeadBuilder
from .stories import Market, tell

SEED = 19
#: Days of the German calendar on which Nordhafen is closed, as (month, day).
HOLIDAYS = {
    "New Year": (1, 1),
    "Labour Day": (5, 1),
    "Unity Day": (10, 3),
    "Christmas": (12, 25),
    "Boxing Day": (12, 26),
}
ROLE_USERS = {
    "legal": "user_legal",
    "technical_adviser": "user_technical_adviser",
    "service_team": "user_technical_adviser",
    "marketing": "user_support",
    "customer_service": "user_support",
    "customer_success": "user_support",
}
MARKETS = {
    "manufacturing": {"utc_hour": 13, "open_per_stage": (7, 6, 6, 6, 6, 5), "won": 42, "lost": 44, "holds": True},
    "technology": {"utc_hour": 13, "open_per_stage": (5, 6, 5, 4, 6, 4), "won": 34, "lost": 34, "holds": True},
    "services": {"utc_hour": 7, "open_per_stage": (8, 9, 8), "won": 36, "lost": 32},
}


class SalesProcessDemo(models.AbstractModel):
    """Builds the history of the demo company; called once, by the demo data."""

    _name = "sales.process.demo"
    _description = "Demo company of the sales process"

    @api.model
    def _quietly(self):
        """:return: self that tells nobody of what it builds"""
        return self.sudo().with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            mail_activity_quick_update=True,
            mail_auto_subscribe_no_notify=True,
        )

    @api.model
    def _demo_build(self):
        """Set up the processes and eighteen months of deals. Does nothing when they are there already."""
        if self.env.ref("sales_process_framework.process_b2b_demo", raise_if_not_found=False):
            return
        quiet = self._quietly().with_context(active_test=False)
        quiet._prepare_passwords()
        quiet._prepare_calendar()
        processes = quiet._prepare_processes()
        for key, process in processes.items():
            quiet._build_team(key, process)
        quiet.env["crm.lead"].flush_model()

    def _ref(self, name):
        return self.env.ref(f"sales_process_framework.{name}").with_context(**self.env.context)

    def _prepare_passwords(self):
        """The login is the password. Hashed with few rounds, for speed: Odoo makes up for it at the first login."""
        hasher = pbkdf2_sha512.using(rounds=1000)
        for user in self._search_ours("res.users", "user_%"):
            user._set_encrypted_password(user.id, hasher.hash(user.login))

    def _search_ours(self, model, pattern):
        """:return: demo records of a model by the name of their external id, in its order"""
        data = self.env["ir.model.data"].search(
            [("module", "=", "sales_process_framework"), ("model", "=", model), ("name", "=like", pattern)],
            order="name",
        )
        return self.env[model].browse(data.mapped("res_id"))

    # -- processes ----------------------------------------------------------

    def _prepare_calendar(self):
        calendar = self._ref("calendar_nordhafen")
        calendar.company_id = self._ref("company_nordhafen")
        # Where the other teams' day begins at 13:00 UTC: their answers lie within working time.
        self.env.ref("base.main_company").resource_calendar_id.tz = "America/New_York"
        this_year = self.env.cr.now().year
        holidays = self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": name,
                    "calendar_id": calendar.id,
                    "company_id": calendar.company_id.id,
                    "date_from": date(year, month, day) - timedelta(hours=2),
                    "date_to": date(year, month, day) + timedelta(hours=22),
                }
                for year in range(this_year - 2, this_year + 2)
                for name, (month, day) in HOLIDAYS.items()
            ]
        )
        self._name_records({f"holiday_{number:02}": holiday for number, holiday in enumerate(holidays, 1)})

    def _prepare_processes(self):
        """:return: {market key: running process of its team}"""
        main, nordhafen = self.env.ref("base.main_company"), self._ref("company_nordhafen")
        processes = self.env["sales.process"]
        templates = processes._get_ready_templates()
        b2b = processes._import_data(templates["b2b"], main)
        services = processes._import_data(templates["services"], nordhafen)
        draft = processes._import_data(templates["b2c"], main)
        for role in self.env["sales.process.role"].search([("key", "in", list(ROLE_USERS))]):
            role.user_ids = self._ref(ROLE_USERS[role.key])
        self._activate(b2b, self._ref("team_manufacturing") | self._ref("team_technology"))
        self._activate(services, self._ref("team_services"))
        (b2b | services).write({"date_activated": self.env.cr.now() - timedelta(days=560)})
        named = {"b2b": b2b, "services": services, "b2c": draft}
        # the columns first: what comes later is uninstalled earlier, and a process holds on to its columns
        self._name_records(
            {
                f"stage_{key}_{stage.key}": stage.stage_id
                for key in ("b2b", "services")
                for stage in named[key].stage_ids
            }
        )
        self._name_records({f"process_{key}_demo": process for key, process in named.items()})
        return {"manufacturing": b2b, "technology": b2b, "services": services}

    def _name_records(self, records):
        """Give records external ids, so that they leave with the rest of the demo data.

        :param records: {name: record}
        """
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"sales_process_framework.{name}", "record": record, "noupdate": True}
                for name, record in records.items()
            ]
        )

    def _activate(self, process, teams):
        wizard = self.env["sales.process.activation"].with_company(process.company_id)
        wizard = wizard.create({"process_id": process.id, "team_ids": [Command.set(teams.ids)]})
        wizard.action_dry_run()
        wizard.action_activate()

    # -- deals --------------------------------------------------------------

    def _build_team(self, key, process):
        team = self._ref(f"team_{key}")
        rng = Random(f"{SEED} {key}")
        now = self.env.cr.now().replace(microsecond=0)
        playbook = self.env["sales.process"]._get_playbook(process.id)
        market = Market(
            key=key,
            limits=tuple(stage.limit_days for stage in playbook.stages),
            first_won=next(index for index, stage in enumerate(playbook.stages) if stage.is_won),
            reps=len(team.member_ids),
            **MARKETS[key],
        )
        writer = ChecklistWriter(rng, playbook, now)
        stories = sorted(tell(rng, market, now), key=lambda story: story.created)
        deals = [(story, writer.compose(story)) for story in stories]
        builder = LeadBuilder(rng, key, team.with_company(team.company_id), process, now)
        leads = builder.build(deals)
        ChecklistBuilder(builder).build(leads, deals)
        BuyerBuilder(Random(f"{SEED} {key} buyers"), builder).build(leads, deals)
        builder.finish(leads, deals)
