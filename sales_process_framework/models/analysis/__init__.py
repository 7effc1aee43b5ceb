from . import sales_process_analysis
