// Third-party libraries → one small ES module per file of `entrees/`, with its licences beside it, in `assets/vendor/`.
//
// Belongs here: what is bundled, and how. Does not belong here: the pages' own scripts, which need no build.
// Versions are pinned by package-lock.json; the same lock gives the same bytes: `npm ci && node faire.mjs`.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "..", "assets", "vendor");
const WHOLE_LICENCE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;
const HEAD_COMMENT = /^\s*\/\*[\s\S]*?\*\//;

/** The packages that a bundle holds, by name, with those of their files that are in it. */
function packagesOf(inputs) {
    const found = new Map();
    for (const file of inputs) {
        const name = file.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
        if (name) found.set(name, [...(found.get(name) ?? []), file]);
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A package's version, licence text, and the copyright notices at the head of its bundled files. */
async function described(name, files) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const licences = (await readdir(folder)).filter((file) => WHOLE_LICENCE.test(file)).sort();
    if (!licences.length) throw new Error(`${name} has no licence text`);
    const texts = await Promise.all(licences.map((file) => readFile(join(folder, file), "utf8")));
    for (const file of files.sort()) {
        const head = (await readFile(join(here, file), "utf8")).match(HEAD_COMMENT)?.[0];
        if (head && /copyright/i.test(head)) texts.push(`${file.replace(/^.*node_modules\//, "")}:\n${head.trim()}`);
    }
    return { title: `${name} ${version} (${license})`, text: texts.map((text) => text.trim()).join("\n\n") };
}

await mkdir(vendor, { recursive: true });
for (const entry of (await readdir(join(here, "entrees"))).sort()) {
    const name = basename(entry, ".js");
    const bundled = await build({
        absWorkingDir: here,
        entryPoints: [join("entrees", entry)],
        bundle: true,
        charset: "utf8",
        format: "esm",
        legalComments: "none",
        logLevel: "warning",
        metafile: true,
        minify: true,
        target: "es2022",
        write: false,
    });
    const packages = await Promise.all(
        [...packagesOf(Object.keys(bundled.metafile.inputs))].map(([found, files]) => described(found, files)),
    );
    const titles = packages.map(({ title }) => title).join(", ");
    const head = `/*! ${titles}; licences: ${name}.LICENCES.txt; made by pipelines/site/bundle/faire.mjs */\n`;
    const code = head + bundled.outputFiles[0].text;
    await writeFile(join(vendor, `${name}.js`), code);
    const rule = "-".repeat(80);
    const texts = packages
        .map(({ title, text }) => `${title}\n${rule}\n${text}\n`)
        .join("\n\n")
        .replaceAll("\r\n", "\n");
    await writeFile(join(vendor, `${name}.LICENCES.txt`), texts);
    console.log(`${name}.js: ${Buffer.byteLength(code)} bytes, of ${titles}`);
}
