import { _t } from "@web/core/l10n/translation";
import { checkFileSize } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";

/**
 * Uploads files to a lead with Odoo's own upload. Rejects with a readable message as soon as one
 * file is not taken.
 *
 * @returns {(leadId: number, files: File[]) => Promise<number[]>} ids of the attachments
 */
export function useLeadUpload() {
    const http = useService("http");
    const notification = useService("notification");
    return async (leadId, files) => {
        if (files.some((file) => !checkFileSize(file.size, notification))) {
            throw new Error(_t("A file is too large."));
        }
        const answer = await http.post(
            "/web/binary/upload_attachment",
            { csrf_token: odoo.csrf_token, model: "crm.lead", id: leadId, ufile: files },
            "text"
        );
        let uploads;
        try {
            uploads = JSON.parse(answer);
        } catch {
            throw new Error(_t("The upload did not work. Please try again."));
        }
        const failed = uploads.find((upload) => upload.error);
        if (failed) {
            throw new Error(failed.error);
        }
        return uploads.map((upload) => upload.id);
    };
}
