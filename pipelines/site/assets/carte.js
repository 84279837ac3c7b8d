// The map of destinations: says the contracts of the département pointed at, and shows it alone in the list when chosen.
// Without this script the links of the map lead to the same list, and titles say the same.

const english = document.documentElement.lang === "en";
for (const map of document.querySelectorAll("[data-carte]")) start(map);

function start(map) {
  const status = map.querySelector("[data-carte-lecture]");
  const list = map.querySelector(".carte-liste");
  const entries = new Map([...list.querySelectorAll("li[data-departement]")].map((entry) => [entry.dataset.departement, entry]));
  const linkOf = (event) => (event.target instanceof Element ? event.target.closest("a[data-departement]") : null);
  const all = document.createElement("button");
  let shown = "";

  all.type = "button";
  all.className = "bouton";
  all.hidden = true;
  all.textContent = english ? "Show all départements" : "Afficher tous les départements";
  list.querySelector("summary").after(all);
  status.textContent = status.dataset.invite;

  const say = (event) => {
    const link = linkOf(event);
    if (!link || link.dataset.departement === shown) return;
    shown = link.dataset.departement;
    const names = [...entries.get(shown).querySelectorAll("a")].map((contract) => contract.textContent);
    const head = document.createElement("strong");
    head.textContent = link.querySelector("title").textContent.split("\n")[0];
    status.replaceChildren(head, document.createElement("br"), names.join(english ? "; " : "\u202f; "));
  };
  const choose = (code) => {
    for (const [one, entry] of entries) entry.hidden = code !== "" && one !== code;
    for (const link of map.querySelectorAll("a[data-departement]")) link.classList.toggle("carte-choisi", link.dataset.departement === code);
    all.hidden = code === "";
  };

  map.addEventListener("pointerover", say);
  map.addEventListener("focusin", say);
  map.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (!link) return;
    list.open = true;
    choose(link.dataset.departement); // the link itself then leads to the entry
  });
  all.addEventListener("click", () => {
    choose("");
    list.querySelector("summary").focus();
  });
}
