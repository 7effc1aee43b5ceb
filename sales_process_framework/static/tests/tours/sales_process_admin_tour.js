import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** A sales administrator takes a ready template, changes a gate, sees it as a rep will, activates. */
registry.category("web_tour.tours").add("sales_process_admin_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "Configuration",
            trigger: "[data-menu-xmlid='crm.crm_menu_config']",
            run: "click",
        },
        {
            content: "A new process from a template",
            trigger: "[data-menu-xmlid='sales_process_framework.sales_process_import_menu']",
            run: "click",
        },
        {
            content: "Choose the short template",
            trigger: ".modal .o_field_widget[name='template'] input[data-value='b2c']",
            run: "click",
        },
        {
            content: "Its stages show",
            trigger: ".modal .o_field_widget[name='stage_names']:contains('→')",
        },
        {
            trigger: ".modal button[name='action_create_draft']",
            run: "click",
        },
        {
            content: "The draft opens",
            trigger:
                ".o_form_view .o_field_widget[name='state'] .o_arrow_button_current:contains('Draft')",
        },
        {
            content: "Name it",
            trigger: ".o_field_widget[name='name'] input",
            run: "edit Tour process",
        },
        {
            content: "Open the gates of the first stage",
            trigger:
                ".o_field_widget[name='stage_ids'] .o_data_row:first button[name='action_open']",
            run: "click",
        },
        {
            content: "Add a requirement",
            trigger: ".o_field_widget[name='exit_requirement_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='name'] input",
            run: "edit Ask for the birthday",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Save the stage",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name='exit_requirement_ids'] .o_data_row:contains('Ask for the birthday')",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "See it as a rep will",
            trigger: "body:has(.o_form_saved) .o_notebook a[name='preview']",
            run: "click",
        },
        {
            trigger:
                ".o_sales_process_preview .o_sales_process_exit .o_sales_process_item:contains('Ask for the birthday')",
        },
        {
            content: "The preview answers nothing",
            trigger: ".o_sales_process_preview:not(:has(.o_sales_process_advance))",
        },
        {
            content: "Back to the process",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "Activate it",
            trigger: "button[name='action_open_activation']",
            run: "click",
        },
        {
            content: "For one team",
            trigger: ".modal .o_field_widget[name='team_ids'] input",
            run: "edit Plain Team",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Plain Team')",
            run: "click",
        },
        {
            content: "The dry run comes first",
            trigger: ".modal .o_field_widget[name='team_ids'] .o_tag:contains('Plain Team')",
        },
        {
            trigger: ".modal button.btn-primary[name='action_dry_run']",
            run: "click",
        },
        {
            content: "It says how many leads it would hold back",
            trigger: ".modal .o_field_widget[name='open_count']:contains('1')",
        },
        {
            trigger: ".modal button[name='action_activate']",
            run: "click",
        },
        {
            content: "The process is in use",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name='state'] .o_arrow_button_current:contains('Active')",
        },
    ],
});
