import { registry } from "@web/core/registry";

const dashboard = ".o_sales_process_dashboard";

/** A manager finds the worst stage and the deals behind it in four clicks, and keeps a view. */
registry.category("web_tour.tours").add("sales_process_dashboard_tour", {
    steps: () => [
        {
            content: "1: Reporting",
            trigger: ".o_menu_sections button:contains('Reporting')",
            run: "click",
        },
        {
            content: "2: the dashboard",
            trigger: ".o-dropdown--menu .dropdown-item:contains('Process Dashboard')",
            run: "click",
        },
        {
            trigger: `${dashboard}_funnel`,
        },
        {
            trigger: `${dashboard}_tile[data-code='open_leads']:contains('Snapshot')`,
        },
        {
            content: "3: the stage where deals stall most",
            trigger: `${dashboard}_worst:contains('Diagnose'):contains('2 of 2')`,
            run: "click",
        },
        {
            content: "4: a deal that is stuck",
            trigger: ".o_data_row td:contains('Stuck deal')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_breadcrumb:contains('Stuck deal')",
        },
        {
            content: "Back to the dashboard",
            trigger: ".breadcrumb-item:contains('Process Dashboard') a",
            run: "click",
        },
        {
            content: "Every picture has a table behind it",
            trigger: `${dashboard}_board > header button:contains('Table')`,
            run: "click",
        },
        {
            trigger: `${dashboard}_board table:contains('Open opportunities')`,
        },
        {
            content: "Another period",
            trigger: `${dashboard}_cycle`,
            run: "select quarter",
        },
        {
            trigger: `${dashboard}_period:contains('Q')`,
            run: () => {
                if (!new URL(document.location).searchParams.has("company_id")) {
                    throw new Error("The link does not hold the filters");
                }
            },
        },
        {
            content: "Keep it",
            trigger: `${dashboard}_favorite_menu`,
            run: "click",
        },
        {
            trigger: "#sales_process_dashboard_favorite",
            run: "edit My team",
        },
        {
            trigger: `${dashboard}_favorites button[type='submit']`,
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Kept among your favourites')",
        },
    ],
});
