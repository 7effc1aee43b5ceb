import { registry } from "@web/core/registry";

const phase = (name) => `.o_sales_process_phase:contains('${name}')`;

/** A rep looks at the customer's journey of a lead, and records a contact in two clicks. */
registry.category("web_tour.tours").add("sales_process_timeline_tour", {
    steps: () => [
        {
            content: "The journey is not loaded before it is asked for",
            trigger: ".o_form_view a[name='sales_journey']",
            run: "click",
        },
        {
            content: "The mail that was sent stands in its phase",
            trigger: `${phase("Interest")} .o_sales_process_touch:contains('First answer')`,
        },
        {
            content: "What comes next is said first",
            trigger: ".o_sales_process_next:contains('Inquiry')",
        },
        {
            content: "Record a contact",
            trigger: ".o_sales_process_record",
            run: "click",
        },
        {
            content: "The second click records it",
            trigger: ".o_sales_process_touch_menu .o-dropdown-item:contains('First call')",
            run: "click",
        },
        {
            content: "It is there",
            trigger: `${phase("Interest")} .o_sales_process_touch:contains('First call')`,
        },
        {
            content: "Take it back",
            trigger: `.o_sales_process_touch:contains('First call') button[title^='Remove']`,
            run: "click",
        },
        {
            content: "It is expected again; one click does it from here",
            trigger: `${phase("Interest")} .o_sales_process_expected:contains('First call') .o_sales_process_record_touch`,
            run: "click",
        },
        {
            content: "It is there again",
            trigger: `${phase("Interest")} .o_sales_process_touch:contains('First call')`,
        },
    ],
});
