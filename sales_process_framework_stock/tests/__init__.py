from . import test_stock_trail
