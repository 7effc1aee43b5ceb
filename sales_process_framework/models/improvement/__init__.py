from . import sales_process_improved
from . import sales_process_improvement_effect
from . import sales_process_improvement_steps
from . import sales_process_improvement
