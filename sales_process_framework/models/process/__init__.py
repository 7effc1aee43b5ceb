from . import sales_process_role
from . import sales_process
from . import sales_process_stage
from . import sales_process_requirement
from . import sales_process_exchange
