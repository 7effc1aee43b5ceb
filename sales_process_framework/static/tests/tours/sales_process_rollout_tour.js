import { registry } from "@web/core/registry";

/** A manager makes a rollout of a version, sees what the second phase waits for, gets it there, opens it, goes back. */
registry.category("web_tour.tours").add("sales_process_rollout_tour", {
    steps: () => [
        {
            content: "From the version to its rollout",
            trigger: "button[name='action_roll_out']:contains('Roll Out')",
            run: "click",
        },
        {
            content: "Two phases are proposed: the core team first",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody']:contains('Team trained')",
        },
        {
            content: "Open the second phase of the plan",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody'] .o_sales_process_rollout_details",
            run: "click",
        },
        {
            content: "Its checklist",
            trigger: ".modal .o_notebook a[name='checks']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='check_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='check_ids'] td[name='name'] input",
            run: "edit Templates are there",
        },
        {
            content: "What it waits for",
            trigger: ".modal .o_notebook a[name='conditions']",
            run: "click",
        },
        {
            content: "Training was enough: no assessment",
            trigger:
                ".modal .o_field_widget[name='condition_ids'] .o_data_row:contains('Assessment passed') .o_list_record_remove button",
            run: "click",
        },
        {
            content: "No alarm either: gone",
            trigger:
                ".modal .o_field_widget[name='condition_ids'] .o_data_row:contains('No critical alert') .o_list_record_remove button",
            run: "click",
        },
        {
            content: "Nor a time to wait",
            trigger:
                ".modal .o_field_widget[name='condition_ids'] .o_data_row:contains('Days since') .o_list_record_remove button",
            run: "click",
        },
        {
            content: "Trained changes into the checklist",
            trigger:
                ".modal .o_field_widget[name='condition_ids'] .o_data_row:contains('Team trained') td[name='kind']",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name='condition_ids'] .o_selected_row td[name='kind'] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Checklist done')",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name='condition_ids'] .o_selected_row td[name='kind'] input:value('Checklist done')",
        },
        {
            content: "Keep the phase",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Start",
            trigger: "body:not(:has(.modal)) button[name='action_start']",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The core team can begin",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Core team'] .o_sales_process_rollout_open",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_open']",
            run: "click",
        },
        {
            content: "It is open; the next phase says what it waits for",
            trigger:
                "body:not(:has(.modal)) .o_sales_process_rollout_phase.o_open[data-name='Core team']",
        },
        {
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody'] .o_sales_process_rollout_why:contains('Checklist done')",
        },
        {
            content: "Who or what is missing",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody'] .o_sales_process_rollout_condition:contains('0 of 1'):contains('Templates are there')",
        },
        {
            content: "How the version arrives",
            trigger:
                ".o_sales_process_rollout_adoption .o_sales_process_rollout_row[data-key='leads']",
        },
        {
            content: "Tick it",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody'] .o_sales_process_rollout_check input",
            run: "click",
        },
        {
            content: "The light is green",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody'] .o_sales_process_rollout_condition.o_holds",
        },
        {
            content: "Open it",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody'] .o_sales_process_rollout_open:contains('Open'):not(:contains('Nevertheless'))",
            run: "click",
        },
        {
            trigger: ".modal .alert-success:contains('Everything it waits for is there')",
        },
        {
            trigger: ".modal button[name='action_open']",
            run: "click",
        },
        {
            content: "Done",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains('Done')",
        },
        {
            content: "One click back",
            trigger:
                ".o_sales_process_rollout_phase[data-name='Everybody'] .o_sales_process_rollout_back",
            run: "click",
        },
        {
            content: "What it would do",
            trigger: ".modal .o_field_widget[name='teams']:contains('back to Test Process 1.0')",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit Deals stand still",
        },
        {
            trigger: ".modal button[name='action_go_back']",
            run: "click",
        },
        {
            content: "The phase went back, with the reason",
            trigger:
                "body:not(:has(.modal)) .o_sales_process_rollout_phase.o_back[data-name='Everybody']:contains('Deals stand still')",
        },
        {
            trigger: ".o_arrow_button_current:contains('Under Way')",
        },
    ],
});
