{
    "name": "Sales Process Framework: Sales",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Quotations and orders in the trail of leads and customers, in gates and in indicators",
    "author": "Sales Process Framework contributors",
    "website": "https://github.com/sales-process-framework/sales_process_framework",
    "license": "LGPL-3",
    "depends": ["sales_process_framework", "sale_crm"],
    "data": ["data/sales_process_kpi_data.xml", "views/sales_process_requirement_views.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
