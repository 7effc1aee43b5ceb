from odoo.exceptions import UserError


class SalesProcessGateError(UserError):
    """A move that a gate refuses.

    The message lists everything missing per lead, for whoever reads plain errors (imports, scripts). Odoo sends
    ``context`` along over RPC: the web client builds its dialog from it (shape: see
    ``sales.process.gate.mixin._prepare_gate_payload``).
    """

    def __init__(self, message, payload=None):
        super().__init__(message)
        self._payload = dict(payload or {})

    @property
    def context(self):
        return self._payload

    @context.setter
    def context(self, value):
        # base_automation puts a context of its own on whatever goes wrong in a rule: the dialog needs ours as well.
        self._payload = {**value, **self._payload}
