from . import test_closing_change
from . import test_health
from . import test_time_to_close
