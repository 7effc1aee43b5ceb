from . import sales_process_version_demo
