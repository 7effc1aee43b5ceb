import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";

/** A share of nothing is no share: its cell stays empty, where Odoo's own percentage says 0 %. */
export function formatShare(value, options = {}) {
    return typeof value === "number"
        ? formatPercentage(value, { ...options, digits: [16, 1], trailingZeros: true })
        : "";
}

registry.category("formatters").add("sales_process_share", formatShare);
