from . import sales_process_kpi_backfill
from . import sales_process_kpi_correct
