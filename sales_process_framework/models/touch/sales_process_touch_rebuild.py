import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class SalesProcessTouchRebuild(models.Model):
    """Touches of what happened before a journey was active."""

    _inherit = "sales.process.touch"

    @api.model
    def _schedule_rebuild(self):
        self.env.ref("sales_process_framework.ir_cron_rebuild_touches")._trigger()

    @api.model
    def _cron_rebuild_touches(self):
        pass
