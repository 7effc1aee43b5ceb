from odoo.addons.website_crm.controllers import website_form


class WebsiteForm(website_form.WebsiteForm):
    def insert_record(self, request, model_sudo, values, custom, meta=None):
        result = super().insert_record(request, model_sudo, values, custom, meta=meta)
        if result and model_sudo.model == "crm.lead":
            # A visitor has no access to leads; the recorder writes touches for everybody.
            lead = request.env["crm.lead"].sudo().browse(result).exists()
            request.env["sales.process.touch"].sudo()._record_arrivals(lead, "web_form")
        return result
