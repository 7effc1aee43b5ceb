import { Component, onPatched, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast, Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { RoadmapBar } from "./roadmap_bar";
import { formatDay, getMonths, getPlace } from "./roadmap_dates";

const PATH = "sales-process-roadmap";
const MODEL = "sales.process.roadmap";
const FILTERS = ["year", "group", "kinds", "process_id", "view"];

/** Improvements of a year on a timeline, with versions, pilots, reviews and rollouts; as a table as well. */
export class SalesProcessRoadmap extends Component {
    static template = "sales_process_framework.Roadmap";
    static components = { Layout, RoadmapBar };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useService("ui");
        this.keepLast = new KeepLast();
        this.mutex = new Mutex();
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        const { current } = router;
        const asked =
            this.props.state ||
            (current.action === PATH && current) ||
            this.props.action.params ||
            {};
        this.state = useState({
            data: false,
            view: asked.view === "table" ? "table" : "timeline",
            focus: false,
            announcement: "",
        });
        useSetupAction({ getLocalState: () => this.link });
        onWillStart(() =>
            this.load({
                year: Number(asked.year) || false,
                group: asked.group || "process",
                kinds: typeof asked.kinds === "string" ? asked.kinds.split(",") : false,
                process_id: Number(asked.process_id) || false,
            })
        );
        onPatched(() => {
            // A bar that was moved by key keeps the focus, wherever it went.
            if (this.state.focus) {
                this.root.el?.querySelector(`[data-key="${this.state.focus}"]`)?.focus();
                this.state.focus = false;
            }
        });
    }

    get groups() {
        return [
            { key: "process", name: _t("By Process") },
            { key: "state", name: _t("By Step") },
            { key: "owner", name: _t("By Person") },
        ];
    }

    get kinds() {
        return [
            { key: "improvement", name: _t("Improvements"), icon: "fa-lightbulb-o" },
            { key: "version", name: _t("Versions"), icon: "fa-code-fork" },
            { key: "pilot", name: _t("Pilots"), icon: "fa-flask" },
            { key: "review", name: _t("Reviews"), icon: "fa-comments-o" },
            { key: "rollout", name: _t("Rollouts"), icon: "fa-bullhorn" },
        ];
    }

    getKind(key) {
        return this.kinds.find((kind) => kind.key === key);
    }

    get data() {
        return this.state.data;
    }

    get months() {
        return getMonths(this.data.year);
    }

    get today() {
        return this.data.today && getPlace(this.data.today, this.data.year);
    }

    /** On a phone a list says more than bars. */
    get showsTable() {
        return this.state.view === "table" || this.ui.isSmall;
    }

    get rows() {
        return this.data.lanes.flatMap((lane) =>
            lane.bars.map((bar) => ({ ...bar, lane: lane.name }))
        );
    }

    get isEmpty() {
        return !this.data.lanes.length && !this.data.undated.length;
    }

    formatDay(text) {
        return text ? formatDay(text) : "–";
    }

    formatSpan({ start, stop }) {
        return start === stop ? formatDay(start) : `${formatDay(start)} – ${formatDay(stop)}`;
    }

    get filters() {
        const { year, group, kinds, process_id } = this.data;
        return { year, group, kinds, process_id };
    }

    get link() {
        const { year, group, kinds, process_id } = this.filters;
        const all = kinds.length === this.kinds.length;
        return {
            year,
            group,
            kinds: all ? undefined : kinds.join(","),
            process_id: process_id || undefined,
            view: this.state.view === "table" ? "table" : undefined,
        };
    }

    async load(filters) {
        const { year, group, kinds, process_id } = filters;
        this.state.data = await this.keepLast.add(
            this.orm.call(MODEL, "get_roadmap", [], { year, group, kinds, process_id })
        );
        this.props.updateActionState?.(
            Object.fromEntries(FILTERS.map((name) => [name, this.link[name]]))
        );
    }

    set(values) {
        return this.load({ ...this.filters, ...values });
    }

    setView(view) {
        this.state.view = view;
        this.props.updateActionState?.({ view: this.link.view });
    }

    toggleKind(key) {
        const { kinds } = this.data;
        const chosen = kinds.includes(key) ? kinds.filter((kind) => kind !== key) : [...kinds, key];
        // None chosen would show nothing: the last one stays.
        return chosen.length && this.set({ kinds: chosen });
    }

    openBar({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    newImprovement() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sales.process.improvement",
            views: [[false, "form"]],
            context: { default_process_id: this.data.process_id },
        });
    }

    /** Show it where it was put at once, then store it and show what the server has. */
    async move(bar, { start, stop }, byKey = false) {
        const shown = this.data.lanes
            .flatMap((lane) => lane.bars)
            .find(({ key }) => key === bar.key);
        if (shown) {
            Object.assign(shown, { start, stop });
        }
        this.state.announcement = _t("%(name)s: %(start)s to %(stop)s", {
            name: bar.name,
            start: formatDay(start),
            stop: formatDay(stop),
        });
        try {
            await this.mutex.exec(() =>
                this.orm.write("sales.process.improvement", [bar.id], {
                    date_start: start,
                    date_end: stop,
                })
            );
        } finally {
            this.state.focus = byKey && bar.key;
            await this.load(this.filters);
        }
    }

    onDate(bar, name, ev) {
        const { value } = ev.target;
        const span = { start: bar.start || value, stop: bar.stop || value, [name]: value };
        if (value && span.start <= span.stop) {
            return this.move(bar, span);
        }
        ev.target.value = bar[name] || "";
    }

    print() {
        browser.print();
    }
}

registry.category("actions").add("sales_process_roadmap", SalesProcessRoadmap);
