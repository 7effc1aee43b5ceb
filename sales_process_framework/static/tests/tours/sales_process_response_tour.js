import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const card = (name) => `.o_kanban_record:contains('${name}')`;

/**
 * A rep sees the clock of a new lead run on its card, finds the lead among those that wait,
 * opens it and writes to the customer: the clock is gone.
 */
registry.category("web_tour.tours").add("sales_process_response_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "The card of the new lead shows its clock",
            trigger: `${card("Question from the website")} .o_sales_response_clock[role='timer'][data-state='good']`,
        },
        {
            content: "The late one says so",
            trigger: `${card("Forgotten question")} .o_sales_response_clock[data-state='late']`,
        },
        {
            content: "Who is answered has none",
            trigger: `${card("Answered question")}:not(:has(.o_sales_response_clock))`,
        },
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Only those that wait",
            trigger: ".o_filter_menu .dropdown-item:contains('Response running')",
            run: "click",
        },
        {
            content: "Close the filters again",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "The others are gone; open the lead",
            trigger: `body:not(:has(${card("Forgotten question")})) ${card("Question from the website")}`,
            run: "click",
        },
        {
            content: "The form shows the clock as well",
            trigger: ".o_form_view .o_sales_response_clock[data-state='good']",
        },
        {
            content: "Write to the customer",
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit Good morning, when may I call you?",
        },
        {
            content: "Send",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains('when may I call you')",
        },
        {
            content: "Note down who decides",
            trigger: ".o_notebook .nav-link[name='sales_buyers']",
            run: "click",
        },
        {
            content: "Back to the pipeline",
            trigger: ".breadcrumb-item .o_back_button, .o_breadcrumb .breadcrumb-item a:first",
            run: "click",
        },
        {
            content: "Nobody waits any more",
            trigger: `.o_kanban_view:not(:has(${card("Question from the website")}))`,
        },
    ],
});
