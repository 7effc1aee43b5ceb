from . import res_partner
from . import sales_process_customer
