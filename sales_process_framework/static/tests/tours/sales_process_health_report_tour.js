import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";

const page = ".o_sales_process_health_report_page";
const printed = [];

/** A manager reads the report, follows the first finding to its deals, compares, and prints. */
registry.category("web_tour.tours").add("sales_process_health_report_tour", {
    steps: () => [
        {
            content: "Reporting",
            trigger: ".o_menu_sections button:contains('Reporting')",
            run: "click",
        },
        {
            content: "the reports",
            trigger: ".o-dropdown--menu .dropdown-item:contains('Health Reports')",
            run: "click",
        },
        {
            content: "the last one",
            trigger: ".o_data_row:first td[name='name']:contains('Health report')",
            run: "click",
        },
        {
            content: "How did it go?",
            trigger: `${page} .o_sales_process_health_report_headline:contains('in alert: 1')`,
        },
        {
            content: "What to look at first, and what to do about it",
            trigger: `${page} .o_sales_process_health_report_first:contains('16.7 %, beyond the alert value of 25.0 %'):contains('lost reasons')`,
        },
        { trigger: `${page} tr[data-code='win_rate']:contains('1 / 6')` },
        { trigger: `${page} tr[data-code='nps']:contains('no data')` },
        { trigger: `${page} svg.o_sales_process_health_report_plot path` },
        {
            content: "Where does the number come from?",
            trigger: `${page} .o_sales_process_health_report_first a:contains('Win rate')`,
            run: "click",
        },
        {
            content: "from these deals",
            trigger: ".oe_stat_button[name='action_open_denominator']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Lost deal')" },
        { content: "and back", trigger: ".o_back_button a", run: "click" },
        { trigger: ".oe_stat_button[name='action_open_denominator']" },
        { content: "to the report", trigger: ".o_back_button a", run: "click" },
        { trigger: `${page} .o_sales_process_health_report_first` },
        {
            content: "beside the one before",
            trigger: "button[name='action_compare']:first",
            run: "click",
        },
        {
            trigger:
                ".modal .o_sales_process_health_report_comparison tr:contains('Win rate'):contains('50.0 %'):contains('16.7 %')",
        },
        { trigger: ".modal-footer button:contains('Close')", run: "click" },
        {
            content: "Print",
            trigger: "body:not(.modal-open) button[name='action_print']",
            async run(helpers) {
                download._download = async (options) => {
                    printed.push(options.data.data);
                    document.body.classList.add("o_sales_process_printed");
                };
                await helpers.click();
            },
        },
        {
            content: "It is on its way",
            trigger: "body.o_sales_process_printed",
            run() {
                if (!printed[0].includes("sales_process_framework.report_health_report")) {
                    throw new Error(`Something else was printed: ${printed[0]}`);
                }
            },
        },
    ],
});
