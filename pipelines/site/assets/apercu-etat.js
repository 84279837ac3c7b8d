// What a person chose in the preview ↔ the fragment of the address, so that a view can be shared.
//
// Belongs here: the choices and their writing. Does not belong here: what they do to rows, or to the page.

const MARK = "apercu";
const FILTER = "f.";

/** The choices before any is made. */
export function untouched() {
    return { search: "", sort: null, page: 1, columns: null, codes: false, filters: new Map() };
}

/** Whether a fragment is one of the preview's own. */
export function isOurs(fragment) {
    return fragment === `#${MARK}` || fragment.startsWith(`#${MARK}&`);
}

/** The choices that a fragment states; what names no column of this table is passed over. */
export function fromFragment(fragment, names) {
    const state = untouched();
    if (!isOurs(fragment)) return state;
    const stated = new URLSearchParams(fragment.slice(MARK.length + 2));
    state.search = stated.get("q") ?? "";
    state.codes = stated.get("codes") === "1";
    const page = Number(stated.get("page"));
    if (Number.isSafeInteger(page) && page > 0) state.page = page;
    const sort = stated.get("tri") ?? "";
    const sorted = sort.replace(/^-/, "");
    if (names.includes(sorted)) state.sort = { name: sorted, descending: sort.startsWith("-") };
    const wanted = new Set((stated.get("colonnes") ?? "").split(","));
    const columns = names.filter((name) => wanted.has(name));
    if (columns.length && columns.length < names.length) state.columns = columns;
    for (const [key, value] of stated) {
        const name = key.slice(FILTER.length);
        if (key.startsWith(FILTER) && names.includes(name)) state.filters.set(name, value);
    }
    return state;
}

/** The fragment that states these choices, nothing when there are none. */
export function toFragment(state) {
    const stated = new URLSearchParams();
    if (state.search) stated.set("q", state.search);
    if (state.sort) stated.set("tri", (state.sort.descending ? "-" : "") + state.sort.name);
    for (const [name, value] of state.filters) stated.set(FILTER + name, value);
    if (state.columns) stated.set("colonnes", state.columns.join(","));
    if (state.codes) stated.set("codes", "1");
    if (state.page > 1) stated.set("page", String(state.page));
    const text = stated.toString().replaceAll("%2C", ",");
    return text ? `#${MARK}&${text}` : "";
}
