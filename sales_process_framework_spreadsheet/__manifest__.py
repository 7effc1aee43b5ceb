{
    "name": "Sales Process Framework: Spreadsheet Dashboard",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "A spreadsheet dashboard of stages, indicators and alerts",
    "author": "Sales Process Framework contributors",
    "website": "https://github.com/sales-process-framework/sales_process_framework",
    "license": "LGPL-3",
    "depends": ["sales_process_framework", "spreadsheet_dashboard"],
    "data": ["data/spreadsheet_dashboard_data.xml"],
    "auto_install": True,
}
