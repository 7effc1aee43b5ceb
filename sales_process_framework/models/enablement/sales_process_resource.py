import io

import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HIGHEST_RATING = 5


class SalesProcessResource(models.Model):
    """A tool, script, case, template or guide: what helps to sell, and where in the process it does."""

    _name = "sales.process.resource"
    _description = "Sales Resource"
    _inherit = ["sales.process.resource.library"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("tool", "Tool"),
            ("script", "Script"),
            ("case", "Customer Case"),
            ("template", "Template"),
            ("guide", "Guide"),
        ],
        required=True,
        default="script",
        index=True,
    )
    category_id = fields.Many2one("sales.process.resource.category", index="btree_not_null", ondelete="restrict")
    module = fields.Char(help="Which part of the tool, or which application it belongs to.")
    vendor = fields.Char(help="Who makes or provides it.")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index="btree_not_null",
        ondelete="set null",
        help="Keeps it up to date and answers questions about it.",
    )
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    purpose = fields.Text(translate=True, help="What it is good for, in one or two sentences.")
    content = fields.Html(translate=True, help="The words of a script, the story of a case: shown to the salesperson.")
    training_plan = fields.Text(translate=True, help="How people learn to use it.")
    training_ids = fields.Many2many(
        "sales.process.training", "sales_process_resource_training_rel", "resource_id", "training_id"
    )
    link = fields.Char(help="Address that opens it.")
    attachment_ids = fields.Many2many(
        "ir.attachment", "sales_process_resource_attachment_rel", string="Files", copy=False
    )
    process_stage_ids = fields.Many2many(
        "sales.process.stage",
        "sales_process_resource_stage_rel",
        "resource_id",
        "process_stage_id",
        string="Stages",
        help="Where in the process it helps; empty: everywhere.",
    )
    requirement_ids = fields.Many2many(
        "sales.process.requirement",
        "sales_process_resource_requirement_rel",
        "resource_id",
        "requirement_id",
        string="Key Actions",
    )
    industry_ids = fields.Many2many("crm.tag", "sales_process_resource_industry_rel", string="Industries")
    persona_ids = fields.Many2many("sales.process.persona", "sales_process_resource_persona_rel", string="Personas")
    rating_ids = fields.One2many("sales.process.resource.rating", "resource_id", string="Ratings", copy=True)
    function_ids = fields.Many2many(
        "sales.process.resource.function", compute="_compute_function_ids", search="_search_function_ids"
    )
    key = fields.Char(help="Names the resource in exported files.", copy=False)

    @api.depends("rating_ids.function_id", "rating_ids.rating")
    def _compute_function_ids(self):
        for resource in self:
            resource.function_ids = resource.rating_ids.filtered("rating").function_id

    def _search_function_ids(self, operator, value):
        return [("rating_ids", "any", [("function_id", operator, value), ("rating", ">", 0)])]

    @api.constrains("link")
    def _check_link(self):
        for resource in self:
            if resource.link and not resource.link.startswith(("http://", "https://", "/")):
                raise UserError(self.env._("A link begins with https:// or http://: %s", resource.link))

    @api.model_create_multi
    def create(self, vals_list):
        resources = super().create(vals_list)
        resources._adopt_files()
        return resources

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_files()
        return result

    def _adopt_files(self):
        """Files belong to their resource: whoever reads the resource may open them."""
        for resource in self:
            # Only what the user uploaded just now; a file of another record stays with that record.
            loose = resource.attachment_ids.sudo().filtered(lambda file: not file.res_id)
            loose.filtered(lambda file: file.create_uid == self.env.user or self.env.su).write(
                {"res_model": self._name, "res_id": resource.id}
            )

    # -- the list as a file ---------------------------------------------------

    def action_export_list(self):
        """Tool and resource list as a spreadsheet: the selected ones, or all that the user sees."""
        self.check_access("read")
        resources = self or self.search([("active", "=", True)])
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("Tools and resources") + ".xlsx",
                "raw": resources._render_list(),
                "mimetype": XLSX,
            }
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _get_list_columns(self):
        """:return: [(heading, width, function of a resource that gives the text)]"""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [
            (self.env._("Tool or resource"), 32, lambda resource: resource.name),
            (self.env._("Kind"), 12, lambda resource: kinds[resource.kind]),
            (self.env._("Category"), 16, lambda resource: resource.category_id.name),
            (self.env._("Module"), 20, lambda resource: resource.module),
            (self.env._("Provider"), 20, lambda resource: resource.vendor),
            (self.env._("Owner"), 20, lambda resource: resource.user_id.name),
            (self.env._("Purpose"), 48, lambda resource: resource.purpose),
            (self.env._("Functions"), 32, lambda resource: ", ".join(resource.function_ids.mapped("name"))),
            (self.env._("Stages"), 32, lambda resource: ", ".join(resource.process_stage_ids.mapped("name"))),
            (self.env._("Key actions"), 32, lambda resource: ", ".join(resource.requirement_ids.mapped("name"))),
            (self.env._("Training plan"), 40, lambda resource: resource.training_plan),
            (self.env._("Link"), 32, lambda resource: resource.link),
        ]

    def _render_list(self):
        """:return: bytes of the spreadsheet, texts in the user's language"""
        output = io.BytesIO()
        columns = self._get_list_columns()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
            bold = workbook.add_format({"bold": True, "bottom": 1})
            wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
            sheet = workbook.add_worksheet()
            sheet.freeze_panes(1, 1)
            for index, (heading, width, _text) in enumerate(columns):
                sheet.set_column(index, index, width)
                sheet.write_string(0, index, heading, bold)
            for row, resource in enumerate(self, 1):
                for index, (_heading, _width, text) in enumerate(columns):
                    # As text whatever it says: nothing that somebody typed becomes a formula.
                    sheet.write_string(row, index, text(resource) or "", wrap)
        return output.getvalue()

    # -- comparison of tools by function --------------------------------------

    @api.model
    @api.readonly
    def get_comparison_matrix(self, kind="tool", category_id=False):
        """Tools × functions.

        :return: dict of functions [{id, name, description}], tools [{id, name, vendor, owner, average, ratings:
            {function id: {rating, note}}}], categories [{id, name}], can_edit, highest
        """
        self.check_access("read")
        domain = [("kind", "=", kind)]
        if category_id:
            domain.append(("category_id", "=", category_id))
        tools = self.search(domain)
        return tools._prepare_comparison()

    def _prepare_comparison(self):
        functions = self.env["sales.process.resource.function"].search([("active", "=", True)])
        categories = self.env["sales.process.resource.category"].search([("name", "!=", False)])
        known = set(functions.ids)
        ratings = {tool.id: {} for tool in self}
        for rating in self.env["sales.process.resource.rating"].search([("resource_id", "in", self.ids)]):
            if rating.function_id.id in known:
                ratings[rating.resource_id.id][rating.function_id.id] = {
                    "rating": rating.rating,
                    "note": rating.note or "",
                }
        return {
            "functions": functions.read(["name", "description"]),
            "tools": [
                {
                    "id": tool.id,
                    "name": tool.name,
                    "vendor": tool.vendor or "",
                    "owner": tool.sudo().user_id.name or "",
                    "ratings": ratings[tool.id],
                    "average": self._get_average([entry["rating"] for entry in ratings[tool.id].values()]),
                }
                for tool in self
            ],
            "categories": categories.read(["name"]),
            "can_edit": self.env["sales.process.resource.rating"].has_access("create"),
            "highest": HIGHEST_RATING,
        }

    @api.model
    def _get_average(self, ratings):
        """:return: average of what is rated, False without any"""
        return round(sum(ratings) / len(ratings), 1) if ratings else False

    def set_function_rating(self, function_id, rating, note=None):
        """Rate one tool for one function.

        :param rating: 0 to 5; False takes the rating back
        :param note: None leaves the note as it is
        :return: new average of the tool
        """
        self.ensure_one()
        self.check_access("write")
        if rating is not False and (isinstance(rating, bool) or rating not in range(HIGHEST_RATING + 1)):
            raise UserError(self.env._("A rating is a whole number from 0 to %s.", HIGHEST_RATING))
        function = self.env["sales.process.resource.function"].browse(function_id).exists()
        if not function:
            raise UserError(self.env._("This function is no longer there. Reload the page."))
        function.check_access("read")
        line = self.rating_ids.filtered(lambda line: line.function_id == function)
        if rating is False:
            line.unlink()
        else:
            values = {"rating": rating} | ({} if note is None else {"note": note})
            if line:
                line.write(values)
            else:
                self.env["sales.process.resource.rating"].create(
                    {"resource_id": self.id, "function_id": function.id, **values}
                )
        return self._get_average(self.rating_ids.mapped("rating"))

    # -- on the lead ----------------------------------------------------------

    def _get_copy_text(self):
        """The words of a script without markup, as they go into a mail or a chat."""
        self.ensure_one()
        return html2plaintext(self.content or "", include_references=False).strip()
