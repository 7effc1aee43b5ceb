from . import sales_process_kpi
