from . import sale_order
from . import sales_process_judgement_document
from . import sales_process_judgement_quotation
from . import sales_process_requirement
