{
    "name": "Sales Process Framework: Judgement Tests",
    "summary": "A new kind of judgement, brought by another addon in one class",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Sales Process Framework contributors",
    "license": "LGPL-3",
    "depends": ["sales_process_framework"],
}
