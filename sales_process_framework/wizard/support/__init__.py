from . import sales_process_support_ask
from . import sales_process_support_step
