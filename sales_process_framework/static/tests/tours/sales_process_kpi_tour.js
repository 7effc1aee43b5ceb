import { registry } from "@web/core/registry";

const field = (name) => `.o_field_widget[name='${name}']`;

/** A sales administrator makes an indicator of her own, sees its number while she does, and computes it. */
registry.category("web_tour.tours").add("sales_process_kpi_tour", {
    steps: () => [
        {
            content: "A new indicator",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: `${field("name")} input, ${field("name")} textarea`,
            run: "edit Big deals",
        },
        {
            content: "Of which records?",
            trigger: `${field("model")} input`,
            run: "click",
        },
        {
            content: "Of leads",
            trigger: ".o_select_menu_item:contains(/^Lead$/)",
            run: "click",
        },
        {
            content: "The number of this period stands there at once",
            trigger: `${field("preview")}:contains('records')`,
        },
        {
            content: "Not how many, but which share of them",
            trigger: `${field("measure")} input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Share')",
            run: "click",
        },
        {
            content: "A second condition is asked for, and the share is in percent",
            trigger: `${field("numerator_domain")}`,
        },
        {
            trigger: `${field("preview")}:contains('100.0 %')`,
        },
        {
            content: "Keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Compute it now, rather than tonight",
            trigger: "button[name='action_compute']",
            run: "click",
        },
        {
            content: "Its number is there: open it",
            trigger: "button[name='action_open_current']:contains('100.0 %')",
            run: "click",
        },
        {
            content: "And from there the records that it counts",
            trigger: ".o_form_view button[name='action_open_numerator']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Deal of the tour')",
        },
    ],
});
