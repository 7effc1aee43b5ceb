{
    "name": "Sales Process Framework: Gamification",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Badges for improvement ideas and gamification goals from sales goals",
    "author": "Sales Process Framework contributors",
    "website": "https://github.com/sales-process-framework/sales_process_framework",
    "license": "LGPL-3",
    "depends": ["sales_process_framework", "gamification"],
    "data": [
        "data/gamification_badge_data.xml",
        "data/gamification_goal_definition_data.xml",
        "views/gamification_goal_definition_views.xml",
    ],
    "auto_install": True,
}
