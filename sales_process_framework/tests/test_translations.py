import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open
from odoo.tools.translate import TranslationModuleReader

MODULE = "sales_process_framework"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|</?\w+")
#: Read the same in every language.
UNIVERSAL = {"CRM", "ID", "SMART", "SPIN", "%(spent)s / %(limit)s", "object.display_name"}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def _get_terms(self):
        """What Odoo itself finds to translate, in code, views and web client."""
        return {row[4] for row in TranslationModuleReader(self.env.cr, [MODULE])}

    def _get_translations(self, lang):
        path = f"{MODULE}/i18n/{lang}.po"
        with file_open(path, mode="rb") as file:
            return {entry.msgid: entry.msgstr for entry in polib.pofile(file.read().decode())}

    def test_both_chinese_languages_are_complete(self):
        terms = self._get_terms()
        self.assertGreater(len(terms), 500)
        for lang in ("zh_TW", "zh_CN"):
            translations = self._get_translations(lang)
            with self.subTest(lang=lang):
                self.assertFalse({term for term in terms if not translations.get(term)} - UNIVERSAL)

    def test_placeholders_survive(self):
        for lang in ("zh_TW", "zh_CN"):
            for source, value in self._get_translations(lang).items():
                if value:
                    with self.subTest(lang=lang, source=source):
                        self.assertEqual(sorted(PLACEHOLDER.findall(source)), sorted(PLACEHOLDER.findall(value)))
