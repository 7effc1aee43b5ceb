from odoo import models


class SalesProcessKpiMixin(models.AbstractModel):
    """What indicators need of ``crm.lead``: to find what closed in a period, and what is open, without reading all."""

    _name = "sales.process.kpi.mixin"
    _description = "Indexes of leads for indicators"

    # Neither changes while a lead moves along, so that reps' moves pay for them only as for any other index.
    _sales_closed_idx = models.Index("(date_closed) WHERE date_closed IS NOT NULL")
    _sales_open_idx = models.Index("(create_date) WHERE active AND won_status = 'pending' AND type = 'opportunity'")
