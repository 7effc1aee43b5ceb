{
    "name": "Sales Process Framework: Demo Tours",
    "summary": "The people of the demo company do their work with nothing but the demo data",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Sales Process Framework contributors",
    "license": "LGPL-3",
    "depends": ["sales_process_framework"],
    "assets": {
        "web.assets_tests": ["sales_process_test_demo_tours/static/tests/tours/**/*"],
    },
}
