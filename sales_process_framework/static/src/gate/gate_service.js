import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

import { SalesProcessGateDialog } from "../dialog/gate_dialog";
import { withoutStage } from "./create_params";
import { isGateError, markHandled } from "./gate_error";
import { installGateInterceptor } from "./gate_interceptor";

/**
 * Shows the refusals of the stage gate, one dialog at a time, and sends the refused request again
 * once its leads are complete.
 */
export const salesProcessGateService = {
    dependencies: ["dialog"],
    start(env, { dialog }) {
        let lastTurn = Promise.resolve();
        let pending = 0;

        /** Resolves with the answer of the move, rejects when the user leaves the dialog. */
        function showRefusal(error, attempt) {
            const createParams = withoutStage(attempt.params);
            return new Promise((resolve, reject) => {
                let settled = false;
                let sending = false;
                let closed = false;
                const settle = (callback, value) => {
                    settled = true;
                    callback(value);
                };
                const close = dialog.add(
                    SalesProcessGateDialog,
                    {
                        moves: error.data.context.moves,
                        canCreateInFirstStage: Boolean(createParams),
                        /**
                         * @returns {Promise<object[] | false>} the moves that are still refused
                         */
                        retry: async ({ inFirstStage = false } = {}) => {
                            sending = true;
                            try {
                                const params = inFirstStage ? createParams : attempt.params;
                                settle(resolve, await attempt.send(params));
                                return false;
                            } catch (newError) {
                                if (isGateError(newError)) {
                                    error = newError;
                                    if (closed) {
                                        settle(reject, markHandled(error));
                                    }
                                    return error.data.context.moves;
                                }
                                if (newError instanceof ConnectionLostError && !closed) {
                                    throw newError;
                                }
                                // Not about the gate: the caller shows it as it always does.
                                settle(reject, newError);
                                return false;
                            } finally {
                                sending = false;
                            }
                        },
                    },
                    {
                        onClose: () => {
                            closed = true;
                            if (!settled && !sending) {
                                settle(reject, markHandled(error));
                            }
                        },
                    }
                );
                attempt.onAbort = () => {
                    settled = true;
                    close();
                };
            });
        }

        /** Lets refusals wait for each other: a second dialog would hide the first. */
        async function onRefusal(error, attempt) {
            const turn = lastTurn;
            let release;
            lastTurn = new Promise((resolve) => (release = resolve));
            const mustWait = pending > 0;
            pending++;
            let aborted = false;
            attempt.onAbort = () => (aborted = true);
            try {
                await turn;
                if (aborted) {
                    throw markHandled(error);
                }
                if (mustWait) {
                    // What was missing may have been completed in the dialog before this one.
                    try {
                        return await attempt.send();
                    } catch (newError) {
                        if (!isGateError(newError)) {
                            throw newError;
                        }
                        error = newError;
                    }
                }
                return await showRefusal(error, attempt);
            } finally {
                pending--;
                release();
            }
        }

        installGateInterceptor(onRefusal);
        return { onRefusal };
    },
};

registry.category("services").add("sales_process_gate", salesProcessGateService);
