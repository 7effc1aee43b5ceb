from . import sales_process_visit
from . import sales_process_visit_rebuild
from . import sales_process_history_mixin
