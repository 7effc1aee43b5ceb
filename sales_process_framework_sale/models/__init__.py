from . import gate
from . import kpi
from . import sales_process_customer
from . import sales_process_target
from . import sales_process_trail_mixin
