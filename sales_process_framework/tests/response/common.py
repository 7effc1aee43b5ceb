from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.sql_db import Cursor

from ..common import SalesProcessCommon


class ResponseCommon(SalesProcessCommon):
    """An active journey on the process: 3 minutes for a new lead of the website, 2 hours for an email.

    The company works Monday to Friday 8-12 and 13-17, in Brussels.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._new_calendar()
        cls.company.resource_calendar_id = cls.calendar
        cls._activate()
        cls.journey = cls.env["sales.process.journey"].create(
            {
                "name": "Journey",
                "company_id": cls.company.id,
                "process_ids": cls.process.ids,
                "phase_ids": [Command.create({"name": "Interest", "kind": "interest"})],
            }
        )
        cls.web, cls.mail = cls.env["sales.process.touchpoint"].create(
            [
                cls._prepare_touchpoint(name="New web lead", match_source="web_form"),
                cls._prepare_touchpoint(
                    name="Email",
                    match_source="email_in",
                    clock_start="incoming",
                    response_time=2,
                    response_unit="hours",
                ),
            ]
        )
        cls.journey.action_activate()
        cls.customer = cls.env["res.partner"].create({"name": "Ms Lin", "email": "lin@example.com"})
        # Leads of other people's demo data do not get in the way.
        cls.env.flush_all()

    @classmethod
    def _new_calendar(cls, **vals):
        return cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "company_id": cls.company.id,
                "tz": "Europe/Brussels",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": hour,
                            "hour_to": hour + 4,
                            "day_period": "morning" if hour < 12 else "afternoon",
                        }
                    )
                    for day in range(5)
                    for hour in (8, 13)
                ],
                **vals,
            }
        )

    @classmethod
    def _prepare_touchpoint(cls, **vals):
        return {
            "phase_id": cls.journey.phase_ids[0].id,
            "clock_start": "lead_created",
            "response_time": 3,
            "response_unit": "minutes",
            **vals,
        }

    def _at(self, moment):
        """Everything inside happens at a moment, UTC."""
        moment = fields.Datetime.to_datetime(moment)

        class Frozen:
            def __enter__(inner):
                inner.patches = [patch.object(Cursor, "now", lambda cursor: moment), freeze_time(moment)]
                inner.patches[0].start()
                inner.patches[1].start()

            def __exit__(inner, *error):
                self.env.flush_all()
                inner.patches[1].stop()
                inner.patches[0].stop()

        return Frozen()

    def _web_lead(self, **vals):
        """A lead as the website's form creates it: as superuser, for the public."""
        values = {
            "name": "Web lead",
            "type": "opportunity",
            "team_id": self.team.id,
            "user_id": self.rep.id,
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            **vals,
        }
        public = self.env.ref("base.public_user")
        return self.env["crm.lead"].with_user(public).sudo().create(values).with_env(self.env)

    def _receive(self, lead, **vals):
        """An email of the customer arrives."""
        return self._post(
            lead,
            "Hello?",
            subject="Question",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
            email_from=self.customer.email,
            **vals,
        )

    def _reply(self, lead, user=None, **vals):
        """A rep writes to the customer."""
        return self._post(
            lead.with_user(user or self.rep),
            "Good morning",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
            **vals,
        )

    def _clocks(self, leads):
        return self.env["sales.process.response"].search([("lead_id", "in", leads.ids)], order="id")

    def _minutes(self, count):
        return timedelta(minutes=count)
