{
    "name": "Sales Process Framework: Entry Path Tests",
    "summary": "Leads that other apps bring or move meet the gate as the process says",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Sales Process Framework contributors",
    "license": "LGPL-3",
    "depends": [
        "base_automation",
        "crm_mail_plugin",
        "event_crm",
        "sales_process_framework",
        "survey_crm",
        "website_crm",
        "website_crm_livechat",
        "website_crm_partner_assign",
    ],
}
