// The preview of a table, in place of its first rows: search, sort, filters, choice of columns, pages, CSV.
//
// Belongs here: the page's elements and what is done with them. Does not belong here: answers about rows
// (`apercu-donnees.js`), sentences (`apercu-mots.js`), the address (`apercu-etat.js`).
//
// Data enter the page as text only. Without this script, or when it fails, the first rows stay on the page.

import { bounds, readTable } from "./apercu-donnees.js";
import { fromFragment, isOurs, toFragment, untouched } from "./apercu-etat.js";
import { wordsOf } from "./apercu-mots.js";

const ROWS_PER_PAGE = 50;
const TYPING_PAUSE = 200;
/** From so many characters, a text is a sentence as it was typed, no name and no label. */
const SENTENCE = 60;

/** An element with its properties (names with a dash are attributes) and its children, texts among them. */
function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (name.includes("-") || name === "role" || name === "scope") made.setAttribute(name, value);
        else made[name] = value;
    }
    made.append(...children);
    return made;
}

let fields = 0;

/** A field under its label; a label around a list of choices would be read with all of them. */
function labelled(text, field) {
    fields += 1;
    field.id = `apercu-champ-${fields}`;
    return element("div", { className: "apercu-champ" }, element("label", { htmlFor: field.id }, text), field);
}

/** Calls `act` once nothing was typed for a moment. */
function afterTyping(act) {
    let waiting;
    return () => {
        clearTimeout(waiting);
        waiting = setTimeout(act, TYPING_PAUSE);
    };
}

class Preview {
    #table;
    #words;
    #state;
    #rows;
    #page = [];
    #filterFields = new Map();
    #columnBoxes = new Map();

    /** `file` is the address of the whole CSV, which names what is saved. */
    constructor(table, words, file = "") {
        this.name =
            file
                .split("/")
                .pop()
                .replace(/\.csv$/, "") || "table";
        this.#table = table;
        this.#words = words;
        this.#state = fromFragment(location.hash, this.#names);
        this.#build();
        this.#fillFields();
        this.#refresh();
        addEventListener("hashchange", () => {
            if (isOurs(location.hash)) this.#restore(fromFragment(location.hash, this.#names));
        });
    }

    get #names() {
        return this.#table.columns.map((column) => column.name);
    }

    get #shownColumns() {
        const { columns } = this.#state;
        return columns ? columns.map((name) => this.#table.byName.get(name)) : this.#table.columns;
    }

    // Elements, made once.

    #build() {
        const words = this.#words;
        this.search = element("input", { type: "search", autocomplete: "off", spellcheck: false });
        this.search.addEventListener(
            "input",
            afterTyping(() => this.#change({ search: this.search.value.trim() })),
        );
        this.codes = element("input", { type: "checkbox" });
        this.codes.addEventListener("change", () => this.#changeCodes());
        const codes = element("label", { className: "apercu-case" }, this.codes, words.codes);
        codes.hidden = !this.#table.columns.some((column) => column.vocabulary);
        this.reset = element("button", { type: "button" }, words.reset);
        this.reset.addEventListener("click", () => this.#resetAll());

        this.status = element("p", { className: "apercu-bilan", role: "status" });
        this.chips = element("ul", { className: "apercu-poses", "aria-label": words.activeFilters });
        this.head = element("tr");
        this.body = element("tbody");
        this.frame = element(
            "div",
            { className: "apercu-cadre", role: "region", tabIndex: 0, "aria-label": words.region },
            element(
                "table",
                { className: "apercu-table" },
                element("caption", { className: "apercu-invisible" }, words.caption),
                element("thead", {}, this.head),
                this.body,
            ),
        );
        this.download = element("button", { type: "button", className: "apercu-principal" });
        this.download.addEventListener("click", () => this.#save());
        this.byteOrderMark = element("input", { type: "checkbox" });

        this.root = element(
            "div",
            { className: "apercu" },
            element(
                "div",
                { className: "apercu-outils", role: "search", "aria-label": words.tools },
                element("label", { className: "apercu-recherche" }, words.search, this.search),
                element("div", { className: "apercu-ligne" }, codes, this.reset),
                this.#filtersPanel(),
                this.#columnsPanel(),
            ),
            this.status,
            this.chips,
            this.frame,
            this.#pagesBar(),
            element(
                "div",
                { className: "apercu-sortie" },
                this.download,
                element("label", { className: "apercu-case" }, this.byteOrderMark, words.byteOrderMark),
                element("p", { className: "apercu-note" }, words.downloadNote),
            ),
        );
    }

    #filtersPanel() {
        const fields = element("div", { className: "apercu-champs" });
        for (const column of this.#table.columns) {
            const field = FIELDS[column.filter](column, this.#words, (value) => this.#changeFilter(column.name, value));
            this.#filterFields.set(column.name, field);
            fields.append(field.element);
        }
        return element("details", { className: "apercu-panneau" }, element("summary", {}, this.#words.filters), fields);
    }

    #columnsPanel() {
        const boxes = element("div", { className: "apercu-champs" });
        for (const column of this.#table.columns) {
            const box = element("input", { type: "checkbox" });
            box.addEventListener("change", () => this.#changeColumns());
            this.#columnBoxes.set(column.name, box);
            boxes.append(element("label", { className: "apercu-case" }, box, column.title));
        }
        const all = (checked) => () => {
            for (const box of this.#columnBoxes.values()) box.checked = checked;
            this.#changeColumns();
        };
        const every = element("button", { type: "button" }, this.#words.allColumns);
        every.addEventListener("click", all(true));
        const onlyFirst = element("button", { type: "button" }, this.#words.firstColumn);
        onlyFirst.addEventListener("click", all(false));
        return element(
            "details",
            { className: "apercu-panneau" },
            element("summary", {}, this.#words.columns),
            element("div", { className: "apercu-ligne" }, every, onlyFirst),
            boxes,
        );
    }

    #pagesBar() {
        const words = this.#words;
        const button = (sign, label, target) => {
            const made = element("button", { type: "button", "aria-label": label, title: label });
            made.append(element("span", { "aria-hidden": "true" }, sign));
            made.addEventListener("click", () => {
                if (made.getAttribute("aria-disabled") !== "true") this.#goTo(target());
            });
            return made;
        };
        this.backward = [button("«", words.first, () => 1), button("‹", words.previous, () => this.#state.page - 1)];
        this.forward = [
            button("›", words.next, () => this.#state.page + 1),
            button("»", words.last, () => this.#pages),
        ];
        this.place = element("span", { className: "apercu-place" });
        this.pagesBar = element(
            "nav",
            { className: "apercu-pages", "aria-label": words.pages },
            ...this.backward,
            this.place,
            ...this.forward,
        );
        return this.pagesBar;
    }

    // Choices.

    #change(changes, { keepPage = false } = {}) {
        Object.assign(this.#state, changes);
        if (!keepPage) this.#state.page = 1;
        this.#refresh();
        history.replaceState(history.state, "", toFragment(this.#state) || location.pathname + location.search);
    }

    #changeFilter(name, value) {
        if (value === undefined) this.#state.filters.delete(name);
        else this.#state.filters.set(name, value);
        this.#change({});
    }

    #changeColumns() {
        const chosen = this.#names.filter((name) => this.#columnBoxes.get(name).checked);
        if (!chosen.length) {
            chosen.push(this.#names[0]); // a table has at least one column
            this.#columnBoxes.get(chosen[0]).checked = true;
        }
        this.#change({ columns: chosen.length === this.#names.length ? null : chosen }, { keepPage: true });
    }

    #changeCodes() {
        this.#change({ codes: this.codes.checked });
        const { codes, filters } = this.#state;
        for (const [name, field] of this.#filterFields) {
            // The others may hold what is being typed.
            if (this.#table.byName.get(name).filter === "choice") field.fill(filters.get(name), codes);
        }
    }

    #changeSort(name) {
        const { sort } = this.#state;
        const next =
            sort?.name !== name ? { name, descending: false } : sort.descending ? null : { name, descending: true };
        this.#change({ sort: next });
    }

    #goTo(page) {
        this.#change({ page }, { keepPage: true });
        this.frame.scrollTop = 0;
    }

    #resetAll() {
        this.#state = untouched();
        this.#fillFields();
        this.#change({});
        this.status.textContent = `${this.#words.resetDone} ${this.status.textContent}`;
    }

    #restore(state) {
        this.#state = state;
        this.#fillFields();
        this.#refresh();
    }

    /** Puts the choices into the fields, after they came from elsewhere. */
    #fillFields() {
        const { search, codes, columns, filters } = this.#state;
        this.search.value = search;
        this.codes.checked = codes;
        for (const [name, box] of this.#columnBoxes) box.checked = !columns || columns.includes(name);
        for (const [name, field] of this.#filterFields) field.fill(filters.get(name), codes);
    }

    // What is shown of them.

    get #pages() {
        return Math.max(1, Math.ceil(this.#rows.length / ROWS_PER_PAGE));
    }

    #refresh() {
        const { search, filters, sort, codes } = this.#state;
        const found = this.#table.matching(search, filters);
        this.#rows = this.#table.sorted(found, sort, codes);
        this.#state.page = Math.min(this.#state.page, this.#pages);
        const start = (this.#state.page - 1) * ROWS_PER_PAGE;
        this.#page = this.#rows.subarray(start, start + ROWS_PER_PAGE);
        this.#showHead();
        this.#showBody();
        this.#showChips();
        this.#showCounts();
    }

    #showHead() {
        const shown = this.#shownColumns;
        const key = shown.map((column) => column.name).join();
        if (this.head.dataset.columns !== key) {
            this.head.dataset.columns = key;
            this.head.replaceChildren(...shown.map((column) => this.#headCell(column)));
        }
        const { sort } = this.#state;
        shown.forEach((column, index) => {
            const cell = this.head.cells[index];
            const way = sort?.name === column.name ? (sort.descending ? "descending" : "ascending") : null;
            if (way) cell.setAttribute("aria-sort", way);
            else cell.removeAttribute("aria-sort");
        });
    }

    #headCell(column) {
        const button = element("button", { type: "button" }, column.title);
        button.append(element("span", { className: "apercu-sens", "aria-hidden": "true" }));
        button.addEventListener("click", () => this.#changeSort(column.name));
        const cell = element("th", { scope: "col" }, button);
        if (column.title !== column.name) cell.append(element("code", {}, column.name));
        cell.classList.toggle("apercu-droite", column.right);
        return cell;
    }

    #showBody() {
        const shown = this.#shownColumns;
        const { codes } = this.#state;
        if (!this.#page.length) {
            const message = this.#table.rows ? this.#words.noRows : this.#words.emptyTable;
            const cell = element("td", { colSpan: shown.length, className: "apercu-rien" }, message);
            this.body.replaceChildren(element("tr", {}, cell));
            return;
        }
        const lines = [...this.#page].map((row) => {
            const line = document.createElement("tr");
            for (const column of shown) {
                const cell = line.insertCell();
                cell.textContent = column.shown(column.ids[row], codes);
                // Data are in French, in both languages of the page.
                if (column.vocabulary === null && cell.textContent.length > SENTENCE) cell.lang = "fr";
                if (column.right) cell.className = "apercu-droite";
            }
            return line;
        });
        this.body.replaceChildren(...lines);
    }

    #showChips() {
        const { filters, codes } = this.#state;
        const words = this.#words;
        const chips = [];
        for (const [name, value] of filters) {
            const column = this.#table.byName.get(name);
            const text = words.filterText(column.title, this.#filterText(column, value, codes));
            const button = element("button", { type: "button", title: words.removeFilter(column.title) }, text);
            button.append(element("span", { "aria-hidden": "true" }, " ×"));
            button.append(element("span", { className: "apercu-invisible" }, ` – ${words.removeFilter(column.title)}`));
            button.addEventListener("click", () => {
                this.#filterFields.get(name).fill(undefined, codes);
                this.#changeFilter(name, undefined);
                (this.chips.querySelector("button") ?? this.search).focus();
            });
            chips.push(element("li", {}, button));
        }
        this.chips.replaceChildren(...chips);
        this.chips.hidden = !chips.length;
    }

    #filterText(column, value, codes) {
        const words = this.#words;
        if (column.filter === "text") return words.containsText(value);
        if (column.filter === "choice") {
            const id = column.values.indexOf(value);
            return value === "" ? words.blank : id < 0 ? value : column.shown(id, codes);
        }
        const format = column.filter === "date" ? words.formatDate : words.number;
        const names = endNames(column, words);
        const ends = bounds(value).map((end, index) => end && `${names[index]} ${format(end)}`);
        return ends.filter(Boolean).join(", ");
    }

    #showCounts() {
        const words = this.#words;
        const [found, total] = [this.#rows.length, this.#table.rows];
        const counted = words.rows(found, words.count(found));
        const summary = found === total ? counted : words.rowsOf(found, words.count(found), words.count(total));
        const place = words.page(words.count(this.#state.page), words.count(this.#pages));
        this.status.textContent = this.#pages > 1 ? `${summary} – ${place.toLowerCase()}` : summary;
        this.place.textContent = place;
        this.pagesBar.hidden = this.#pages === 1;
        for (const button of this.backward) button.setAttribute("aria-disabled", String(this.#state.page === 1));
        for (const button of this.forward)
            button.setAttribute("aria-disabled", String(this.#state.page === this.#pages));
        const columns = this.#shownColumns.length;
        this.download.textContent = words.download(counted, words.columnsCount(columns, words.count(columns)));
    }

    #save() {
        const whole = this.#rows.length === this.#table.rows && !this.#state.columns;
        const text = (this.byteOrderMark.checked ? "\ufeff" : "") + this.#table.csv(this.#rows, this.#shownColumns);
        const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
        element("a", { href: address, download: `${this.name}${whole ? "" : "-selection"}.csv` }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
    }
}

// The fields of filters: each has its element, and `fill(value, codes)`, which puts a filter's value into it.

function textField(column, words, changed) {
    const input = element("input", { type: "text", autocomplete: "off", spellcheck: false });
    input.addEventListener(
        "input",
        afterTyping(() => changed(input.value.trim() || undefined)),
    );
    const fill = (value) => (input.value = value ?? "");
    return { element: labelled(`${column.title} (${words.contains})`, input), fill };
}

function choiceField(column, words, changed) {
    const select = element("select");
    const ANY = "-1";
    select.addEventListener("change", () =>
        changed(select.value === ANY ? undefined : column.values[Number(select.value)]),
    );
    const fill = (value, codes) => {
        const choices = column.choices(codes).map((id) => {
            const text = id === 0 ? words.blank : column.shown(id, codes);
            return element("option", { value: String(id) }, text);
        });
        select.replaceChildren(element("option", { value: ANY }, words.any), ...choices);
        select.value = value === undefined ? ANY : String(column.values.indexOf(value));
    };
    return { element: labelled(column.title, select), fill };
}

function endNames(column, words) {
    return column.filter === "date" ? [words.from, words.until] : [words.least, words.most];
}

function rangeField(column, words, changed) {
    const dates = column.filter === "date";
    const error = element("span", { className: "apercu-erreur", role: "alert" });
    const end = () =>
        element("input", dates ? { type: "date" } : { type: "text", inputMode: "decimal", autocomplete: "off" });
    const ends = [end(), end()];
    const value = (input) => (dates || input.value.trim() === "" ? input.value.trim() : words.readNumber(input.value));
    const check = () => {
        for (const input of ends) input.setAttribute("aria-invalid", String(value(input) === null));
        error.textContent = ends.some((input) => value(input) === null) ? words.notANumber : "";
    };
    const read = () => {
        check();
        const [least, most] = ends.map((input) => value(input) ?? "");
        changed(least || most ? `${least}..${most}` : undefined);
    };
    for (const input of ends) input.addEventListener("input", afterTyping(read));
    const fieldset = element(
        "fieldset",
        {},
        element("legend", {}, column.title),
        ...endNames(column, words).map((name, index) => labelled(name, ends[index])),
        error,
    );
    const fill = (filter) => {
        const given = filter === undefined ? ["", ""] : bounds(filter);
        ends.forEach((input, index) => (input.value = dates ? given[index] : given[index].replace(".", words.decimal)));
        check();
    };
    return { element: fieldset, fill };
}

const FIELDS = { text: textField, choice: choiceField, number: rangeField, date: rangeField };

/** What the page says of the columns. */
function describedColumns() {
    const found = document.getElementById("colonnes");
    return found ? JSON.parse(found.textContent) : [];
}

/** Puts the preview in its place, or says that it cannot be. */
async function start(mount) {
    const words = wordsOf(mount.dataset.langue);
    const rows = Number(mount.dataset.lignes);
    const status = element("p", { className: "apercu-bilan", role: "status" });
    mount.prepend(status);
    status.textContent = words.loading(rows ? words.rows(rows, words.count(rows)) : "");
    mount.setAttribute("aria-busy", "true");
    try {
        const table = await readTable(mount.dataset.parquet, describedColumns(), words);
        const preview = new Preview(table, words, mount.dataset.csv);
        for (const fixed of document.querySelectorAll(".apercu-fixe")) fixed.remove();
        mount.replaceChildren(preview.root);
        if (isOurs(location.hash)) mount.scrollIntoView();
    } catch (error) {
        console.warn(error);
        const link = mount.dataset.csv
            ? [" ", element("a", { href: mount.dataset.csv, download: "" }, words.wholeFile)]
            : [];
        status.replaceChildren(words.failed, ...link);
        status.classList.add("apercu-echec");
    } finally {
        mount.removeAttribute("aria-busy");
    }
}

for (const mount of document.querySelectorAll("[data-apercu]")) start(mount);
