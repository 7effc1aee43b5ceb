from . import sales_process_trail_mixin
