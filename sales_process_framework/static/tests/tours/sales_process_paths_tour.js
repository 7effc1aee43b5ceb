import { registry } from "@web/core/registry";

const dialog = ".o_sales_process_gate_dialog";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
const row = (name) => `.o_data_row:contains('${name}')`;
const noDialog = "body:not(:has(.o_dialog))";

const select = (name) => ({
    content: `Select ${name}`,
    trigger: `${row(name)} .o_list_record_selector input`,
    run: "click",
});

/**
 * The same refusal by list edit, status bar, quick create and Won button, by a manager who may let
 * a move pass.
 */
registry.category("web_tour.tours").add("sales_process_paths_tour", {
    steps: () => [
        // Several leads at once.
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        select("First deal"),
        select("Second deal"),
        {
            content: "Change the stage of both",
            trigger: `${row("First deal")} td[name='stage_id']`,
            run: "click",
        },
        {
            trigger: `${row("First deal")} td[name='stage_id'] input`,
            run: "edit Diagnose",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Diagnose')",
            run: "click",
        },
        {
            trigger: ".modal:contains('Confirmation') .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "One dialog for both",
            trigger: `${dialog} .o_sales_process_move:contains('Second deal')`,
        },
        {
            trigger: `${dialog} [aria-live]:contains('2 of 2 still need something')`,
        },
        {
            content: "One of them is open, complete it",
            trigger: `${dialog} .o_sales_process_tick`,
            run: "click",
        },
        {
            trigger: `${dialog} [aria-live]:contains('1 of 2 still need something')`,
        },
        {
            content: "Open the other one and complete it",
            trigger: `${dialog} .o_sales_process_move_toggle[aria-expanded='false']`,
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_tick:not(:checked)`,
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_complete`,
            run: "click",
        },
        {
            content: "Both have moved",
            trigger: `${noDialog} ${row("Second deal")} td[name='stage_id']:contains('Diagnose')`,
        },
        {
            trigger: `${row("First deal")} td[name='stage_id']:contains('Diagnose')`,
        },
        // Status bar, with something unsaved.
        {
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            trigger: `${column("Qualify")} .o_kanban_record:contains('Third deal')`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_sales_process_panel",
        },
        {
            trigger: ".o_field_widget[name='email_from'] input",
            run: "edit third@example.com",
        },
        {
            trigger: ".o_statusbar_status button:contains('Diagnose')",
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_tick:first`,
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_keep`,
            run: "click",
        },
        {
            content: "The answers are kept and show in the panel",
            trigger: `${noDialog} .o_sales_process_progress_text:contains('1 of 2 done')`,
        },
        {
            content: "The stage is back, what was typed stays",
            trigger: `${noDialog} .o_statusbar_status .o_arrow_button_current:contains('Qualify')`,
        },
        {
            trigger: ".o_field_widget[name='email_from'] input:value('third@example.com')",
        },
        {
            content: "It can be saved without another refusal",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: `${noDialog} .o_form_saved`,
        },
        // Won button: a manager lets it pass, with a reason.
        {
            trigger: "button[name='action_set_won_rainbowman']",
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_ask_exception:contains('Let it pass')`,
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_exception textarea`,
            run: "edit Signed at the fair",
        },
        {
            trigger: `${dialog} .o_sales_process_send_exception:enabled`,
            run: "click",
        },
        {
            trigger: `${noDialog} .o_statusbar_status .o_arrow_button_current:contains('Won!')`,
        },
        // Quick create in a late column.
        {
            trigger: ".o_back_button, .breadcrumb-item:first a",
            run: "click",
        },
        {
            content: "Wait for fresh data: loading it closes a quick create",
            trigger: `${column("Won!")} .o_kanban_record:contains('Third deal')`,
        },
        {
            trigger: `${column("Propose")} .o_kanban_quick_add`,
            run: "click",
        },
        {
            trigger: ".o_kanban_quick_create .o_field_widget[name='name'] input",
            run: "edit Late deal",
        },
        {
            trigger: ".o_kanban_quick_create .o_kanban_add",
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_cancel`,
            run: "click",
        },
        {
            content: "Nothing typed is lost",
            trigger: `${noDialog} .o_kanban_quick_create .o_field_widget[name='name'] input:value('Late deal')`,
        },
        {
            trigger: ".o_kanban_quick_create .o_kanban_add",
            run: "click",
        },
        {
            trigger: `${dialog} .o_sales_process_create_first`,
            run: "click",
        },
        {
            content: "The new lead starts where leads start",
            trigger: `${noDialog} ${column("Qualify")} .o_kanban_record:contains('Late deal')`,
        },
    ],
});
