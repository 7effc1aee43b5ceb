from . import test_deliverable
