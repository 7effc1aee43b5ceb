"""Set-up, checks and test suites of the project.  Standard library only: it runs before anything is installed.

One page a topic: settings (where things are), process (running programs), archive (the Debian archive), venv,
odoo_source, postgres, databases, browser, node, addons, lint, wheel, suites, server; __main__ is the command line.
"""
