from . import sales_process_scorecard_scheme
from . import sales_process_scorecard_weight
from . import sales_process_scorecard_figures
from . import sales_process_scorecard
from . import sales_process_scorecard_line
