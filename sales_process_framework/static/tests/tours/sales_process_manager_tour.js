import { registry } from "@web/core/registry";

const banner = ".o_sales_process_exception_banner";
const sheet = ".o_sales_process_item:contains('Signed sheet')";

/** A manager decides on a lead: an exception that a rep asked for, and a document handed in. */
registry.category("web_tour.tours").add("sales_process_manager_tour", {
    steps: () => [
        {
            content: "The exception says who asks and why",
            trigger: `${banner}:contains('The fair is on Friday')`,
        },
        {
            content: "Approve the exception",
            trigger: `${banner} .o_sales_process_approve:enabled`,
            run: "click",
        },
        {
            trigger: `${banner}:contains('Exception approved')`,
        },
        {
            content: "The document waits for approval",
            trigger: `${sheet}[data-state='waiting'] .o_sales_process_file:contains('sheet.txt')`,
        },
        {
            content: "Start to reject it, and go back",
            trigger: `${sheet} .o_sales_process_reject:enabled`,
            run: "click",
        },
        {
            trigger: `${sheet} .o_sales_process_approval .btn-link`,
            run: "click",
        },
        {
            content: "Approve the document",
            trigger: `${sheet} .o_sales_process_approve:enabled`,
            run: "click",
        },
        {
            trigger: `${sheet}[data-state='met']`,
        },
    ],
});
