"""These addons are tested by Odoo's own runner in databases that have them installed, see test_entry_paths.py."""

collect_ignore_glob = ["*"]
