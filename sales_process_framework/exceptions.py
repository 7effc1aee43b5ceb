from odoo.exceptions import UserError


class SalesProcessGateError(UserError):
    """A move that a gate refuses.

    The message lists everything missing per lead, for whoever reads plain errors (imports, scripts). Odoo sends
    ``context`` along over RPC: the web client builds its dialog from it (shape: see
    ``sales.process.gate.mixin._prepare_gate_payload``).
    """

    def __init__(self, message, payload=None):
        super().__init__(message)
        self.context = payload or {}
