{
    "name": "Sales Process Framework",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Stage gates, key actions, deliverables and stage history for the CRM pipeline",
    "author": "Sales Process Framework contributors",
    "website": "https://github.com/sales-process-framework/sales_process_framework",
    "license": "LGPL-3",
    "depends": ["crm"],
    "data": [],
    "demo": [],
    "application": True,
    "installable": True,
}
