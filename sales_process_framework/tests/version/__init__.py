from . import test_comparison
from . import test_migration
from . import test_version_security
from . import test_version_use
from . import test_version_tour
