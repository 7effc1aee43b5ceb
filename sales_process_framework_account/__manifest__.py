{
    "name": "Sales Process Framework: Invoicing",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Invoices and payments in the trail of leads and customers",
    "author": "Sales Process Framework contributors",
    "website": "https://github.com/sales-process-framework/sales_process_framework",
    "license": "LGPL-3",
    "depends": ["sales_process_framework", "account"],
    "auto_install": True,
}
