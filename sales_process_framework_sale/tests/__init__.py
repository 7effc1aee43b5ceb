from . import test_sale_trail
