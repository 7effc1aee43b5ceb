"""The stand-in for wkhtmltopdf prints what Odoo's reports need."""

import subprocess

from pypdf import PdfReader

from dev import server, settings

STRIP = """
<html><body><p>%s <span class="page"></span> of <span class="topage"></span></p><script>
    const values = new URLSearchParams(document.location.search);
    for (const name of ["page", "topage"]) {
        document.querySelector("." + name).textContent = values.get(name);
    }
</script></body></html>
"""
BODY = '<html><body><h1>%s</h1><p style="page-break-before: always">second sheet</p></body></html>'


def test_prints_header_and_footer_on_every_page(tmp_path):
    pages = {"header": STRIP % "Header", "footer": STRIP % "Footer", "one": BODY % "First", "two": BODY % "Second"}
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text)
    output = tmp_path / "report.pdf"
    strips = ("--header-html", tmp_path / "header.html", "--footer-html", tmp_path / "footer.html")
    margins = ("--margin-top", "30", "--margin-bottom", "30", "--page-size", "A4", "--quiet")
    command = [
        settings.DEV / "bin/wkhtmltopdf",
        *margins,
        *strips,
        tmp_path / "one.html",
        tmp_path / "two.html",
        output,
    ]
    subprocess.run(command, check=True, env=server.environment())
    texts = [page.extract_text() for page in PdfReader(output).pages]
    assert len(texts) == 4
    for number, text in enumerate(texts, 1):
        assert f"Header {number} of 4" in text
        assert f"Footer {number} of 4" in text
    assert "First" in texts[0]
    assert "Second" in texts[2]


def test_odoo_takes_it_for_the_patched_version():
    done = subprocess.run([settings.DEV / "bin/wkhtmltopdf", "--version"], capture_output=True, text=True, check=True)
    assert "0.12.6" in done.stdout
