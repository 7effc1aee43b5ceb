import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { user } from "@web/core/user";

import { formatPeriod, getCycles, getSlices } from "./dashboard_format";

/** Period and cut of the figures; every change is a new view with a link of its own. */
export class DashboardFilters extends Component {
    static template = "sales_process_framework.DashboardFilters";
    static components = { Dropdown, DropdownItem, RecordSelector };
    static props = {
        data: Object,
        onChange: Function,
        onSave: Function,
        onForget: Function,
        onChoose: Function,
        onCompute: Function,
        onPrint: Function,
    };

    setup() {
        this.cycles = getCycles();
        this.companies = user.activeCompanies;
        this.state = useState({
            slice: this.getSlice(this.props.data),
            name: "",
            shared: false,
            first: false,
        });
        onWillUpdateProps(({ data }) => {
            this.state.slice = this.getSlice(data);
        });
    }

    getSlice({ filters }) {
        return getSlices().find(({ key }) => filters[key])?.key || "";
    }

    get filters() {
        return this.props.data.filters;
    }

    get slices() {
        return getSlices();
    }

    get slice() {
        return this.slices.find(({ key }) => key === this.state.slice);
    }

    get domain() {
        const companies = [false, this.filters.company_id];
        const allowed = this.props.data.choices[this.state.slice];
        if (allowed) {
            return [["id", "in", allowed]];
        }
        return {
            user_id: [
                ["share", "=", false],
                ["company_ids", "in", [this.filters.company_id]],
            ],
            team_id: [["company_id", "in", companies]],
            process_id: [
                ["company_id", "in", companies],
                ["state", "!=", "draft"],
            ],
        }[this.state.slice];
    }

    get period() {
        return formatPeriod(this.props.data.period);
    }

    base() {
        const { company_id, cycle, period } = this.filters;
        return { company_id, cycle, period };
    }

    cut() {
        const { slice } = this.state;
        return slice && this.filters[slice] ? { [slice]: this.filters[slice] } : {};
    }

    onCycle(ev) {
        // The present period of the new cycle; the old one's first day would lead back in time.
        const { isPresent } = this;
        const period = isPresent ? undefined : this.filters.period;
        this.props.onChange({ ...this.base(), ...this.cut(), cycle: ev.target.value, period });
    }

    get isPresent() {
        return !this.props.data.period.next;
    }

    onPeriod(period) {
        this.props.onChange({ ...this.base(), ...this.cut(), period: period || undefined });
    }

    onDay(ev) {
        if (ev.target.value) {
            this.onPeriod(ev.target.value);
        }
    }

    onCompany(ev) {
        this.props.onChange({ ...this.base(), company_id: Number(ev.target.value) });
    }

    onSlice(ev) {
        this.state.slice = ev.target.value;
        if (!this.state.slice) {
            this.props.onChange(this.base());
        }
    }

    onRecord(resId) {
        if (resId) {
            this.props.onChange({ ...this.base(), [this.state.slice]: resId });
        }
    }

    get placeholder() {
        return _t("Choose…");
    }

    getForgetLabel(favorite) {
        return _t("Delete %s", favorite.name);
    }

    save() {
        const { name, shared, first } = this.state;
        if (name.trim()) {
            this.props.onSave({ name: name.trim(), shared, first });
            Object.assign(this.state, { name: "", shared: false, first: false });
        }
    }
}
