from . import test_closing_change
from . import test_health
