import { registry } from "@web/core/registry";

/** A sales administrator looks at what changed, says why, and lets the open leads follow the next version. */
registry.category("web_tour.tours").add("sales_process_version_tour", {
    steps: () => [
        {
            content: "The log of what changed",
            trigger: ".o_notebook a[name='changes']",
            run: "click",
        },
        {
            content: "Bring it up to date",
            trigger: "button[name='action_log_changes']",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".o_data_row:contains('Money') td[name='reason']",
            run: "click",
        },
        {
            trigger: ".o_data_row [name='reason'] textarea, .o_data_row [name='reason'] input",
            run: "edit Customers speak of money",
        },
        {
            content: "Keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))",
        },
        {
            content: "Side by side",
            trigger: "button[name='action_compare']",
            run: "click",
        },
        {
            content: "The old name is struck, with the reason beside it",
            trigger:
                ".o_sales_process_diff_row:contains('Customers speak of money') del:contains('Budget')",
        },
        {
            content: "The new name is put in",
            trigger: ".o_sales_process_diff_row ins:contains('Money')",
        },
        {
            content: "Everything, not only what changed",
            trigger: "#o_sales_process_diff_only",
            run: "click",
        },
        {
            trigger: ".o_sales_process_diff_stage:contains('Propose'):contains('Unchanged')",
        },
        {
            content: "Back to the version",
            trigger: ".o_sales_process_diff_head button:contains('1.1')",
            run: "click",
        },
        {
            content: "Activate it",
            trigger: "button[name='action_open_activation']",
            run: "click",
        },
        {
            content: "First the dry run",
            trigger: ".modal button[name='action_dry_run']",
            run: "click",
        },
        {
            content: "The one lead and where it goes on",
            trigger: ".modal [name='stage_map_ids'] .o_data_row:contains('Qualify')",
        },
        {
            content: "Nobody lacks a stage: activate",
            trigger: ".modal button[name='action_activate']",
            run: "click",
        },
        {
            content: "It is in use",
            trigger: ".o_form_view:not(:has(.modal)) .o_arrow_button_current:contains('Active')",
        },
    ],
});
