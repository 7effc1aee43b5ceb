import unittest

from ...tools.values import is_blank_html, is_blank_text


class TestValues(unittest.TestCase):
    def test_text(self):
        for blank in (None, False, "", " ", "\n\t", "\u00a0", "\u200b", "\ufeff "):
            self.assertTrue(is_blank_text(blank), repr(blank))
        for value in ("0", "x", " no "):
            self.assertFalse(is_blank_text(value), repr(value))

    def test_html(self):
        for blank in ("", "<p><br></p>", "<p>&nbsp;</p>", "<div><p> </p></div>", "<p>\u200b</p>"):
            self.assertTrue(is_blank_html(blank), blank)
        for value in ("<p>x</p>", "plain", '<p><img src="/a.png"></p>', "<p>0</p>"):
            self.assertFalse(is_blank_html(value), value)
