import { registry } from "@web/core/registry";

const field = (name) => `.o_field_widget[name='${name}']`;

/** Choose a record in a field by what it is called. */
const choose = (name, text) => [
    { trigger: `${field(name)} input`, run: `edit ${text}` },
    { trigger: `.o-autocomplete--dropdown-item:contains('${text}')`, run: "click" },
];

/** A manager sets up a pilot, looks at another one that has its data, and adopts the candidate. */
registry.category("web_tour.tours").add("sales_process_pilot_tour", {
    steps: () => [
        { trigger: ".o_kanban_view" },
        { content: "A new pilot", trigger: ".o-kanban-button-new", run: "click" },
        {
            trigger: `${field("name")} input, ${field("name")} textarea`,
            run: "edit Fewer questions",
        },
        {
            trigger: `${field("question")} textarea`,
            run: "edit Do deals close a fifth sooner with fewer questions?",
        },
        ...choose("candidate_process_id", "Tour Process"),
        {
            content: "The version it came from is the one it is compared with",
            trigger: `${field("baseline_process_id")} input:value('Test Process 1.0')`,
        },
        {
            content: "Both teams of the baseline are offered; one has a pilot already",
            trigger: `${field("team_ids")} .o_tag:contains('Gate Team') .o_delete`,
            run: "click",
        },
        { trigger: `${field("team_ids")}:not(:contains('Gate Team')):contains('Plain Team')` },
        { trigger: ".o_notebook .nav-link:contains('Plan')", run: "click" },
        { trigger: `${field("size_by_hand")} input`, run: "edit 60" },
        {
            content: "How many leads, how long?",
            trigger: "button[name='action_plan']:contains('Plan')",
            run: "click",
        },
        { trigger: ".o_sales_process_pilot_plan:contains('60 deals have to be won')" },
        { trigger: "button[name='action_start']", run: "click" },
        { trigger: ".modal-footer button.btn-primary", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Under Way')" },
        { trigger: ".alert:contains('Not enough data: 0 of the planned 60')" },
        {
            content: "Back to all pilots",
            trigger: ".breadcrumb-item:contains('Pilots') a",
            run: "click",
        },
        { trigger: ".o_kanban_record:contains('Shorter needs analysis')", run: "click" },
        { content: "Now, not tonight", trigger: "button[name='action_follow']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Analysis')" },
        { trigger: ".o_notebook .nav-link:contains('Report')", run: "click" },
        { trigger: ".o_form_sheet .alert:contains('The candidate is better')" },
        { trigger: ".o_sales_process_pilot_report svg rect" },
        { trigger: ".o_sales_process_pilot_report:contains('Chi-squared')" },
        { content: "Decide", trigger: "button[name='action_open_decision']", run: "click" },
        { trigger: ".modal .alert:contains('The candidate is better')" },
        { trigger: `.modal ${field("reason")} textarea`, run: "edit Twice as many deals." },
        { trigger: ".modal button[name='action_decide']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Adopted')" },
        { trigger: ".o_sales_process_pilot_report:contains('Twice as many deals.')" },
    ],
});
