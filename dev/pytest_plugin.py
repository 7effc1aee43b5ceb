"""Makes the web client's bundles before the first browser test, as Odoo's own runner does.

Otherwise the first page that a tour opens makes them, and on a busy machine the tour gives up before that is done.
"""

import pytest


@pytest.fixture(scope="session", autouse=True)
def make_bundles(request, load_http):
    from odoo.tests.common import HttpCase

    classes = {item.cls for item in request.session.items if getattr(item, "cls", None)}
    if not any(issubclass(cls, HttpCase) for cls in classes):
        return
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name
    from odoo.tools import config

    enabled, config["test_enable"] = config["test_enable"], True  # the tests' own bundles too
    with Registry(get_db_name()).cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()
    config["test_enable"] = enabled
