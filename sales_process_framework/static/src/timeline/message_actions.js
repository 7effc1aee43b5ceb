import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";

registerMessageAction("sales-process-mark-contact", {
    condition: ({ message, store, thread }) =>
        store.sales_process_records_touches &&
        thread?.model === "crm.lead" &&
        message.isNote &&
        message.message_type === "comment",
    icon: "fa fa-handshake-o",
    name: _t("Mark as customer contact"),
    onSelected: async ({ message, store, thread }) => {
        await store.env.services.orm.call("crm.lead", "sales_process_mark_contact", [
            [thread.id],
            message.id,
        ]);
        store.env.services.notification.add(_t("The note counts as a contact with the customer."), {
            type: "success",
        });
    },
    sequence: 105,
});
