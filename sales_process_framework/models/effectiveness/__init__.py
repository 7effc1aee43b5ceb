from . import sales_process_effectiveness_facts
from . import sales_process_effectiveness_findings
from . import sales_process_effectiveness_sheet
from . import sales_process_effectiveness
