import { registry } from "@web/core/registry";

/** A rep reads a scorecard, sees where a figure comes from, and mends what is missing from a deal. */
registry.category("web_tour.tours").add("sales_process_scorecard_tour", {
    steps: () => [
        {
            content: "The score, and how much of the weights it rests on",
            trigger: ".o_sales_process_scorecard_total:contains('84')",
        },
        {
            content: "A figure with what it is made of",
            trigger: ".o_sales_process_scorecard_line:contains('80 / 100')",
        },
        {
            content: "Where does it come from?",
            trigger:
                ".o_sales_process_scorecard_line:contains('80 / 100') button:contains('Where from')",
            run: "click",
        },
        {
            content: "From this stored value of the indicator",
            trigger: ".o_form_view .o_field_widget[name='formula_text']",
        },
        {
            content: "Back",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "The phone number is missing: one click",
            trigger: ".o_sales_process_scorecard_missing:contains('Phone')",
            run: "click",
        },
        {
            trigger: ".modal input[name='phone']",
            run: "edit +32 2 290 34 90",
        },
        {
            trigger: ".modal .o_sales_process_mend_save",
            run: "click",
        },
        {
            content: "Nothing is missing any more",
            trigger: ".o_sales_process_scorecard:contains('Nothing is missing')",
        },
    ],
});
