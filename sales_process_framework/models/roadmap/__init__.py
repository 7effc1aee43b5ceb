from . import sales_process_roadmap
