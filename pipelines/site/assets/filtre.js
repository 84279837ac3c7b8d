// Narrows the entries of a list to what a reader types and chooses. Without it, the whole list is there.
// An element with data-filtre="<id>" filters the elements with data-entree inside the element of that id: its search field
// reads their text and their data-mots, its selects their data attributes (lists of words). Groups with no entry left
// are hidden. What was chosen stays in the address, so that it can be sent.

const MARKS = /[\u0300-\u036f]/g;
const fold = (text) =>
  text.normalize("NFKD").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(MARKS, "").replace(/[^a-z0-9]+/g, " ").trim();

for (const form of document.querySelectorAll("[data-filtre]")) {
  const list = document.getElementById(form.dataset.filtre);
  if (list) start(form, list);
}

function start(form, list) {
  const search = form.querySelector("input");
  const selects = [...form.querySelectorAll("select[data-champ]")];
  const count = form.querySelector("[role=status]");
  const groups = [...list.querySelectorAll("[data-groupe]")];
  const entries = [...list.querySelectorAll("[data-entree]")].map((element) => ({
    element,
    text: fold(`${element.textContent} ${element.dataset.mots ?? ""}`),
    fields: new Map(selects.map((select) => [select, new Set((element.dataset[select.dataset.champ] ?? "").split(" "))])),
  }));
  const number = new Intl.NumberFormat(document.documentElement.lang);

  function apply() {
    const words = fold(search.value).split(" ").filter(Boolean);
    const chosen = selects.filter((select) => select.value);
    let shown = 0;
    for (const { element, text, fields } of entries) {
      const kept =
        words.every((word) => text.includes(word)) && chosen.every((select) => fields.get(select).has(select.value));
      element.hidden = !kept;
      shown += kept ? 1 : 0;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-entree]:not([hidden])");
    const { un, plusieurs, aucun } = count.dataset;
    count.textContent = shown ? `${number.format(shown)} ${shown > 1 ? plusieurs : un}` : aucun;
    remember(words.length > 0);
  }

  function remember(searched) {
    const address = new URL(location.href);
    const set = (name, value) => (value ? address.searchParams.set(name, value) : address.searchParams.delete(name));
    set("q", searched ? search.value : "");
    for (const select of selects) set(select.dataset.champ, select.value);
    if (address.href !== location.href) history.replaceState(null, "", address);
  }

  const asked = new URLSearchParams(location.search);
  search.value = asked.get("q") ?? "";
  for (const select of selects) {
    const value = asked.get(select.dataset.champ);
    if ([...select.options].some((option) => option.value === value)) select.value = value;
  }
  form.addEventListener("input", apply);
  form.hidden = false;
  apply();
}
