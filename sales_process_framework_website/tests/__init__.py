from . import test_website_touch
