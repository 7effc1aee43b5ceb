import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatDate, deserializeDateTime } from "@web/core/l10n/dates";
import { Layout } from "@web/search/layout";

import { AnalysisAction } from "../analysis/analysis_action";
import { AnalysisFilters } from "../analysis/analysis_filters";
import { AllowDialog } from "./allow_dialog";
import { PathMap } from "./path_map";

const MODEL = "sales.process.conformance";
const FIRST_SHOWN = 10;

/** How deals really go beside the order of the process: the path map, its paths and deviations. */
export class SalesProcessConformance extends AnalysisAction {
    static template = "sales_process_framework.Conformance";
    static components = { AnalysisFilters, Layout, PathMap };

    setup() {
        super.setup();
        this.dialog = useService("dialog");
        this.ui = useService("ui");
    }

    getView() {
        const kept = this.props.state || {};
        return { share: kept.share || 90, basis: kept.basis || "started", path: false, all: false };
    }

    getLocalState() {
        const { share, basis } = this.state;
        return { ...super.getLocalState(), share, basis };
    }

    read(filters) {
        return this.orm.silent.call(MODEL, "get_paths", [filters, this.state.basis]);
    }

    get page() {
        return this.state.page;
    }

    onBasis(ev) {
        this.state.basis = ev.target.value;
        this.load(this.filters);
    }

    onShare(ev) {
        this.state.share = Number(ev.target.value);
    }

    // --- what the slider leaves -----------------------------------------------------------------------

    /** The most frequent paths that hold the chosen share of the deals. */
    get shownVariants() {
        const { total, variants } = this.page;
        const shown = [];
        let reached = 0;
        for (const variant of variants) {
            if (reached * 100 >= this.state.share * total) {
                break;
            }
            shown.push(variant);
            reached += variant.deals;
        }
        return shown;
    }

    /** The map of these paths; with all of them the one that the server counted. */
    get map() {
        const { nodes, edges, ends, variants } = this.page;
        const shown = this.shownVariants;
        if (shown.length === variants.length && this.state.share === 100) {
            return { nodes, edges, ends, count: shown.length + this.page.others.variants };
        }
        const key = (from, to) => `${from}-${to}`;
        const steps = {};
        const moves = {};
        const endings = {};
        for (const variant of shown) {
            const { path, deals } = variant;
            path.forEach((position, index) => {
                steps[position] = (steps[position] || 0) + deals;
                if (index) {
                    const move = key(path[index - 1], position);
                    moves[move] = (moves[move] || 0) + deals;
                }
            });
            for (const outcome of ["won", "lost", "open", "archived"]) {
                const end = `${path.at(-1)}-${outcome}`;
                endings[end] = (endings[end] || 0) + variant[outcome];
            }
        }
        return {
            nodes: nodes
                .filter(({ position }) => steps[position])
                .map((node) => ({ ...node, count: steps[node.position] })),
            edges: edges
                .filter(({ from, to }) => moves[key(from, to)])
                .map((edge) => ({ ...edge, count: moves[key(edge.from, edge.to)] })),
            ends: ends.map((end) => ({
                ...end,
                count: endings[`${end.from}-${end.outcome}`] || 0,
            })),
            count: shown.length,
        };
    }

    get covered() {
        const deals = this.shownVariants.reduce((sum, { deals }) => sum + deals, 0);
        return this.page.total ? (100 * deals) / this.page.total : 0;
    }

    get listedVariants() {
        return this.state.all ? this.page.variants : this.page.variants.slice(0, FIRST_SHOWN);
    }

    // --- words -----------------------------------------------------------------------------------------

    stageName(position) {
        const { stages } = this.page;
        if (!position) {
            return _t("Outside");
        }
        return stages[position - 1]?.name || _t("Won");
    }

    pathName(path) {
        return path.map((position) => this.stageName(position)).join(" → ");
    }

    kindName(kind) {
        return {
            skipped: _t("Skipped"),
            out_of_order: _t("Went back to"),
            repeated: _t("Entered again"),
            too_long: _t("Too long in"),
            outside: _t("Outside the process"),
        }[kind];
    }

    kindIcon(kind) {
        return {
            skipped: "fa-fast-forward",
            out_of_order: "fa-undo",
            repeated: "fa-repeat",
            too_long: "fa-clock-o",
            outside: "fa-external-link",
        }[kind];
    }

    deviationName({ kind, position }) {
        return position
            ? `${this.kindName(kind)}: ${this.stageName(position)}`
            : this.kindName(kind);
    }

    get conformingShare() {
        return this.page.total ? (100 * this.page.conforming) / this.page.total : null;
    }

    get fitness() {
        return this.page.fitness === null ? null : 100 * this.page.fitness;
    }

    get outcomeText() {
        const { won, lost, win_rate } = this.page.outcome;
        return _t("%(won)s won · %(lost)s lost · %(rate)s win rate", {
            won: this.count(won),
            lost: this.count(lost),
            rate: this.percent(win_rate),
        });
    }

    get daysText() {
        return _t(
            "Median %s days from the first stage to the end, or to today",
            this.days(this.page.outcome.days)
        );
    }

    get coveredText() {
        return _t("%(paths)s paths, %(share)s of the deals", {
            paths: this.count(this.map.count),
            share: this.percent(this.covered),
        });
    }

    /** What the list leaves out, and what the past was made of. */
    get restText() {
        const { others, rebuilt } = this.page;
        const sentences = [];
        if (others.variants) {
            sentences.push(
                _t(
                    "%(paths)s rarer paths of %(deals)s deals are counted on the map and in the deviations.",
                    {
                        paths: this.count(others.variants),
                        deals: this.count(others.deals),
                    }
                )
            );
        }
        if (rebuilt) {
            sentences.push(
                _t(
                    "%s paths begin before the process was in use, as CRM's own log tells.",
                    this.count(rebuilt)
                )
            );
        }
        return sentences.join(" ");
    }

    get strictText() {
        const { conforming, strict } = this.page;
        return conforming > strict
            ? _t("%s of them by what is allowed", this.count(conforming - strict))
            : "";
    }

    date(moment) {
        return formatDate(deserializeDateTime(moment));
    }

    /** Deals of a deviation are compared with all of them. */
    rateClass(row) {
        const rate = this.page.outcome.win_rate;
        if (row.win_rate === null || rate === null || row.won + row.lost < 10) {
            return "";
        }
        return row.win_rate < rate ? "text-danger" : "text-success";
    }

    // --- what is clicked -------------------------------------------------------------------------------

    async open(what) {
        this.action.doAction(
            await this.orm.call(MODEL, "get_deals_action", [this.filters, this.state.basis, what])
        );
    }

    openVariant({ path, joined }) {
        return this.open({ path, joined });
    }

    isAllowed(row) {
        return row.allowed >= row.deals;
    }

    allowVariant(variant) {
        this.askToAllow(_t("Allow the path %s", this.pathName(variant.path)), {
            kind: "variant",
            path: variant.path.join("-"),
        });
    }

    allowDeviation(row) {
        const stage = this.page.stages[row.position - 1];
        this.askToAllow(_t("Allow: %s", this.deviationName(row)), {
            kind: row.kind,
            process_stage_id: stage ? stage.id : false,
        });
    }

    askToAllow(title, values) {
        this.dialog.add(AllowDialog, {
            title,
            values: { ...values, process_id: this.filters.process_id },
            teams: this.page.choices.teams,
            onAllowed: () => this.load(this.filters),
        });
    }

    takeBack(rule) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Take it back?"),
            body: _t(
                "“%s” will count as a deviation again. The log keeps who allowed it.",
                rule.name
            ),
            confirmLabel: _t("Take Back"),
            confirm: async () => {
                await this.orm.write("sales.process.variant.allowed", [rule.id], {
                    active: false,
                });
                await this.load(this.filters);
            },
            cancel: () => {},
        });
    }
}

registry.category("actions").add("sales_process_conformance", SalesProcessConformance);
