from . import sales_process_journey
