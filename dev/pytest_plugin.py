"""What a run needs beyond pytest-odoo: a filestore for each process, and the web client's bundles in time."""

import os
import shutil
from unittest import mock

import pytest

from . import settings


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """Each of several processes writes files of its own: they would find each other's half written."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        return
    from odoo.tests.common import get_db_name
    from odoo.tools import config

    folder = settings.TEMPORARY / f"filestore-{worker}"
    shutil.rmtree(folder, ignore_errors=True)
    # the files of a filestore are never changed: links are safe
    shutil.copytree(config.filestore(get_db_name()), folder, copy_function=os.link)
    with mock.patch.object(config, "filestore", return_value=str(folder)):
        yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def make_bundles(request, own_filestore, load_http):
    """Before the first browser test, as Odoo's own runner does.

    Otherwise the first page that a tour opens makes them, and on a busy machine the tour gives up before that is done.
    """
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
