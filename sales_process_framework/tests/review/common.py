from datetime import timedelta

from odoo import Command

from ..version.common import VersionCommon


class ReviewCommon(VersionCommon):
    """A review of the last month, led by the manager, with the leader and a rep as attendees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Brussels"
        cls.now = cls.env.cr.now()
        cls.today = cls.company._get_sales_today()
        cls.Review = cls.env["sales.process.review"]
        cls.Schedule = cls.env["sales.process.review.schedule"]
        cls.review = cls._review()

    @classmethod
    def _review(cls, **vals):
        return cls.Review.with_user(cls.manager).create(
            {
                "company_id": cls.company.id,
                "date": cls.now + timedelta(days=2),
                "user_id": cls.manager.id,
                "attendee_ids": [Command.set((cls.leader | cls.rep).ids)],
                **vals,
            }
        )

    @classmethod
    def _topic(cls, review=None, **vals):
        return cls.env["sales.process.review.topic"].create(
            {
                "review_id": (review or cls.review).id,
                "name": "Few deals pass the diagnosis",
                "severity": "critical",
                "kind": "node",
                **vals,
            }
        )

    @classmethod
    def _action(cls, review=None, user=None, days=14, **vals):
        return (
            cls.env["sales.process.review.action"]
            .with_user(cls.manager)
            .create(
                {
                    "review_id": (review or cls.review).id,
                    "name": "Train the diagnosis",
                    "user_id": (user or cls.rep).id,
                    "date_deadline": cls.today + timedelta(days=days),
                    **vals,
                }
            )
        )

    @classmethod
    def _close(cls, review=None):
        review = review or cls.review
        for _step in range(3):
            review.action_next()
        review.action_close()
        return review
