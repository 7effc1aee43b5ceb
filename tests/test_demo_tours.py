"""The people of the demo company do their work in a browser, on a copy of it: a test addon in tests/addons."""

from dev import databases, settings

from .test_entry_paths import install_and_test


def test_tours(database):
    demo = databases.with_addon(demo=True, languages=settings.LANGUAGES)
    install_and_test(database(demo), "sales_process_test_demo_tours")
