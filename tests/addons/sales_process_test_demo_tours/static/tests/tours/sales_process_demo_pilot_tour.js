import { registry } from "@web/core/registry";

const field = (name) => `.o_field_widget[name='${name}']`;
const report = ".o_sales_process_pilot_report";
const plan = ".o_sales_process_pilot_plan";
const column = (title) => `.o_kanban_group:has(.o_column_title:contains('${title}'))`;
const tag = (name, text) => `${field(name)} .o_tag:contains('${text}')`;

/** Choose a record in a field by what it is called. */
const choose = (name, text) => [
    { trigger: `${field(name)} input`, run: `edit ${text}` },
    { trigger: `.o-autocomplete--dropdown-item:contains('${text}')`, run: "click" },
];

const check = (condition, message) => {
    if (!condition) {
        throw new Error(message);
    }
};

/** All numbers of a text, whatever day it is. */
const numbersOf = (text) =>
    (text.replace(/[\uFEFF,]/g, "").match(/[-+]?\d+(\.\d+)?/g) || []).map(Number);

/** The row of a stage: median days, gate passed, went on; each of the baseline and of the candidate. */
const stageRow = (name) => {
    const rows = [...document.querySelectorAll(`${report} tbody tr`)];
    const row = rows.find((each) => each.cells[0].textContent.trim() === name);
    check(row, `The stage ${name} is missing`);
    return [...row.cells].slice(1).map((cell) => {
        const [value, records] = numbersOf(cell.textContent);
        return { value, records };
    });
};

/** What the manager reads of a pilot under way: arms, feedback, stage by stage. */
const checkReport = (feedback) => {
    const text = document.querySelector(report).textContent;
    const leads = [...text.matchAll(/(\d+) leads/g)].map((match) => Number(match[1]));
    check(leads.length === 2, `Two arms, not ${leads}`);
    check(Math.min(...leads) >= 10, `Both arms have leads: ${leads}`);
    check(Math.abs(leads[0] - leads[1]) <= 4, `The arms are as large as each other: ${leads}`);
    const pieces = [...text.matchAll(/(\d+) pieces of feedback/g)].map((match) => Number(match[1]));
    check(pieces.length >= feedback, `Feedback of ${feedback} arms: ${pieces}`);
    const first = document.querySelector(`${report} tbody tr`).cells[0].textContent.trim();
    check(first === "Lead acquisition", `The stages in the order of the process: ${first} first`);
    for (const stage of ["Lead acquisition", "Lead nurturing", "Needs diagnosis"]) {
        const cells = stageRow(stage);
        check(cells.length === 6, `${stage}: two arms, three figures`);
        for (const { value, records } of cells) {
            check(value >= 0 && records >= 1, `${stage}: ${value} of ${records} records`);
        }
        for (const { value } of cells.slice(2)) {
            check(value <= 100, `${stage}: a share of ${value} %`);
        }
    }
};

let size = 0;
let days = 0;

const readPlan = () => {
    const text = document.querySelector(plan).textContent;
    const [needed] = numbersOf(text);
    const [, leads, rate, length] = text
        .match(/about (\d+) leads; at ([\d.]+) a day about (\d+) days/)
        .map(Number);
    check(needed > 0 && leads >= needed, `${needed} figures of ${leads} leads`);
    check(rate > 0 && length > 0, `${leads} leads at ${rate} a day in ${length} days`);
    return { needed, length };
};

/**
 * On the demo company a manager follows a pilot that goes on, closes one by what its data say, and sets up the next
 * one with the version after the adopted one.
 */
registry.category("web_tour.tours").add("sales_process_demo_pilot_tour", {
    steps: () => [
        // --- what is there ---
        { trigger: `${column("Draft")} .o_kanban_record:contains('References on video')` },
        { trigger: `${column("Dropped")} .o_kanban_record:contains('Quotation only after')` },
        {
            content: "One is to be decided about",
            trigger: `${column("Analysis")} .o_kanban_record:contains('Nurturing within'):contains('Candidate is better')`,
        },
        // --- one goes on ---
        {
            content: "One goes on",
            trigger: `${column("Under Way")} .o_kanban_record:contains('First talk')`,
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Under Way')" },
        {
            content: "How far it is",
            trigger: ".o_form_sheet .alert:contains('Not enough data')",
            run() {
                const [count, planned] = numbersOf(this.anchor.textContent);
                check(count > 0 && count < planned, `${count} of ${planned} records`);
            },
        },
        { trigger: `${report} h4:contains('Stage by stage')`, run: () => checkReport(0) },
        {
            content: "Begun: the question is settled",
            trigger: `${field("question")}.o_readonly_modifier:contains('Do deals pass their stages faster')`,
        },
        { trigger: "button[name='action_follow']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Under Way')" },
        { trigger: ".breadcrumb-item:contains('Pilots') a", run: "click" },

        // --- one is over ---
        {
            trigger: `${column("Analysis")} .o_kanban_record:contains('Nurturing within')`,
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Analysis')" },
        { content: "Now, not tonight", trigger: "button[name='action_follow']", run: "click" },
        { trigger: ".o_form_sheet .alert:contains('The candidate is better')" },
        {
            content: "The effect, with its interval",
            trigger: `${report} p:contains('Time per stage'):contains('with the candidate')`,
            run() {
                const text = this.anchor.textContent;
                const [candidate, baseline, difference, low, high] = numbersOf(text);
                check(candidate < baseline, `${candidate} days instead of ${baseline}`);
                check(low < difference && difference < high, `${difference} in ${low} to ${high}`);
                check(high < 0, `No effect is outside of the interval: ${low} to ${high}`);
                const [relative] = numbersOf(text.split("Relative to the baseline")[1]);
                check(relative < 0, `Relative ${relative}`);
            },
        },
        {
            content: "Arm by arm and stage by stage",
            trigger: `${report} h4:contains('Stage by stage')`,
            run: () => checkReport(2),
        },
        {
            content: "The figures of both arms as boxes",
            trigger: `${report} svg:has(rect)`,
            run() {
                const [baseline, candidate] = [...this.anchor.querySelectorAll("rect")];
                const middle = (box) =>
                    Number(box.parentElement.lastElementChild.getAttribute("x1"));
                check(
                    middle(candidate) < middle(baseline),
                    "The median of the candidate lies left"
                );
            },
        },
        {
            content: "The looks, the last one beyond the bound",
            trigger: `${report} svg:has(circle)`,
            run() {
                const dots = [...this.anchor.querySelectorAll("circle")];
                check(dots.length >= 2, `${dots.length} looks`);
                const [z, bound] = document
                    .querySelector(report)
                    .textContent.replace(/\uFEFF/g, "")
                    .match(/z = (-?\d+(?:\.\d+)?), bound ±(\d+(?:\.\d+)?)/)
                    .slice(1)
                    .map(Number);
                check(Math.abs(z) >= bound, `${z} beyond ${bound}`);
            },
        },
        {
            content: "No guardrail is broken",
            trigger: `${report}:contains('Win rate'):not(:has(.text-bg-danger))`,
        },
        { trigger: `${report} h4:contains('Assumptions')` },
        { trigger: `${report} li:contains('The arms are as large as the draw meant them')` },
        {
            content: "Day by day",
            trigger: ".o_notebook .nav-link:contains('Daily Figures')",
            run: "click",
        },
        { trigger: `${field("result_ids")} .o_data_row:contains('Candidate')` },

        // --- decided ---
        { trigger: "button[name='action_open_decision']", run: "click" },
        { trigger: ".modal .alert:contains('The candidate is better')" },
        { trigger: `.modal ${tag("team_ids", "Manufacturing Accounts")}` },
        {
            content: "The other team is in a pilot of its own",
            trigger: `.modal ${field("team_ids")}:not(:contains('Technology Accounts'))`,
        },
        {
            content: "Not without a reason",
            trigger: ".modal button[name='action_decide']",
            run: "click",
        },
        {
            trigger: ".modal:contains('Give the reasons') .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: `.modal ${field("reason")} textarea`,
            run: "edit A third faster, and customers say so too.",
        },
        { trigger: ".modal button[name='action_decide']", run: "click" },
        { trigger: ".o_form_view:not(:has(.modal)) .o_arrow_button_current:contains('Adopted')" },
        { trigger: ".o_notebook .nav-link:contains('Report')", run: "click" },
        {
            content: "The report says who decided what, and why",
            trigger: `${report} p:contains('Adopt'):contains('Li Wei-Ting'):contains('A third faster, and customers say so')`,
        },
        { trigger: "body:not(:has(button[name='action_open_decision']))" },

        // --- the next version ---
        { trigger: `${field("candidate_process_id")} a`, run: "click" },
        {
            content: "The candidate is in use",
            trigger: ".o_breadcrumb:contains('B2B sales, eight stages 1.1')",
        },
        { trigger: ".o_arrow_button_current:contains('Active')" },
        { trigger: tag("team_ids", "Manufacturing Accounts") },
        { trigger: `${field("team_ids")}:not(:contains('Technology Accounts'))` },
        { trigger: "button[name='action_new_version']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Draft')" },
        { trigger: `${field("predecessor_id")}:contains('B2B sales, eight stages 1.1')` },
        {
            content: "Less time for the analysis too",
            trigger: ".o_data_row:contains('Needs diagnosis') td[name='time_limit_days']",
            run: "click",
        },
        { trigger: ".o_selected_row [name='time_limit_days'] input", run: "edit 5" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
        {
            trigger:
                ".o_data_row:contains('Needs diagnosis') td[name='time_limit_days']:contains('5')",
        },

        // --- its pilot ---
        { trigger: "button[name='action_try_in_pilot']", run: "click" },
        {
            trigger: `${field("name")} input:value('B2B sales, eight stages 1.3'), ${field("name")} textarea:value('B2B sales, eight stages 1.3')`,
            run: "edit Needs analysis within a week",
        },
        {
            content: "It is compared with the version in use, in the team that follows that one",
            trigger: `${field("baseline_process_id")} input:value('B2B sales, eight stages 1.1')`,
        },
        { trigger: tag("team_ids", "Manufacturing Accounts") },
        {
            trigger: `${field("question")} textarea`,
            run: "edit Do deals pass their stages faster when the needs analysis takes a week at most?",
        },
        ...choose("kpi_id", "Time per stage"),
        { trigger: `${field("effect_wanted")} input`, run: "edit -30" },
        ...choose("guardrail_ids", "Win rate"),
        ...choose("guardrail_ids", "Average deal"),
        {
            content: "Half of the leads of the team, drawn by lot",
            trigger: `${field("split")} .o_radio_item:has(input:checked):contains('By lead')`,
        },
        { trigger: ".o_notebook .nav-link:contains('Plan')", run: "click" },
        { trigger: "button[name='action_plan']:contains('Plan')", run: "click" },
        {
            content: "From a year of the team's deals",
            trigger: `${plan}:contains('in both arms together')`,
            run() {
                ({ needed: size, length: days } = readPlan());
                const [present] = numbersOf(this.anchor.textContent.split("Present value:")[1]);
                check(present > 0, `${present} days at present`);
            },
        },
        {
            content: "It would take longer than three sales cycles",
            trigger: `${plan} li:contains('Choose more cycles, more teams or a larger effect')`,
        },
        {
            content: "Nobody new is among them",
            trigger: `${plan} li:contains('people are experienced')`,
        },
        {
            content: "Maria has plans with the team",
            trigger: `${plan} li:contains('“References on video” is planned or runs with Manufacturing Accounts')`,
        },
        {
            content: "A larger effect needs fewer leads",
            trigger: `${field("effect_wanted")} input`,
            run: "edit -60",
        },
        { trigger: "button[name='action_plan']", run: "click" },
        {
            trigger: `${plan}:contains('-60')`,
            run() {
                const again = readPlan();
                check(again.needed < size, `${again.needed} instead of ${size} records`);
                check(again.length < days, `${again.length} instead of ${days} days`);
                size = again.needed;
            },
        },

        // --- a team that is not free ---
        ...choose("team_ids", "Technology Accounts"),
        { trigger: tag("team_ids", "Technology Accounts") },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "Another design, another plan",
            trigger: "button[name='action_plan'].btn-primary",
            run: "click",
        },
        {
            trigger: `${plan} li:contains('“First talk within two days” is planned or runs with Technology Accounts')`,
        },
        { trigger: "button[name='action_start']", run: "click" },
        { trigger: ".modal-footer button.btn-primary:contains('Ok')", run: "click" },
        {
            content: "The team works by another version",
            trigger:
                ".modal:contains('Technology Accounts does not follow') .modal-footer .btn-primary",
            run: "click",
        },
        { trigger: `${tag("team_ids", "Technology Accounts")} .o_delete`, run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "button[name='action_plan'].btn-primary", run: "click" },
        {
            trigger: `${plan}:not(:contains('Technology Accounts'))`,
            run: () => check(readPlan().needed === size, "The same plan as before"),
        },

        // --- started ---
        { trigger: "button[name='action_start']", run: "click" },
        { trigger: ".modal-footer button.btn-primary:contains('Ok')", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Under Way')" },
        {
            trigger: ".o_form_sheet .alert:contains('Not enough data: 0 of the planned')",
            run() {
                const [count, planned] = numbersOf(this.anchor.textContent);
                check(count === 0 && planned === size, `${count} of ${planned}, planned ${size}`);
            },
        },
        {
            content: "The version that is tried",
            trigger: `${field("candidate_process_id")} a:contains('B2B sales, eight stages 1.3')`,
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Pilot')" },
        { trigger: ".oe_stat_button[name='action_try_in_pilot']:contains('1')" },
    ],
});
