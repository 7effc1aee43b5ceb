import { WarningDialog, odooExceptionTitleMap } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { GATE_ERROR, isHandledGateError } from "./gate_error";

/**
 * A refusal that its own dialog has shown needs no second dialog and no line in the console.
 *
 * @param {import("@web/env").OdooEnv} env
 * @param {import("@web/core/errors/error_service").UncaughtError} error
 * @param {Error} originalError
 * @returns {boolean}
 */
export function handledGateErrorHandler(env, error, originalError) {
    if (!isHandledGateError(originalError)) {
        return false;
    }
    (error.unhandledRejectionEvent || error.event)?.preventDefault();
    return true;
}

registry
    .category("error_handlers")
    .add("sales_process_gate_handled", handledGateErrorHandler, { sequence: 1 });

// What is left for a refusal that the gate dialog cannot take (a silent request, for instance):
// the readable message of the server instead of a traceback.
registry.category("error_dialogs").add(GATE_ERROR, WarningDialog);
odooExceptionTitleMap.set(GATE_ERROR, _t("Not yet ready for this stage"));
