from . import sales_process_buyer
from . import sales_process_buyer_mixin
