from . import test_project_trail
