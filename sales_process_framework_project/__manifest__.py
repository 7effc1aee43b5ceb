{
    "name": "Sales Process Framework: Services",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Tasks and service tickets in the trail of leads and customers",
    "author": "Sales Process Framework contributors",
    "website": "https://github.com/sales-process-framework/sales_process_framework",
    "license": "LGPL-3",
    "depends": ["sales_process_framework", "project"],
    "auto_install": True,
}
