import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const card = (column) =>
    `.o_kanban_group:has(.o_column_title:contains('${column}')) .o_kanban_record:contains('Tour deal')`;
const item = (name) => `.o_sales_process_item:contains('${name}')`;
const dialog = ".o_sales_process_gate_dialog";

/**
 * A rep works one opportunity: the drag is refused, the dialog collects what is missing and moves
 * the card; on the form the panel is ticked without a save and advances the lead.
 */
registry.category("web_tour.tours").add("sales_process_rep_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "The card shows its time in the stage and its progress",
            trigger: `${card("Qualify")} .o_sales_process_card [role='progressbar'][aria-valuenow='0']`,
        },
        {
            content: "Drag the card to the next column",
            trigger: card("Qualify"),
            run: "drag_and_drop (.o_kanban_group:has(.o_column_title:contains('Diagnose')))",
        },
        {
            content: "The gate refuses and says what is missing",
            trigger: `${dialog} ${item("Decision maker is known")}`,
        },
        {
            content: "What comes after something else waits for it",
            trigger: `${dialog} ${item("Problem questions")} .o_sales_process_blocked`,
        },
        {
            content: "Close the dialog: nothing has happened",
            trigger: `${dialog} .o_sales_process_cancel`,
            run: "click",
        },
        {
            content: "The card is back where it was, and no error shows",
            trigger: `body:not(:has(.o_dialog)) ${card("Qualify")}`,
        },
        {
            content: "Drag again",
            trigger: card("Qualify"),
            run: "drag_and_drop (.o_kanban_group:has(.o_column_title:contains('Diagnose')))",
        },
        {
            content: "Complete too early",
            trigger: `${dialog} .o_sales_process_complete`,
            run: "click",
        },
        {
            content: "The dialog marks what is open instead of sending it",
            trigger: `${dialog} .o_sales_process_item_invalid:contains('Decision maker is known')`,
        },
        {
            content: "Tick the criterion",
            trigger: `${dialog} ${item("Decision maker is known")} .o_sales_process_tick`,
            run: "click",
        },
        {
            content: "Write a note",
            trigger: `${dialog} ${item("Decision maker is known")} .o_sales_process_note_toggle`,
            run: "click",
        },
        {
            trigger: `${dialog} ${item("Decision maker is known")} .o_sales_process_note`,
            run: "edit Ms Lin signs && press Tab",
        },
        {
            content: "Count the questions: one",
            trigger: `${dialog} ${item("Problem questions")} .o_sales_process_count_up:enabled`,
            run: "click",
        },
        {
            content: "… and two",
            trigger: `${dialog} ${item("Problem questions")} .o_sales_process_count_up:enabled`,
            run: "click",
        },
        {
            trigger: `${dialog} ${item("Problem questions")}[data-state='met']`,
        },
        {
            content: "Complete and move",
            trigger: `${dialog} .o_sales_process_complete`,
            run: "click",
        },
        {
            content: "The card has moved",
            trigger: `body:not(:has(.o_dialog)) ${card("Diagnose")}`,
            run: "click",
        },
        {
            content: "The form shows the process",
            trigger:
                ".o_form_view .o_sales_process_panel [aria-current='step']:contains('Diagnose')",
        },
        {
            content: "Type something that stays unsaved",
            trigger: ".o_field_widget[name='email_from'] input",
            run: "edit lin@example.com",
        },
        {
            content: "Tick in the panel",
            trigger: `.o_sales_process_exit ${item("Needs are confirmed")} .o_sales_process_tick`,
            run: "click",
        },
        {
            content: "All is done, and the form is still unsaved",
            trigger:
                ".o_form_view:has(.o_form_button_save:visible) .o_sales_process_progress_text:contains('1 of 1 done')",
        },
        {
            content: "Advance",
            trigger: ".o_sales_process_advance",
            run: "click",
        },
        {
            content: "The lead is in the next stage, on the panel and in the status bar",
            trigger: ".o_sales_process_panel [aria-current='step']:contains('Propose')",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Propose')",
        },
        {
            content: "The unsaved value was saved with it",
            trigger: ".o_field_widget[name='email_from'] input:value('lin@example.com')",
        },
    ],
});
