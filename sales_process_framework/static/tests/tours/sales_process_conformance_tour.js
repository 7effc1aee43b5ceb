import { registry } from "@web/core/registry";

/** A manager finds the gate that only costs time and the most frequent deviation, looks at its deals, and allows one. */
registry.category("web_tour.tours").add("sales_process_conformance_tour", {
    steps: () => [
        {
            content: "Which gate only costs time?",
            trigger:
                ".o_sales_process_effectiveness_flag[data-flag='only_costs']:contains('Budget')",
            run: "click",
        },
        {
            content: "This one alone; it refused twelve deals",
            trigger:
                ".o_sales_process_effectiveness:not(:has(tr[data-requirement='Signed'])) tr[data-requirement='Budget'] button[data-part='refused']:contains('12')",
            run: "click",
        },
        {
            content: "The deals behind the number",
            trigger: ".o_list_view .o_data_row:contains('Gated deal')",
        },
        {
            content: "Back",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "To the path map",
            trigger: ".o_sales_process_effectiveness",
            run: () => {
                window.location = "/odoo/sales-paths";
            },
            expectUnloadPage: true,
        },
        {
            content: "Stages in order, and deals that went past one of them",
            trigger: ".o_sales_process_path_map g.o_edge.o_skip[data-edge='1-3']",
        },
        {
            content: "The most frequent deviation",
            trigger:
                ".o_sales_process_conformance_deviations tbody tr:first[data-deviation='skipped-2']",
        },
        {
            content: "Its deals",
            trigger:
                "tr[data-deviation='skipped-2'] .o_share .o_sales_process_analysis_number:contains('30')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Skipping deal')",
        },
        {
            content: "Back",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "They had their reasons: allow it",
            trigger: "tr[data-deviation='skipped-2'] .o_sales_process_allow",
            run: "click",
        },
        {
            trigger: ".o_sales_process_allow_dialog textarea",
            run: "edit Their needs are known",
        },
        {
            trigger: ".o_sales_process_allow_save:enabled",
            run: "click",
        },
        {
            content: "It counts as following the process from now on",
            trigger: "tr[data-deviation='skipped-2']:contains('30 allowed')",
        },
        {
            trigger: ".o_sales_process_conformance_allowed:contains('Their needs are known')",
        },
    ],
});
