from . import test_rebuild
from . import test_visit
