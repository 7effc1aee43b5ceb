from . import sales_process_response
from . import sales_process_response_mixin
from . import sales_process_touchpoint
