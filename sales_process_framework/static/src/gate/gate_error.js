import { RPCError } from "@web/core/network/rpc";

/** Server name of the refusal of a stage gate. */
export const GATE_ERROR = "odoo.addons.sales_process_framework.exceptions.SalesProcessGateError";

/** Tells on `env.bus` that answers of a lead were stored outside of its form. Detail: leadId. */
export const LEAD_ANSWERED = "SALES_PROCESS:LEAD_ANSWERED";

/**
 * @param {unknown} error
 * @returns {boolean} true for a refusal that carries the moves to show
 */
export function isGateError(error) {
    return (
        error instanceof RPCError &&
        (error.exceptionName === GATE_ERROR || error.data?.name === GATE_ERROR) &&
        Array.isArray(error.data?.context?.moves) &&
        error.data.context.moves.length > 0
    );
}

/**
 * Marks a refusal that the user has seen and turned down, so that nobody shows it a second time.
 *
 * @template {Error} T
 * @param {T} error
 * @returns {T}
 */
export function markHandled(error) {
    error.salesProcessGateHandled = true;
    return error;
}

/**
 * @param {unknown} error
 * @returns {boolean} true for a refusal whose dialog the user closed without moving
 */
export function isHandledGateError(error) {
    return Boolean(error && error.salesProcessGateHandled);
}
