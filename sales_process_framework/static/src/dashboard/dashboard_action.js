import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Alerts } from "./alerts";
import { DashboardEmpty } from "./dashboard_empty";
import { DashboardFilters } from "./dashboard_filters";
import { formatPeriod, formatSince } from "./dashboard_format";
import { Funnel } from "./funnel";
import { Goals } from "./goals";
import { Headlines } from "./headlines";
import { HeatMap } from "./heat_map";
import { IndicatorBoard } from "./indicator_board";
import { IndicatorDetail } from "./indicator_detail";
import { Service } from "./service";

const MODEL = "sales.process.dashboard";
const PATH = "sales-dashboard";
const FILTERS = [
    "company_id",
    "cycle",
    "period",
    "team_id",
    "user_id",
    "process_id",
    "source_id",
    "country_id",
    "tag_id",
];
/** What else a link reproduces: the indicator looked at, the band picked out, the process, the heat map's columns. */
const VIEW = ["kpi", "band", "funnel", "by"];

/** Indicators, funnel, stalls, goals, alerts and answers of one period: what a manager steers by. */
export class SalesProcessDashboard extends Component {
    static template = "sales_process_framework.Dashboard";
    static components = {
        Alerts,
        DashboardEmpty,
        DashboardFilters,
        Funnel,
        Goals,
        Headlines,
        HeatMap,
        IndicatorBoard,
        IndicatorDetail,
        Layout,
        Service,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.detail = useRef("detail");
        const asked = this.getAsked();
        this.state = useState({
            data: false,
            stages: false,
            goals: false,
            error: false,
            loading: false,
            kpi: asked.kpi || false,
            band: asked.band || "",
            funnel: asked.funnel || false,
            by: asked.by === "team" ? "team" : "age",
        });
        useSetupAction({ getLocalState: () => this.link });
        onWillStart(() => this.load(this.pick(asked, FILTERS)));
    }

    // --- reading -----------------------------------------------------------------------------------

    pick(values, names) {
        return Object.fromEntries(
            names.filter((name) => values[name]).map((name) => [name, values[name]])
        );
    }

    /** Where the way back leads, or a link, or the view that an action asks for. */
    getAsked() {
        const { current } = router;
        return (
            this.props.state ||
            (current.action === PATH && current) ||
            this.props.action.params ||
            {}
        );
    }

    /** A filter that is wrong says so where the figures would be, with a way out. */
    async load(filters) {
        this.state.loading = true;
        try {
            const data = await this.keepLast.add(
                this.orm.silent.call(MODEL, "get_dashboard", [filters])
            );
            Object.assign(this.state, { data, error: false, stages: data.stages, goals: false });
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.state.error = error.data.message;
            return;
        } finally {
            this.state.loading = false;
        }
        this.props.updateActionState?.(this.urlState);
        this.loadMore("goals", "get_goals");
        if (!this.state.stages) {
            this.loadMore("stages", "get_stages");
        }
    }

    /** What is counted only when asked for comes later; the rest is shown meanwhile. */
    async loadMore(name, method) {
        const { data } = this.state;
        const values = await this.orm.silent.call(MODEL, method, [data.filters]);
        if (data === this.state.data) {
            this.state[name] = values;
        }
    }

    get link() {
        const { data } = this.state;
        return { ...(data ? data.filters : {}), ...this.pick(this.state, VIEW) };
    }

    /** All keys, so that one that is not set any more leaves the address. */
    get urlState() {
        const { link } = this;
        return Object.fromEntries([...FILTERS, ...VIEW].map((name) => [name, link[name]]));
    }

    setView(values) {
        Object.assign(this.state, values);
        this.props.updateActionState?.(this.urlState);
    }

    get filters() {
        return this.state.data.filters;
    }

    get title() {
        return formatPeriod(this.state.data.period);
    }

    get subtitle() {
        const { title } = this;
        const since = formatSince(this.state.data.computed);
        return since ? _t("%(period)s · computed %(since)s", { period: title, since }) : title;
    }

    /** The process whose stages are shown: the one chosen, or the one with most open deals. */
    get process() {
        const processes = this.state.stages?.processes || [];
        return processes.find(({ id }) => id === this.state.funnel) || processes[0] || false;
    }

    /** The chosen indicator, or the first one in the alert band, or the first one with a value. */
    get indicator() {
        const rows = this.state.data.indicators.filter(({ note }) => !note);
        return (
            rows.find(({ code }) => code === this.state.kpi) ||
            rows.find((row) => row.has_bands && row.has_data && row.band === "alert") ||
            rows.find((row) => row.has_data) ||
            rows[0]
        );
    }

    // --- what is clicked -----------------------------------------------------------------------------

    select(indicator) {
        this.setView({ kpi: indicator.code });
        this.detail.el?.scrollIntoView({ behavior: "smooth", block: "nearest" });
    }

    onProcess(ev) {
        this.setView({ funnel: Number(ev.target.value) });
    }

    openIndicator(indicator, part) {
        return this.openValue(indicator.value_id, part);
    }

    /** A figure that is stored knows its records; one that was counted for this view is found again. */
    async openPassed(stage) {
        if (stage.conversion.value_id) {
            return this.openValue(stage.conversion.value_id, "denominator");
        }
        await this.action.doAction(
            await this.orm.call(MODEL, "get_passed_action", [this.filters, stage.id])
        );
    }

    async openValue(valueId, part) {
        if (valueId) {
            await this.action.doAction(
                await this.orm.call("sales.process.kpi.value", "get_records_action", [
                    [valueId],
                    part,
                ])
            );
        }
    }

    async openDeals(stage, part) {
        await this.action.doAction(
            await this.orm.call(MODEL, "get_deals_action", [this.filters, stage.id, part])
        );
    }

    openAlerts({ severity, alert }) {
        const { domain } = this.state.data.alerts;
        return this.openRecords(
            _t("Alerts"),
            "sales.process.alert",
            severity ? [...domain, ["severity", "=", severity]] : domain,
            alert
        );
    }

    openGoals(goal) {
        return this.openRecords(_t("Goals"), "sales.process.target", this.state.goals.domain, goal);
    }

    openService(row = { key: "late", model: "sales.process.response", name: _t("Late answers") }) {
        return this.openRecords(row.name, row.model, this.state.data.service.domains[row.key]);
    }

    openRecords(name, model, domain, record) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            ...(record ? { res_id: record.id } : { domain }),
            views: record
                ? [[false, "form"]]
                : [
                      [false, "list"],
                      [false, "form"],
                  ],
        });
    }

    openProcesses() {
        return this.action.doAction("sales_process_framework.sales_process_import_action", {
            onClose: () => this.load({}),
        });
    }

    async compute() {
        await this.orm.call(MODEL, "action_compute", [this.filters]);
        await this.load(this.filters);
        this.notification.add(_t("The figures are up to date."), { type: "success" });
    }

    // --- favourites and paper ------------------------------------------------------------------------

    choose(favorite) {
        return this.load(favorite.filters);
    }

    async save({ name, shared, first }) {
        // The period is the present one whenever the favourite is chosen.
        const { period: _period, ...filters } = this.filters;
        await this.orm.create("sales.process.dashboard.favorite", [
            { name, filters, user_id: shared ? false : user.userId, is_default: first && !shared },
        ]);
        await this.load(this.filters);
        this.notification.add(_t("Kept among your favourites."), { type: "success" });
    }

    async forget(favorite) {
        await this.orm.unlink("sales.process.dashboard.favorite", [favorite.id]);
        await this.load(this.filters);
    }

    print() {
        browser.print ? browser.print() : window.print();
    }
}

registry.category("actions").add("sales_process_dashboard", SalesProcessDashboard);
