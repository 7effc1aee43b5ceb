import { Component, onWillStart, useState } from "@odoo/owl";
import { RPCError } from "@web/core/network/rpc";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** What analyses share: they read one page for their filters, and open the records behind its numbers. */
export class AnalysisAction extends Component {
    static template = "";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ page: false, error: "", loading: false, ...this.getView() });
        useSetupAction({ getLocalState: () => this.getLocalState() });
        const { state, action } = this.props;
        onWillStart(() => this.load(state?.filters || action.params?.filters || {}));
    }

    /** What else the page keeps. */
    getView() {
        return {};
    }

    getLocalState() {
        return { filters: this.state.page?.filters };
    }

    /** @returns {Promise<Object>} the page */
    read(_filters) {
        throw new Error("not implemented");
    }

    async load(filters) {
        this.state.loading = true;
        try {
            const page = await this.keepLast.add(this.read(filters));
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

    get filters() {
        return this.state.page.filters;
    }

    count(number) {
        return formatFloat(number, { digits: [16, 0] });
    }

    days(number) {
        return number === null
            ? "–"
            : formatFloat(number, { digits: [16, 1], trailingZeros: false });
    }

    percent(number) {
        return number === null ? "–" : formatPercentage(number / 100, { digits: [16, 0] });
    }

    print() {
        window.print();
    }
}
