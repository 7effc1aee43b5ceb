"""Odoo's apps that the checks of other apps need: all in one template, which is made once."""

from dev import addons

#: Addons of this repository that install themselves where Odoo's apps of theirs are.
GLUE = tuple(name for name in addons.names() if addons.manifest(name).get("auto_install"))
#: What the test addon of the entry paths depends on, so that installing that addon takes seconds.
ENTRY_PATHS = (
    "base_automation",
    "crm_mail_plugin",
    "event_crm",
    "survey_crm",
    "website_crm",
    "website_crm_livechat",
    "website_crm_partner_assign",
)
_WANTED = {app for name in GLUE for app in addons.manifest(name)["depends"]} - set(addons.names())
APPS = tuple(sorted(_WANTED.union(ENTRY_PATHS)))
