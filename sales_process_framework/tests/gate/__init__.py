from . import test_decisions
from . import test_entry_paths
from . import test_exceptions
from . import test_gate_state
from . import test_judgements
from . import test_panel
from . import test_verdict
