import { registry } from "@web/core/registry";

/** A sales administrator makes a rule of her own, sees who would get what today, and switches it on. */
registry.category("web_tour.tours").add("sales_process_alert_tour", {
    steps: () => [
        {
            content: "A new rule",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: ".o_field_widget[name='name'] input, .o_field_widget[name='name'] textarea",
            run: "edit Stands still",
        },
        {
            content: "After two days",
            trigger: ".o_field_widget[name='threshold'] input",
            run: "edit 2",
        },
        {
            content: "Tell the team leader as well",
            trigger: ".o_field_widget[name='to_leader'] input",
            run: "click",
        },
        {
            content: "The rule says what it does",
            trigger: ".o_sales_alert_sentence:contains('the team leader')",
        },
        {
            content: "Who would get what today?",
            trigger: "button[name='action_preview']",
            run: "click",
        },
        {
            content: "The lead that stands still, and nobody was told",
            trigger: ".modal .o_data_row:contains('Sleeping deal')",
        },
        {
            content: "Close the preview",
            trigger: ".modal footer button:contains('Close'), .modal .btn-close",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});
