from . import sales_process_department
from . import sales_process_sla_policy
from . import sales_process_support_request
from . import sales_process_support_pause
from . import sales_process_support_mixin
from . import sales_process_judgement_support
