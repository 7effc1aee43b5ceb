import { ConnectionAbortedError, rpc } from "@web/core/network/rpc";
import { omit } from "@web/core/utils/objects";

import { isGateError } from "./gate_error";

/**
 * One attempt to move leads that the gate refused and that can be sent again as it was.
 *
 * @typedef {Object} RefusedAttempt
 * @property {object} params of the request
 * @property {(newParams?: object) => Promise<any>} send sends the same request with the same
 *  values, or with other ones
 * @property {(() => void) | null} onAbort called when the caller gives the request up
 */

/** @type {((error: Error, attempt: RefusedAttempt) => Promise<any>) | null} */
let onRefusal = null;

/**
 * Holds the answer of a refused request back until `onRefusal` has settled it. Every way to change
 * a stage in the web client ends in `rpc._rpc`, so statusbar, drag, list edit, buttons and
 * wizards need no code of their own, and keep their unsaved values while the user completes.
 */
function callWithGate(send, url, params, settings = {}) {
    let request = send(url, params, settings);
    if (settings.cache || settings.silent || !onRefusal) {
        // A cached request comes back here without its cache; a silent one asked not to be noticed.
        return request;
    }
    let rejectPromise;
    const attempt = {
        params,
        onAbort: null,
        send(newParams = params) {
            // A request object of the caller is spent after its first use.
            request = send(url, newParams, omit(settings, "xhr"));
            return request;
        },
    };
    const promise = new Promise((resolve, reject) => {
        rejectPromise = reject;
        request.then(resolve, (error) => {
            if (onRefusal && isGateError(error)) {
                onRefusal(error, attempt).then(resolve, reject);
            } else {
                reject(error);
            }
        });
    });
    promise.abort = (rejectError = true) => {
        attempt.onAbort?.();
        request.abort?.(rejectError);
        if (rejectError) {
            rejectPromise(new ConnectionAbortedError("XmlHttpRequestError abort"));
        }
    };
    return promise;
}

/**
 * @param {(error: Error, attempt: RefusedAttempt) => Promise<any>} handler
 */
export function installGateInterceptor(handler) {
    onRefusal = handler;
    if (rpc._rpc.salesProcessGate) {
        return;
    }
    const send = rpc._rpc;
    rpc._rpc = (url, params, settings) => callWithGate(send, url, params, settings);
    rpc._rpc.salesProcessGate = true;
}
