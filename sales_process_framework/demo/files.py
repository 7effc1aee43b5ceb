"""Small real files for the documents of the demo company."""

import io

import xlsxwriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

TEXT = "text/plain"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Documents that a customer signs or receives in print.
PRINTED = ("signed_contract", "signed_agreement", "quotation", "acceptance_report", "service_proposal")


def render(key, title, lines, spreadsheet):
    """One file of a document.

    :param str key: key of the requirement it is for
    :param lines: list of (label, text)
    :param spreadsheet: whether a document that is not printed becomes a spreadsheet rather than plain text
    :return: (file name, mimetype, bytes)
    """
    if key in PRINTED:
        return f"{title}.pdf", PDF, _render_pdf(title, lines)
    if spreadsheet:
        return f"{title}.xlsx", XLSX, _render_xlsx(title, lines)
    text = "\n".join([title, "=" * len(title), "", *(f"{label}: {content}" for label, content in lines), ""])
    return f"{title}.txt", TEXT, text.encode()


def _render_pdf(title, lines):
    output = io.BytesIO()
    page = canvas.Canvas(output, pagesize=A4, invariant=True)
    page.setTitle(title)
    page.setFont("Helvetica-Bold", 15)
    page.drawString(60, 780, title)
    page.setFont("Helvetica", 10)
    for number, (label, content) in enumerate(lines):
        page.drawString(60, 745 - 18 * number, f"{label}: {content}"[:95])
    page.save()
    return output.getvalue()


def _render_xlsx(title, lines):
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        sheet = workbook.add_worksheet()
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 0, title, bold)
        for row, (label, content) in enumerate(lines, 2):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, content)
    return output.getvalue()
