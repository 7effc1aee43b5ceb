import { registry } from "@web/core/registry";

/** A sales manager holds a review, from the agenda to the minutes, and plans what came of it on the roadmap. */
registry.category("web_tour.tours").add("sales_process_review_tour", {
    steps: () => [
        {
            content: "Assess",
            trigger: "button[name='action_next']:contains('Start Assessing')",
            run: "click",
        },
        {
            content: "Conclude",
            trigger: "button[name='action_next']:contains('Go on to Conclusions')",
            run: "click",
        },
        {
            content: "Open the topic",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains('Conclude')) [name='topic_ids'] .o_data_row:contains('Few deals pass') td[name='name']",
            run: "click",
        },
        {
            content: "Write what follows from it",
            trigger: ".modal [name='conclusion'] textarea",
            run: "edit Two talks instead of one",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "On to the actions",
            trigger:
                ".o_form_view:not(:has(.modal)) button[name='action_next']:contains('Agree on Actions')",
            run: "click",
        },
        {
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains('Actions')) .o_notebook a[name='actions']",
            run: "click",
        },
        {
            trigger: "[name='action_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: "[name='action_ids'] .o_selected_row [name='name'] input",
            run: "edit Write the questions",
        },
        {
            trigger:
                "[name='action_ids'] .o_selected_row [name='date_deadline'] button, [name='action_ids'] .o_selected_row [name='date_deadline'] input",
            run: "click",
        },
        {
            trigger: ".o_datetime_picker .o_date_item_cell:not([disabled]):last",
            run: "click",
        },
        {
            content: "The topic becomes an improvement",
            trigger: ".o_notebook a[name='agenda']",
            run: "click",
        },
        {
            trigger:
                "[name='topic_ids'] .o_data_row:contains('Few deals pass') button[name='action_make_improvement']",
            run: "click",
        },
        {
            content: "It is an idea now",
            trigger: ".o_form_view button[name='action_accept']",
        },
        {
            content: "Plan it later, on the roadmap; back to the review",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Close the review",
            trigger: "button[name='action_close']",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is closed, its minutes can be sent",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains('Closed')) button[name='action_send_minutes']",
        },
        {
            content: "To the roadmap",
            trigger: "[data-menu-xmlid='sales_process_framework.sales_process_work_menu']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='sales_process_framework.sales_process_roadmap_menu']",
            run: "click",
        },
        {
            content: "As a table, for whoever types",
            trigger: ".o_sales_process_roadmap .o_view_table",
            run: "click",
        },
        {
            content: "Give it a day",
            trigger: ".o_sales_process_roadmap_table tr:contains('Few deals pass') input.o_start",
            run() {
                const year = new Date().getFullYear();
                this.anchor.value = `${year}-06-01`;
                this.anchor.dispatchEvent(new Event("change"));
            },
        },
        {
            content: "Back to the timeline",
            trigger: ".o_sales_process_roadmap .o_view_timeline",
            run: "click",
        },
        {
            content: "It is on it; a week later by key",
            trigger: ".o_sales_process_roadmap_bar.o_movable:contains('Few deals pass')",
            run() {
                this.anchor.focus();
                this.anchor.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true })
                );
            },
        },
        {
            trigger: ".o_sales_process_roadmap_bar[aria-label*='8']:contains('Few deals pass')",
        },
    ],
});
