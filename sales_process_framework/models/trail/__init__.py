from . import trail_source
from . import sales_process_trail_mixin
from . import sales_process_lead_trail_mixin
from . import res_partner
