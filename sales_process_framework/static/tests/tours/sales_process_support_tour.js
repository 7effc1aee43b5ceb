import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const card = (column) =>
    `.o_kanban_group:has(.o_column_title:contains('${column}')) .o_kanban_record:contains('Steel mill')`;

/** Marketing, without any access to CRM, finds a report overdue in its inbox and delivers it late. */
registry.category("web_tour.tours").add("sales_process_support_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app of the departments",
            trigger:
                ".o_app[data-menu-xmlid='sales_process_framework.sales_process_support_root_menu']",
            run: "click",
        },
        {
            content: "The request is late",
            trigger: `${card("New")} .o_sales_support_deadline.text-bg-danger:contains('late')`,
        },
        {
            content: "Take it",
            trigger: `${card("New")} .o_sales_support_take`,
            run: "click",
        },
        {
            content: "It is in progress",
            trigger: card("In Progress"),
            run: "click",
        },
        {
            content: "The form shows what is needed",
            trigger:
                ".o_form_view .o_field_widget[name='need']:contains('Benchmarks for the board')",
        },
        {
            content: "… and nothing that opens the lead",
            trigger: ".o_form_view:not(:has(button[name='action_open_lead']))",
        },
        {
            content: "Deliver",
            trigger: ".o_statusbar_buttons button[name='action_open_deliver']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='note']:visible textarea",
            run: "edit On the share",
        },
        {
            trigger: ".modal footer button[name='action_apply']",
            run: "click",
        },
        {
            content: "Delivered, and late for good",
            trigger: ".o_form_view .o_sales_support_deadline:contains('Delivered late')",
        },
    ],
});

registry.category("web_tour.tours").add("sales_process_support_ask_tour", {
    steps: () => [
        {
            content: "Ask from the lead",
            trigger: ".o_statusbar_buttons button[name='action_ask_sales_support']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='policy_id'] input",
            run: "edit Industry",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Industry report')",
            run: "click",
        },
        {
            content: "The dialog says when it comes",
            trigger: ".modal .alert-info:contains('Marketing delivers by')",
        },
        {
            trigger: ".modal .o_field_widget[name='need'] textarea",
            run: "edit Benchmarks",
        },
        {
            trigger: ".modal footer button[name='action_ask']",
            run: "click",
        },
        {
            content: "The lead counts it",
            trigger:
                "body:not(:has(.modal)) button[name='action_view_sales_support'] .o_stat_value:contains('1')",
        },
    ],
});
