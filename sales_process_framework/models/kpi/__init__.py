from . import sales_process_kpi_compute
from . import sales_process_kpi
from . import sales_process_kpi_value
