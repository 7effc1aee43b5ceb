from odoo import models


class SalesProcessReviewMeeting(models.AbstractModel):
    _name = "sales.process.review.meeting"
    _description = "Meetings of Reviews"

    def write(self, vals):
        """A review follows its meeting when that is moved in the calendar."""
        result = super().write(vals)
        moved = {"start", "stop"} & vals.keys()
        if moved and (meetings := self.filtered(lambda event: event.res_model == "sales.process.review")):
            # sudo: whoever moves the meeting moves the review, as far as it is not closed
            reviews = (
                self.env["sales.process.review"]
                .sudo()
                .search([("event_id", "in", meetings.ids), ("state", "!=", "closed")])
            )
            for review in reviews.with_context(sales_review_from_calendar=True):
                if review.date != review.event_id.start:
                    review.date = review.event_id.start
        return result
