import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const card = (name) => `.o_sales_process_journey_card:contains('${name}')`;
const phase = (name) => `.o_sales_process_journey_phase[aria-label='${name}']`;
const bubble = (name) => `.o_sales_process_bubble[title*='${name}']`;
const cell = (importance, urgency) =>
    `.o_sales_process_priority_cell[data-importance='${importance}'][data-urgency='${urgency}']`;

/** An admin reads the map, puts it right by mouse, key and dialog, and ranks in the matrix. */
registry.category("web_tour.tours").add("sales_process_journey_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "Process",
            trigger: "[data-menu-xmlid='sales_process_framework.sales_process_work_menu']",
            run: "click",
        },
        {
            content: "The customer's journey",
            trigger: "[data-menu-xmlid='sales_process_framework.sales_process_journey_map_menu']",
            run: "click",
        },
        {
            content: "Phases stand across, touchpoints down",
            trigger: `${phase("Noticing")} ${card("White paper")}`,
        },
        {
            content: "Drag a card into the next phase",
            trigger: `${phase("Noticing")} ${card("Demo film")}`,
            run: `drag_and_drop ${phase("Weighing")} .o_sales_process_journey_cards`,
        },
        {
            content: "It has moved",
            trigger: `${phase("Weighing")} ${card("Demo film")}`,
        },
        {
            content: "Move another one by its menu",
            trigger: `${phase("Noticing")} ${card("Webinar")} .o_sales_process_journey_card_menu`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('Move up')",
            run: "click",
        },
        {
            content: "It stands first",
            trigger: `${phase("Noticing")} .o_sales_process_journey_card:first-child:contains('Webinar')`,
        },
        {
            content: "Say what the customer needs, in place",
            trigger: `${phase("Weighing")} .o_sales_process_journey_need .o_sales_process_journey_pencil`,
            run: "click",
        },
        {
            trigger: `${phase("Weighing")} .o_sales_process_journey_need textarea`,
            run: "edit Proof that it works",
        },
        {
            trigger: `${phase("Weighing")} .o_sales_process_journey_need .o_sales_process_journey_text_save`,
            run: "click",
        },
        {
            trigger: `${phase("Weighing")} .o_sales_process_journey_need:not(:has(textarea)):contains('Proof that it works')`,
        },
        {
            content: "Open a card",
            trigger: `${card("White paper")} .o_sales_process_journey_card_name`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='deliverable'] input",
            run: "edit Trends on four pages",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The map shows it",
            trigger: `body:not(:has(.modal)) ${card("White paper")}:contains('Trends on four pages')`,
        },
        {
            content: "A touchpoint more",
            trigger: `${phase("Weighing")} .o_sales_process_journey_add`,
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name='name'] input, .modal .o_field_widget[name='name'] textarea",
            run: "edit Reference visit",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${phase("Weighing")} ${card("Reference visit")}`,
        },
        {
            content: "The priorities",
            trigger: ".o_sales_process_journey_mode_matrix",
            run: "click",
        },
        {
            content: "Everything stands in its cell",
            trigger: `${cell(3, 3)} ${bubble("White paper")}`,
        },
        {
            content: "Drag one to the top",
            trigger: `${cell(3, 3)} ${bubble("Demo film")}`,
            run: `drag_and_drop ${cell(5, 5)}`,
        },
        {
            trigger: `${cell(5, 5)} ${bubble("Demo film")}.o_sales_process_quadrant_do_first`,
        },
        {
            content: "Or choose in the table",
            trigger:
                ".o_sales_process_priority_table tr:contains('White paper') select[name='importance']",
            run: "select 4",
        },
        {
            trigger: `${cell(4, 3)} ${bubble("White paper")}.o_sales_process_quadrant_plan`,
        },
        {
            content: "Back to the map, with the same card",
            trigger: ".o_sales_process_journey_mode_map",
            run: "click",
        },
        {
            trigger: `${card("Demo film")}:contains('Do first')`,
        },
    ],
});

/** A rep reads the same map and changes nothing. */
registry.category("web_tour.tours").add("sales_process_journey_rep_tour", {
    url: "/odoo/customer-journey-map",
    steps: () => [
        {
            content: "The map shows, without any handle to change it",
            trigger: `.o_sales_process_journey_map:not(:has(.o_sales_process_journey_pencil, .o_sales_process_journey_add, .o_sales_process_journey_card_menu, .o_sales_process_journey_add_phase)) ${card("White paper")}`,
            run: "click",
        },
        {
            content: "A card can be read whole",
            trigger: ".modal .o_form_readonly .o_field_widget[name='name']:contains('White paper')",
        },
        {
            trigger: ".modal .modal-footer button.btn-primary, .modal .btn-close",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_sales_process_journey_mode_matrix",
            run: "click",
        },
        {
            content: "The matrix has nothing to choose either",
            trigger: `.o_sales_process_priority:not(:has(select)) ${bubble("White paper")}`,
        },
    ],
});

/** Nothing is drawn yet: the screen says what to do and leads there. */
registry.category("web_tour.tours").add("sales_process_journey_empty_tour", {
    url: "/odoo/customer-journey-map",
    steps: () => [
        {
            trigger: ".o_nocontent_help:contains('No customer journey yet')",
        },
        {
            trigger: ".o_sales_process_journey_new",
            run: "click",
        },
        {
            content: "The form of a journey opens",
            trigger: ".o_form_view .o_field_widget[name='phase_ids']",
        },
    ],
});
