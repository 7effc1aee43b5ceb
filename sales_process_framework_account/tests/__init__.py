from . import test_account_trail
