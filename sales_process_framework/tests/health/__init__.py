from . import test_closing_change
