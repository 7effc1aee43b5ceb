from . import test_judgement_tags
