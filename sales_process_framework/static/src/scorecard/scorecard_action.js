import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { formatPart, formatPeriod, formatSince, formatValue } from "../dashboard/dashboard_format";
import { MendDialog } from "./mend_dialog";

const MODEL = "sales.process.scorecard";
const GOOD = 95;
const FAIR = 75;

/** One person's scorecard of a period: every figure with where it comes from, and what to mend first. */
export class SalesProcessScorecard extends Component {
    static template = "sales_process_framework.Scorecard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ page: false, error: "", loading: false });
        useSetupAction({ getLocalState: () => ({ card: this.state.page?.card?.id }) });
        const asked = this.props.state?.card || this.props.action.params?.card;
        onWillStart(() => this.load(asked || false));
    }

    async load(cardId) {
        this.state.loading = true;
        try {
            const page = await this.keepLast.add(
                this.orm.silent.call(MODEL, "get_scorecard_page", [cardId])
            );
            Object.assign(this.state, { page, error: "" });
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.state.error = error.data.message;
        } finally {
            this.state.loading = false;
        }
    }

    get card() {
        return this.state.page.card;
    }

    get title() {
        return this.state.page.own ? _t("My scorecard") : this.card.user.name;
    }

    get subtitle() {
        return [...this.card.teams, this.card.scheme].join(" · ");
    }

    get history() {
        return this.state.page.history;
    }

    period(period) {
        return formatPeriod(period);
    }

    since(moment) {
        return formatSince(moment);
    }

    value(line, name = "value") {
        return formatValue(line[name], line.unit, this.card.currency_id);
    }

    part(number) {
        return formatPart(number);
    }

    points(number) {
        return formatFloat(number, { digits: [16, 1], trailingZeros: false });
    }

    score(number) {
        return number === null ? "–" : formatFloat(number, { digits: [16, 0] });
    }

    band(score) {
        if (score === null) {
            return "secondary";
        }
        // As it is shown: 94.8 reads 95.
        const shown = Math.round(score);
        return shown >= GOOD ? "success" : shown >= FAIR ? "warning" : "danger";
    }

    word(score) {
        return {
            success: _t("as agreed"),
            warning: _t("nearly"),
            danger: _t("below"),
            secondary: _t("no data"),
        }[this.band(score)];
    }

    width(score) {
        return Math.min((100 * (score || 0)) / this.card.cap, 100);
    }

    async openValue(line) {
        this.action.doAction(
            await this.orm.call(`${MODEL}.line`, "action_open_value", [[line.id]])
        );
    }

    async openMend(line) {
        this.action.doAction(await this.orm.call(`${MODEL}.line`, "action_mend", [[line.id]]));
    }

    openLead(lead) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: lead.id,
            views: [[false, "form"]],
        });
    }

    /** One click: a field is filled in here, anything else on the lead. */
    mend(lead, missing) {
        if (!missing.name || !lead.can_write) {
            return this.openLead(lead);
        }
        this.dialog.add(MendDialog, {
            lead,
            fields: lead.missing.filter(({ name }) => name),
            onSaved: () => this.load(this.card.id),
            onOpen: () => this.openLead(lead),
        });
    }
}

registry.category("actions").add("sales_process_scorecard", SalesProcessScorecard);
