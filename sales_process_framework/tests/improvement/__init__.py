from . import test_improvement
from . import test_improvement_effect
