import { deepCopy } from "@web/core/utils/objects";

/** Methods that create leads, with the place of their values among the arguments. */
const VALUES_OF = { create: 0, web_save: 1 };

/**
 * The request that creates the same leads without choosing their stage: the server then puts them
 * into the first stage of their process.
 *
 * @param {object} params of a refused request
 * @returns {object | false} false when the request creates no lead
 */
export function withoutStage(params) {
    const { model, method, args } = params || {};
    const isCreation =
        model === "crm.lead" &&
        (method === "create" ||
            method === "name_create" ||
            (method === "web_save" && args[0].length === 0));
    if (!isCreation) {
        return false;
    }
    const newParams = deepCopy(params);
    delete newParams.kwargs?.context?.default_stage_id;
    const values = newParams.args[VALUES_OF[method]];
    for (const vals of Array.isArray(values) ? values : [values]) {
        if (vals && typeof vals === "object") {
            delete vals.stage_id;
        }
    }
    return newParams;
}
