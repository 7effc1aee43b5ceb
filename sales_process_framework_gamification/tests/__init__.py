from . import test_gamification
