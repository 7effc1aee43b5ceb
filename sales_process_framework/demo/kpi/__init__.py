from . import sales_process_kpi_demo
