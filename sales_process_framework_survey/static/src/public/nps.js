/**
 * One click in the mail is an answer: the mark that was clicked is sent once somebody has looked at the page for a
 * moment. Programs that open every link of a mail hardly run scripts, and stay on no page. Without this script, the
 * button of the page sends the answer.
 */
(() => {
    const LOOK = 2000; // milliseconds
    const form = document.querySelector("form[data-clicked]");
    if (!form) {
        return;
    }
    let timer = null;
    let isOver = false;

    function stop() {
        isOver = true;
        clearTimeout(timer);
    }

    async function send() {
        stop();
        const values = {
            csrf_token: form.elements.csrf_token.value,
            mark: form.dataset.clicked,
            clicked: "1",
        };
        const answer = await fetch(form.action, {
            method: "POST",
            body: new URLSearchParams(values),
        });
        form.querySelector(".noted").hidden = !answer.ok;
    }

    function look() {
        clearTimeout(timer);
        if (!isOver && document.visibilityState === "visible") {
            timer = setTimeout(() => send().catch(() => {}), LOOK);
        }
    }

    // Whoever chooses or writes something sends it with the button.
    form.addEventListener("input", stop);
    form.addEventListener("submit", stop);
    document.addEventListener("visibilitychange", look);
    look();
})();
