from . import test_comparison
from . import test_migration
