from . import test_livechat_touch
