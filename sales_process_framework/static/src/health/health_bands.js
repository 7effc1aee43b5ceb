import { _t } from "@web/core/l10n/translation";

const CLASSES = { good: "text-bg-success", watch: "text-bg-warning", poor: "text-bg-danger" };

export function healthClass(band) {
    return CLASSES[band] || "text-bg-secondary";
}

export function healthLabel(band) {
    switch (band) {
        case "good":
            return _t("good");
        case "watch":
            return _t("watch");
        case "poor":
            return _t("poor");
    }
    return _t("not scored yet");
}
