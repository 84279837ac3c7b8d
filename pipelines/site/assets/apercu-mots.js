// What the preview says, in French and in English.
//
// Belongs here: every sentence shown or spoken, and how a language writes a date and a number.
// Does not belong here: titles and labels of columns, which the page gives.

const NARROW = "\u202f";
const WIDE = "\u00a0";

const several = (count) => count >= 2; // as French has it: « 0 ligne », « 1 ligne »

const FRENCH = {
    locale: "fr-FR",
    loading: (rows) => `Chargement de l’aperçu${rows && ` (${rows})`}…`,
    failed: "L’aperçu interactif n’a pas pu être chargé. Les premières lignes de la table restent affichées.",
    wholeFile: "Télécharger toute la table (CSV)",
    tools: "Recherche et choix dans la table",
    search: "Rechercher dans toutes les colonnes",
    filters: "Filtrer par colonne",
    columns: "Choisir les colonnes",
    allColumns: "Toutes",
    firstColumn: "La première seulement",
    codes: "Afficher les codes au lieu des libellés",
    reset: "Réinitialiser",
    resetDone: "Aperçu réinitialisé.",
    download: (rows, columns) => `Télécharger la sélection en CSV (${rows}, ${columns})`,
    byteOrderMark: "Pour Excel (avec BOM)",
    downloadNote:
        "Le CSV contient les lignes retenues et les colonnes affichées, telles que publiées" +
        `${WIDE}: codes, dates AAAA-MM-JJ, point décimal. ` +
        "Les cellules qui commencent par =, +, - ou @ sont laissées telles quelles, car les protéger changerait les " +
        `données${NARROW}; si vous ouvrez le fichier dans un tableur, importez ces colonnes comme du texte.`,
    rows: (count, text) => `${text}${WIDE}${several(count) ? "lignes" : "ligne"}`,
    rowsOf: (count, text, total) => `${text}${WIDE}${several(count) ? "lignes" : "ligne"} sur ${total}`,
    columnsCount: (count, text) => `${text}${WIDE}${several(count) ? "colonnes" : "colonne"}`,
    noRows: "Aucune ligne ne répond à cette recherche.",
    emptyTable: "Cette table ne contient aucune ligne.",
    contains: "contient",
    any: "Tout",
    blank: "(vide)",
    least: "au moins",
    most: "au plus",
    from: "à partir du",
    until: "jusqu’au",
    notANumber: "Ce n’est pas un nombre.",
    /** « 1 200,5 » or « 1200.5 » */
    plainNumber: (text) => text.replace(/\s/g, "").replace(",", "."),
    yes: "oui",
    no: "non",
    region: "Table, à faire défiler",
    caption: "Aperçu de la table",
    pages: "Pages de l’aperçu",
    first: "Première page",
    previous: "Page précédente",
    next: "Page suivante",
    last: "Dernière page",
    page: (page, pages) => `Page ${page} sur ${pages}`,
    activeFilters: "Filtres posés",
    removeFilter: (title) => `Retirer le filtre «${NARROW}${title}${NARROW}»`,
    filterText: (title, value) => `${title}${WIDE}: ${value}`,
    containsText: (value) => `contient «${NARROW}${value}${NARROW}»`,
    date: (year, month, day) => `${day}/${month}/${year}`,
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const ENGLISH = {
    locale: "en-GB",
    loading: (rows) => `Loading the preview${rows && ` (${rows})`}…`,
    failed: "The interactive preview could not be loaded. The first rows of the table remain on the page.",
    wholeFile: "Download the whole table (CSV)",
    tools: "Search and choices in the table",
    search: "Search in all columns",
    filters: "Filter by column",
    columns: "Choose columns",
    allColumns: "All",
    firstColumn: "The first only",
    codes: "Show codes instead of labels",
    reset: "Reset",
    resetDone: "Preview reset.",
    download: (rows, columns) => `Download the selection as CSV (${rows}, ${columns})`,
    byteOrderMark: "For Excel (with BOM)",
    downloadNote:
        "The CSV holds the rows found and the columns shown, as published: codes, YYYY-MM-DD dates, decimal point. " +
        "Cells that begin with =, +, - or @ are left as they are, for guarding them would change the data; " +
        "if you open the file in a spreadsheet, import these columns as text.",
    rows: (count, text) => `${text} ${count === 1 ? "row" : "rows"}`,
    rowsOf: (count, text, total) => `${text} ${count === 1 ? "row" : "rows"} out of ${total}`,
    columnsCount: (count, text) => `${text} ${count === 1 ? "column" : "columns"}`,
    noRows: "No row answers this search.",
    emptyTable: "This table has no row.",
    contains: "contains",
    any: "Any",
    blank: "(blank)",
    least: "at least",
    most: "at most",
    from: "from",
    until: "until",
    notANumber: "This is not a number.",
    /** “1,200.5”: a comma that does not group thousands is not understood */
    plainNumber: (text) => (/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text) ? text.replaceAll(",", "") : text),
    yes: "yes",
    no: "no",
    region: "Table, scrollable",
    caption: "Preview of the table",
    pages: "Pages of the preview",
    first: "First page",
    previous: "Previous page",
    next: "Next page",
    last: "Last page",
    page: (page, pages) => `Page ${page} of ${pages}`,
    activeFilters: "Filters in use",
    removeFilter: (title) => `Remove the filter “${title}”`,
    filterText: (title, value) => `${title}: ${value}`,
    containsText: (value) => `contains “${value}”`,
    date: (year, month, day) => `${Number(day)} ${MONTHS[month - 1]} ${year}`,
};

/** The words of a language, with the ways it writes values. */
export function wordsOf(language) {
    const words = language === "en" ? ENGLISH : FRENCH;
    const parts = new Intl.NumberFormat(words.locale, { useGrouping: true }).formatToParts(-12345.6);
    const part = (type) => parts.find((one) => one.type === type)?.value ?? "";
    const [group, decimal, minus] = [part("group"), part("decimal"), part("minusSign")];

    /** A decimal text, digit for digit: never through a float. */
    const number = (raw) => {
        const [, sign, whole, rest] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(raw) ?? [];
        if (whole === undefined) return raw;
        const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
        return (sign ? minus : "") + grouped + (rest === undefined ? "" : decimal + rest);
    };

    /** An ISO date as the language writes it. */
    const date = (raw) => {
        const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(raw) ?? [];
        return year === undefined ? raw : words.date(year, month, day);
    };

    /** What a person typed as a number, with a decimal point; null for what is none. */
    const readNumber = (text) => {
        const plain = words.plainNumber(text.trim()).replace("\u2212", "-");
        return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? plain : null;
    };

    const collator = new Intl.Collator(words.locale, { numeric: true });
    return {
        ...words,
        number,
        formatDate: date,
        readNumber,
        decimal,
        collator,
        count: (value) => number(String(value)),
    };
}
