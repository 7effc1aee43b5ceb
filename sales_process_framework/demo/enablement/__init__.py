from . import sales_process_enablement_demo
