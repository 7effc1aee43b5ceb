from . import sales_process_journey_demo
