import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";

registerMessageAction("sales-process-customer-feedback", {
    condition: ({ message, store, thread }) =>
        store.sales_process_manages_feedback &&
        ["crm.lead", "res.partner"].includes(thread?.model) &&
        ["comment", "email", "email_outgoing"].includes(message.message_type),
    icon: "fa fa-commenting-o",
    name: _t("Keep as customer feedback"),
    onSelected: async ({ message, store, thread }) => {
        const { orm, action } = store.env.services;
        await action.doAction(
            await orm.call("sales.process.feedback", "action_log_customer", [
                thread.model,
                thread.id,
                message.id,
            ])
        );
    },
    sequence: 106,
});
