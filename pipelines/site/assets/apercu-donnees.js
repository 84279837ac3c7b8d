// A published Parquet file → columns that can be searched, filtered, sorted and written as CSV.
//
// Belongs here: reading, and every answer about rows, as arrays of row numbers. Does not belong here: the page.
//
// A column keeps each different value once, as the text that stands in the published CSV, and one number per row: what a
// search, a filter or a sort needs is worked out once per value, then looked up per row.

import { compressors, parquetMetadata, parquetRead } from "./vendor/parquet.js";

const MARKS = /[\u0300-\u036f]/g;
const PLAIN = /^[\x20-\x7e]*$/;
const DAY = 86_400_000;
/** A column of codes with more values than this is filtered by typing. */
const MOST_CHOICES = 60;

/** A text without what a search overlooks: case, accents, kinds of apostrophes, dashes and spaces. */
export function fold(text) {
    if (PLAIN.test(text)) return text.toLowerCase();
    return text
        .normalize("NFKD")
        .toLowerCase()
        .replace(MARKS, "")
        .replaceAll("œ", "oe")
        .replaceAll("æ", "ae")
        .replace(/[\u2018\u2019\u02bc]/g, "'")
        .replace(/[\u2010-\u2015\u2212]/g, "-")
        .replace(/\s+/g, " ");
}

/** One column: `values` are its different values as the CSV writes them, blank first; `ids` says which one a row has. */
export class Column {
    #words;
    #memo = new Map();

    constructor({ name, kind, values, ids, title, vocabulary, numeric, words }) {
        this.name = name;
        this.kind = kind;
        this.values = values;
        this.ids = ids;
        this.title = title || name;
        this.vocabulary = vocabulary ? new Map(Object.entries(vocabulary)) : null;
        this.right = kind === "number" || kind === "date" || Boolean(numeric);
        this.#words = words;
    }

    /** How the column is filtered: `choice`, `number`, `date` or `text`. */
    get filter() {
        if (this.kind === "number" || this.kind === "date") return this.kind;
        const fewCodes = this.vocabulary !== null && this.values.length <= MOST_CHOICES;
        return this.kind === "boolean" || fewCodes ? "choice" : "text";
    }

    /** What a value looks like on the page. */
    shown(id, codes) {
        const raw = this.values[id];
        if (raw === "") return "";
        if (this.kind === "number") return this.#words.number(raw);
        if (this.kind === "date") return this.#words.formatDate(raw);
        if (this.kind === "boolean") return raw === "true" ? this.#words.yes : this.#words.no;
        return (!codes && this.vocabulary?.get(raw)) || raw;
    }

    /** The values that rows have, blank included when there is one, in the order of their labels. */
    choices(codes) {
        const present = new Set(this.ids);
        const ranks = this.ranks(codes);
        return [...present].sort((a, b) => (a === 0) - (b === 0) || ranks[a] - ranks[b]);
    }

    #once(key, make) {
        if (!this.#memo.has(key)) this.#memo.set(key, make());
        return this.#memo.get(key);
    }

    /** What a search is compared with, per value: what is published and what is shown, folded. */
    get folded() {
        return this.#once("folded", () =>
            this.values.map((raw, id) => {
                const shown = this.shown(id, false);
                return shown === raw ? fold(raw) : `${fold(raw)}\n${fold(shown)}`;
            }),
        );
    }

    /** The place of each value in ascending order, the same for what compares equal; blank has none, it is always last. */
    ranks(codes) {
        const labelled = this.vocabulary !== null && !codes;
        return this.#once(labelled ? "ranks-labels" : "ranks", () => {
            const compare = this.#comparison(codes);
            const order = Uint32Array.from({ length: this.values.length - 1 }, (_, index) => index + 1);
            order.sort(compare);
            const ranks = new Uint32Array(this.values.length);
            for (let place = 1; place < order.length; place += 1) {
                const [before, here] = [order[place - 1], order[place]];
                ranks[here] = ranks[before] + (compare(before, here) ? 1 : 0);
            }
            return ranks;
        });
    }

    #comparison(codes) {
        if (this.kind === "number") {
            const numbers = this.numbers;
            return (a, b) => numbers[a] - numbers[b] || compareExactly(this.values[a], this.values[b]);
        }
        if (this.kind === "date")
            return (a, b) => (this.values[a] < this.values[b] ? -1 : this.values[a] > this.values[b] ? 1 : 0);
        const shown = this.values.map((_, id) => this.shown(id, codes));
        return (a, b) => this.#words.collator.compare(shown[a], shown[b]);
    }

    /** Each value as a number, for bounds. */
    get numbers() {
        return this.#once("numbers", () => Float64Array.from(this.values, (raw) => (raw === "" ? NaN : Number(raw))));
    }

    /** Per value, whether a filter lets it through; null when the filter says nothing. */
    allowed(filter) {
        if (filter === undefined) return null;
        if (this.filter === "choice") return Uint8Array.from(this.values, (raw) => raw === filter);
        if (this.filter === "text") {
            const sought = fold(filter).trim();
            return sought === "" ? null : Uint8Array.from(this.folded, (text) => text.includes(sought));
        }
        const [least, most] = bounds(filter);
        if (this.filter === "date") {
            if (!least && !most) return null;
            return Uint8Array.from(
                this.values,
                (raw) => raw !== "" && (!least || raw >= least) && (!most || raw <= most),
            );
        }
        const [low, high] = [least, most].map((end) => (end === "" ? NaN : Number(end))); // NaN bounds nothing
        if (Number.isNaN(low) && Number.isNaN(high)) return null;
        return Uint8Array.from(this.numbers, (value) => !Number.isNaN(value) && !(value < low) && !(value > high));
    }
}

/** The two ends of a filter such as « 10..20 », « ..20 » or « 10.. ». */
export function bounds(filter) {
    const at = filter.indexOf("..");
    return at < 0 ? [filter, filter] : [filter.slice(0, at), filter.slice(at + 2)];
}

/** Two decimal texts that are the same float, compared digit for digit. */
function compareExactly(a, b) {
    if (a === b || !/^-?\d+(\.\d+)?$/.test(a) || !/^-?\d+(\.\d+)?$/.test(b)) return 0;
    const [, restA = ""] = a.split(".");
    const [, restB = ""] = b.split(".");
    const scale = Math.max(restA.length, restB.length);
    const exact = (text, rest) => BigInt(text.replace(".", "") + "0".repeat(scale - rest.length));
    const [left, right] = [exact(a, restA), exact(b, restB)];
    return left < right ? -1 : left > right ? 1 : 0;
}

/** A table: its columns, by name and in order, and its number of rows. */
export class Table {
    constructor(columns, rows) {
        this.columns = columns;
        this.rows = rows;
        this.byName = new Map(columns.map((column) => [column.name, column]));
    }

    /** The rows that have every word sought (each in any column) and pass every filter, in their own order. */
    matching(search, filters) {
        const kept = new Uint8Array(this.rows).fill(1);
        for (const column of this.columns) {
            const allowed = column.allowed(filters.get(column.name));
            if (allowed) for (let row = 0; row < kept.length; row += 1) kept[row] &= allowed[column.ids[row]];
        }
        for (const word of fold(search).split(" ").filter(Boolean)) {
            const found = new Uint8Array(this.rows);
            for (const column of this.columns) {
                const hits = Uint8Array.from(column.folded, (text) => text.includes(word));
                if (hits.includes(1))
                    for (let row = 0; row < found.length; row += 1) found[row] |= hits[column.ids[row]];
            }
            for (let row = 0; row < kept.length; row += 1) kept[row] &= found[row];
        }
        const rows = new Uint32Array(this.rows);
        let count = 0;
        for (let row = 0; row < kept.length; row += 1) if (kept[row]) rows[count++] = row;
        return rows.subarray(0, count);
    }

    /** These rows in the order of a column, equals in their own order, blanks last whichever way. */
    sorted(rows, sort, codes) {
        const column = sort && this.byName.get(sort.name);
        if (!column) return rows;
        const ranks = column.ranks(codes);
        const last = column.values.length;
        const keys = Float64Array.from(rows, (row) => {
            const id = column.ids[row];
            const place = id === 0 ? last : sort.descending ? last - 1 - ranks[id] : ranks[id];
            return place * this.rows + row;
        });
        keys.sort();
        return Uint32Array.from(keys, (key) => key % this.rows);
    }

    /**
     * These rows and columns as CSV, by the rules of the published files: comma, line feed, quotes only where needed.
     *
     * A cell that begins with `=`, `+`, `-` or `@` is left as it is, although a spreadsheet may take it for a formula:
     * an apostrophe before it would be another value than the one published (a negative number would become a text),
     * and whoever reads the file by program would have to undo it. The published CSV does the same.
     */
    csv(rows, columns) {
        const written = columns.map((column) => column.values.map(quoted));
        const lines = [columns.map((column) => quoted(column.name)).join(",")];
        for (const row of rows) lines.push(columns.map((column, index) => written[index][column.ids[row]]).join(","));
        return `${lines.join("\n")}\n`;
    }
}

function quoted(text) {
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Reads a Parquet file whole; `described` is what the page says of its columns. */
export async function readTable(address, described, words) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const file = await response.arrayBuffer();
    const metadata = parquetMetadata(file);
    const rows = Number(metadata.num_rows);
    const said = new Map(described.map((one) => [one.name, one]));
    const makers = new Map();
    for (const element of metadata.schema.slice(1)) {
        makers.set(element.name, new ColumnMaker(element, rows));
        // Left as bytes: the library would make a decimal a float.
        if (element.converted_type === "DECIMAL") {
            delete element.converted_type;
            delete element.logical_type;
        }
    }
    const chunks = [];
    await parquetRead({
        file,
        metadata,
        compressors,
        utf8: false,
        parsers: { dateFromDays: (days) => new Date(days * DAY).toISOString().slice(0, 10) },
        onChunk: (chunk) => chunks.push(chunk), // kept for later: what fails in here is lost
    });
    for (const { columnName, columnData, rowStart } of chunks) makers.get(columnName).add(columnData, rowStart);
    return new Table(
        [...makers.values()].map((maker) => maker.made(said.get(maker.name) ?? {}, words)),
        rows,
    );
}

/** Gathers the different values of a column, as the CSV writes them. */
class ColumnMaker {
    #write;
    #ids;
    #values = [""];
    #idOfText = new Map([["", 0]]);
    #idOfValue = new Map();
    #count = 0;

    constructor(element, rows) {
        this.name = element.name;
        [this.kind, this.#write] = writing(element);
        this.#ids = new Uint32Array(rows);
    }

    add(data, start) {
        for (let index = 0; index < data.length; index += 1) this.#ids[start + index] = this.#idOf(data[index]);
        this.#count += data.length;
    }

    #idOf(value) {
        if (value === null || value === undefined) return 0;
        let id = this.#idOfValue.get(value);
        if (id === undefined) {
            const text = this.#write(value);
            id = this.#idOfText.get(text);
            if (id === undefined) {
                id = this.#values.push(text) - 1;
                this.#idOfText.set(text, id);
            }
            this.#idOfValue.set(value, id);
        }
        return id;
    }

    made(said, words) {
        if (this.#count !== this.#ids.length)
            throw new Error(`${this.name}: ${this.#count} of ${this.#ids.length} values`);
        return new Column({ ...said, name: this.name, kind: this.kind, values: this.#values, ids: this.#ids, words });
    }
}

/** The kind of a Parquet column, and how one of its values is written in the published CSV. */
function writing({ name, type, converted_type: converted, scale }) {
    if (converted === "DECIMAL") {
        // Euros keep their two decimals, other decimals have no useless zero.
        const useless = name.endsWith("_eur") || !scale ? "" : /\.?0+$/;
        return ["number", (value) => decimal(value, scale ?? 0).replace(useless, "")];
    }
    if (converted === "DATE") return ["date", String];
    if (type === "BOOLEAN") return ["boolean", String];
    if (["INT32", "INT64", "FLOAT", "DOUBLE"].includes(type) && !/^TIME/.test(converted ?? ""))
        return ["number", String];
    return ["text", (value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value))];
}

/** A decimal, stored as an integer or as the bytes of one (big-endian, two's complement), as text. */
function decimal(value, scale) {
    let unscaled = value;
    if (value instanceof Uint8Array) {
        unscaled = 0n;
        for (const byte of value) unscaled = (unscaled << 8n) | BigInt(byte);
        unscaled = BigInt.asIntN(value.length * 8, unscaled);
    }
    const [sign, digits] = unscaled < 0 ? ["-", String(-unscaled)] : ["", String(unscaled)];
    const padded = digits.padStart(scale + 1, "0");
    return scale ? `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}` : sign + padded;
}
