from . import test_roadmap
from . import test_roadmap_tour
