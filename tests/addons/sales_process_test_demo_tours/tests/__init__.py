from . import test_pilot_tour
