// Buttons that copy a text of the page: `<button type="button" data-copier="#id" hidden>Copier</button>`.
//
// Belongs here: copying, and saying so. Does not belong here: what is copied. The page hides the buttons; this script
// shows them, so that none is seen that would do nothing.

const SAID = {
    fr: { done: "Copié", byHand: "Texte sélectionné\u00a0: copiez-le avec Ctrl+C." },
    en: { done: "Copied", byHand: "Text selected: copy it with Ctrl+C." },
};
const SAID_FOR = 4000;

/** Selects an element's text, for browsers that let no script write into the clipboard (a page without HTTPS). */
function select(source) {
    if ("select" in source) source.select();
    else getSelection().selectAllChildren(source);
}

for (const button of document.querySelectorAll("[data-copier]")) {
    const source = document.querySelector(button.dataset.copier);
    if (!source) continue;
    const words = SAID[document.documentElement.lang.slice(0, 2)] ?? SAID.fr;
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    status.className = "copier-etat";
    button.after(status);
    let fading;
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(source.value ?? source.textContent);
            status.textContent = words.done;
        } catch {
            select(source);
            status.textContent = words.byHand;
        }
        clearTimeout(fading);
        fading = setTimeout(() => (status.textContent = ""), SAID_FOR);
    });
    button.hidden = false;
}
