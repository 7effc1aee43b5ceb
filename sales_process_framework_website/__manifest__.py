{
    "name": "Sales Process Framework: Website",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Website forms as touches of the customer journey",
    "author": "Sales Process Framework contributors",
    "website": "https://github.com/sales-process-framework/sales_process_framework",
    "license": "LGPL-3",
    "depends": ["sales_process_framework", "website_crm"],
    "auto_install": True,
}
