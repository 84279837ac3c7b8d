// What every page gains from scripts: buttons that copy a text. Without scripts the text is there to be selected.

const words = document.documentElement.lang === "fr" ? { copied: "Copié" } : { copied: "Copied" };

for (const button of document.querySelectorAll("button[data-copie]")) {
  const label = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const target = document.getElementById(button.dataset.copie);
    await navigator.clipboard.writeText(target.textContent.trim());
    button.querySelector("[data-mot]").textContent = words.copied;
    window.setTimeout(() => (button.querySelector("[data-mot]").textContent = label.trim()), 2000);
  });
}
