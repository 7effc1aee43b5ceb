import { registry } from "@web/core/registry";

const gate = ".o_sales_process_gate_dialog";
const item = ".o_sales_process_item:contains('Budget confirmed')";
const form = ".o_sales_process_feedback_dialog";

/** A gate refuses; the rep says that it gets in the way, and the move is as open as before. */
registry.category("web_tour.tours").add("sales_process_feedback_give_tour", {
    steps: () => [
        {
            content: "Every requirement of the panel can be answered back",
            trigger: `.o_sales_process_panel ${item} .o_sales_process_feedback_button`,
        },
        {
            content: "The stage as well",
            trigger: ".o_sales_process_panel .o_sales_process_feedback_button[title*='Qualify']",
        },
        {
            content: "Try to move on",
            trigger: ".o_statusbar_status button[data-value]:contains('Diagnose')",
            run: "click",
        },
        {
            content: "The gate refuses; tick one of two points",
            trigger: `${gate} .o_sales_process_item:contains('Decision maker known') .o_sales_process_tick`,
            run: "click",
        },
        {
            content: "This gets in the way",
            trigger: `${gate} ${item} .o_sales_process_feedback_button`,
            run: "click",
        },
        {
            content: "A colleague has said something like it",
            trigger: `${form} .o_sales_process_feedback_similar:contains('The budget comes later')`,
        },
        {
            content: "Say it in one's own words",
            trigger: `${form} .o_sales_process_feedback_input`,
            run: "edit Customers tell no budget before they trust us",
        },
        {
            content: "Send: the second click",
            trigger: `${form} .o_sales_process_feedback_send:enabled`,
            run: "click",
        },
        {
            content: "The refused move is still open, with what was put in",
            trigger: `body:not(:has(${form})) ${gate} .o_sales_process_item:contains('Decision maker known') .o_sales_process_tick:checked`,
        },
        {
            content: "Someone else's view fits another point: me too",
            trigger: `${gate} ${item} .o_sales_process_feedback_button`,
            run: "click",
        },
        {
            trigger: `${form} li:contains('The budget comes later') .o_sales_process_me_too`,
            run: "click",
        },
        {
            content: "That was all: two clicks",
            trigger: `body:not(:has(${form})) ${gate} .o_sales_process_cancel`,
            run: "click",
        },
        {
            content: "Nothing has moved",
            trigger:
                "body:not(:has(.o_dialog)) .o_statusbar_status .o_arrow_button_current:contains('Qualify')",
        },
    ],
});

/** … and sees what became of it. */
registry.category("web_tour.tours").add("sales_process_feedback_status_tour", {
    steps: () => [
        {
            content: "Planned, with the answer",
            trigger:
                ".o_data_row:contains('Customers tell no budget'):contains('Planned'):contains('Asked in the second talk')",
        },
        {
            content: "What one joined is there too",
            trigger: ".o_data_row:contains('The budget comes later'):contains('New')",
        },
        {
            trigger: ".o_data_row:contains('Customers tell no budget') .o_data_cell[name='text']",
            run: "click",
        },
        {
            content: "Open it: the answer, and what was missing then",
            trigger: ".o_form_view .alert:contains('Asked in the second talk in version 1.1')",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name='unmet_summary']:contains('Budget confirmed')",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains('Planned')",
        },
        {
            content: "Back, and say something about nothing in particular",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            trigger: ".o_list_view button[name='action_give']",
            run: "click",
        },
        {
            trigger: `${form} .o_sales_process_feedback_input`,
            run: "edit More examples, please",
        },
        {
            trigger: `${form} .o_sales_process_feedback_more summary`,
            run: "click",
        },
        {
            trigger: `${form} .o_sales_process_feedback_anonymous`,
            run: "click",
        },
        {
            trigger: `${form} .o_sales_process_feedback_send:enabled`,
            run: "click",
        },
        {
            content: "It stands in the list at once",
            trigger: ".o_data_row:contains('More examples, please')",
        },
    ],
});

/** A manager drags what was said to where it belongs, and does the same by keyboard. */
registry.category("web_tour.tours").add("sales_process_feedback_quadrant_tour", {
    steps: () => [
        {
            content: "Not judged yet",
            trigger:
                ".o_sales_process_feedback_unjudged .o_kanban_record:contains('Customers tell no budget')",
            run: "drag_and_drop (.o_sales_process_feedback_big_project)",
        },
        {
            trigger:
                ".o_sales_process_feedback_big_project .o_kanban_record:contains('Customers tell no budget')",
        },
        {
            content: "The menu of a card moves it without dragging",
            trigger:
                ".o_sales_process_feedback_unjudged .o_kanban_record:contains('The budget comes later') .o_dropdown_kanban button:not(:visible)",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains('To Quick Wins')",
            run: "click",
        },
        {
            trigger:
                ".o_sales_process_feedback_quick_win .o_kanban_record:contains('The budget comes later')",
        },
    ],
});
