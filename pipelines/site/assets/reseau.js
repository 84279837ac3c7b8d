/* The graph of who works with whom, and the list and card that say the same.
 *
 * Belongs here: filtering, placing and showing. Does not belong here: what ties exist (reseau.json), words (the page).
 * Places are computed from the data and the width alone: contracts in columns in order of time, partners of several
 * contracts between them at the mean height of their contracts, partners of one contract beside it.
 */

const section = document.getElementById("reseau");
const byId = (name) => document.getElementById(`reseau-${name}`);
const words = JSON.parse(byId("textes").textContent);
const language = section.dataset.langue;
const collator = new Intl.Collator(language);
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const NARROW = 640;
const ROW = 34;

const fold = (text) =>
  text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[’']/g, " ");

/** What the page knows of the graph: nodes by key, ties with both their ends. */
function read(graph) {
  const label = ([code, fr, en]) => [code, language === "en" ? en : fr];
  const nodes = new Map();
  graph.contrats.forEach((one, order) => {
    const name = (language === "en" && one.nom_en) || one.nom;
    const kind = one.id ? ((language === "en" && one.generation_en) || one.generation) : words.national;
    nodes.set(`c:${one.id}`, { key: `c:${one.id}`, id: one.id, contract: true, order, name, kind, page: one.page, ties: [] });
  });
  const categories = new Map(graph.categories.map(label));
  graph.partenaires.forEach((one, order) => {
    const name = one.sigle && !one.nom.includes(one.sigle) ? `${one.nom} (${one.sigle})` : one.nom;
    const kind = categories.get(one.categorie);
    nodes.set(`p:${one.id}`, {
      key: `p:${one.id}`, id: one.id, contract: false, order, name, kind, category: one.categorie,
      count: one.contrats, page: one.page, ties: [],
    });
  });
  const ties = graph.liens.map((one) => {
    const tie = { contract: nodes.get(`c:${one.contrat}`), partner: nodes.get(`p:${one.partenaire}`), roles: one.roles };
    tie.contract.ties.push(tie);
    tie.partner.ties.push(tie);
    return tie;
  });
  nodes.forEach((node) => { node.folded = fold(node.name); });
  return { nodes, ties, roles: new Map(graph.roles.map(label)) };
}

/** The ties that pass the filters, and how many partners the box of single contracts leaves out. */
function filter(graph) {
  const contract = byId("contrat").value;
  const role = byId("role").value;
  const category = byId("categorie").value;
  const search = fold(byId("recherche").value.trim());
  const several = byId("plusieurs").checked;
  const left = new Set();
  const kept = graph.ties.filter((tie) => {
    if (role !== "*" && !tie.roles.some(([code]) => code === role)) return false;
    if (category !== "*" && tie.partner.category !== category) return false;
    if (contract !== "*" && !tie.partner.ties.some((other) => other.contract.id === contract)) return false;
    if (search && !tie.partner.folded.includes(search) && !tie.contract.folded.includes(search)) return false;
    if (several && !search && tie.partner.count < 2) {
      left.add(tie.partner);
      return false;
    }
    return true;
  });
  return { kept, left: left.size };
}

/** The room that a name takes under its neighbours, in a column of a width. */
const high = (node, room) => Math.max(24, Math.ceil((node.name.length * 7.2) / room) * 14 + 10);

/** Places of the nodes of some ties on a drawing of a width: key → {x, y, side}, and its height. */
function place(ties, width) {
  const neighbours = new Map();
  const add = (one, other) => neighbours.set(one, (neighbours.get(one) || new Set()).add(other));
  ties.forEach(({ contract, partner }) => { add(contract, partner); add(partner, contract); });
  const inOrder = (one, other) => one.order - other.order;
  const contracts = [...neighbours.keys()].filter((node) => node.contract).sort(inOrder);
  const partners = [...neighbours.keys()].filter((node) => !node.contract).sort(inOrder);
  const places = new Map();
  const sum = (members, of) => members.reduce((total, node) => total + of(node), 0);
  const column = (members, x, side, of, height) => {
    const spare = (height - sum(members, of)) / Math.max(members.length, 1);
    let top = 0;
    members.forEach((node) => {
      const size = of(node) + spare;
      places.set(node.key, { x, y: top + size / 2, side });
      top += size;
    });
  };
  const mean = (node) => {
    const ys = [...neighbours.get(node)].map((other) => places.get(other.key).y);
    return ys.reduce((total, y) => total + y, 0) / ys.length;
  };
  const byMean = (one, other) => mean(one) - mean(other) || inOrder(one, other);

  if (width < NARROW) {
    const room = width * 0.39 - 14;
    const of = (node) => high(node, room);
    const height = Math.max(sum(contracts, of), sum(partners, of));
    column(contracts, width * 0.39, "left", of, height);
    column([...partners].sort(byMean), width * 0.61, "right", of, height);
    return { places, height, room };
  }
  const own = (node) => [...neighbours.get(node)].filter((other) => neighbours.get(other).size === 1);
  const leaves = contracts.some((node) => own(node).length && (neighbours.get(node).size > 1 || contracts.length > 1));
  const room = leaves ? width * 0.19 : Math.min(230, width * 0.24);
  const leaf = (node) => high(node, room - 6);
  const block = (node) => (leaves ? Math.max(ROW + 24, sum(own(node), leaf) + 18) : ROW);
  const total = sum(contracts, block);
  const sides = [[], []];
  let filled = 0;
  contracts.forEach((node) => {
    sides[filled + block(node) / 2 <= total / 2 || !sides[0].length ? 0 : 1].push(node);
    filled += block(node);
  });
  const shared = partners.filter((node) => neighbours.get(node).size > 1);
  const height = Math.max(sum(sides[0], block), sum(sides[1], block), shared.length * (ROW + 6), 160);
  const offset = leaves ? width * 0.33 : room + 16;
  sides.forEach((members, right) => {
    const spare = (height - sum(members, block)) / Math.max(members.length, 1);
    let top = 0;
    members.forEach((node) => {
      const size = block(node) + spare;
      const side = right ? "right" : "left";
      places.set(node.key, { x: right ? width - offset : offset, y: top + size / 2, side: leaves ? "top" : side });
      const mine = own(node).sort((one, other) => collator.compare(one.name, other.name));
      let low = top + (size - sum(mine, leaf)) / 2;
      mine.forEach((one) => {
        places.set(one.key, { x: right ? width - room - 12 : room + 12, y: low + leaf(one) / 2, side });
        low += leaf(one);
      });
      top += size;
    });
  });
  const middle = [...shared].sort(byMean);
  const lane = Math.min(90, (width - 2 * offset) * 0.2);
  middle.forEach((node, rank) => places.set(node.key, {
    x: width / 2 + (middle.length > 4 ? (rank % 2 ? lane : -lane) : 0),
    y: (height / middle.length) * (rank + 0.5),
    side: "bottom",
  }));
  return { places, height, room: room - 6 };
}

/** A name whose hyphens let a line end. */
const breakable = (name) => name.replace(/-/g, "-\u200b");

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return { text: of("texte"), paper: of("fond"), line: of("texte-doux"), contract: of("serie-1"), partner: of("serie-2"), accent: of("accent") };
}

function look(room) {
  const { text, paper, line, contract, partner, accent } = colours();
  const font = getComputedStyle(document.body).fontFamily;
  const aside = (side, halign, valign, x, y) => ({
    selector: `node[side = "${side}"]`,
    style: { "text-halign": halign, "text-valign": valign, "text-margin-x": x, "text-margin-y": y },
  });
  return [
    {
      selector: "node",
      style: {
        label: "data(name)", color: text, "font-family": font, "font-size": 12.5, "line-height": 1.1, "text-wrap": "wrap",
        "text-max-width": room, "background-color": partner, width: "data(size)", height: "data(size)",
        "text-background-color": paper, "text-background-opacity": 0.85, "text-background-padding": 1,
      },
    },
    { selector: "node[?contract]", style: { shape: "round-rectangle", "background-color": contract } },
    aside("left", "left", "center", -5, 0),
    aside("right", "right", "center", 5, 0),
    aside("top", "center", "top", 0, -3),
    aside("bottom", "center", "bottom", 0, 3),
    { selector: `node[side = "bottom"], node[side = "top"]`, style: { "text-max-width": Math.min(room, 165) } },
    { selector: "edge", style: { width: 1.3, "line-color": line, opacity: 0.5, "curve-style": "straight" } },
    { selector: ".faded", style: { opacity: 0.12 } },
    { selector: "edge.near", style: { "line-color": accent, opacity: 1, width: 2.2 } },
    { selector: "node.chosen", style: { "border-width": 3, "border-color": text, "font-weight": "bold" } },
  ];
}

class View {
  constructor(graph) {
    this.graph = graph;
    this.chosen = null;
    this.cy = cytoscape({
      container: byId("toile"), autoungrabify: true, autounselectify: true, boxSelectionEnabled: false,
      userZoomingEnabled: false, userPanningEnabled: false, minZoom: 0.3, maxZoom: 3, layout: { name: "preset" },
      pixelRatio: Math.min(window.devicePixelRatio || 1, 2),
    });
    this.cy.on("tap", (event) => {
      if (event.target === this.cy) this.choose(null);
      else if (event.target.isNode()) this.choose(event.target.id());
    });
    this.cy.on("mouseover", "node", () => { byId("toile").style.cursor = "pointer"; });
    this.cy.on("mouseout", "node", () => { byId("toile").style.cursor = ""; });
    this.refresh();
  }

  refresh() {
    const { kept, left } = filter(this.graph);
    this.ties = kept;
    this.nodes = [...new Set(kept.flatMap((tie) => [tie.contract, tie.partner]))];
    this.draw();
    this.list();
    this.tell(left);
    if (this.chosen && !this.nodes.some((node) => node.key === this.chosen)) this.choose(null);
    else this.mark();
  }

  draw() {
    const canvas = byId("toile");
    const width = canvas.clientWidth;
    if (!width) return;
    const { places, height, room } = place(this.ties, width);
    canvas.style.height = `${Math.round(Math.max(height, 120)) + 56}px`;
    const size = (node) => (node.contract ? 15 : 11 + 3 * Math.sqrt(node.count));
    const before = new Map(this.cy.nodes().map((node) => [node.id(), { ...node.position() }]));
    this.cy.elements().remove();
    this.cy.style(look(room));
    this.cy.add([
      ...this.nodes.map((node) => ({
        data: { id: node.key, name: breakable(node.name), contract: node.contract, size: size(node), side: places.get(node.key).side },
        position: before.get(node.key) || { x: places.get(node.key).x, y: places.get(node.key).y },
      })),
      ...this.ties.map((tie) => ({
        data: { id: `${tie.contract.key}|${tie.partner.key}`, source: tie.contract.key, target: tie.partner.key },
      })),
    ]);
    this.cy.resize();
    this.whole();
    this.cy.layout({
      name: "preset", fit: false, animate: !still.matches && before.size > 0, animationDuration: 250,
      positions: (node) => ({ x: places.get(node.id()).x, y: places.get(node.id()).y }),
    }).run();
  }

  whole() {
    this.cy.viewport({ zoom: 1, pan: { x: 0, y: 8 } });
    this.cy.userPanningEnabled(false);
  }

  zoom(by) {
    const canvas = byId("toile");
    const level = this.cy.zoom() * by;
    const { position } = this.chosen ? { position: this.cy.getElementById(this.chosen).renderedPosition() } : {};
    this.cy.zoom({ level, renderedPosition: position || { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 } });
    this.cy.userPanningEnabled(this.cy.zoom() !== 1);
  }

  list() {
    const fill = (name, members) => byId(`liste-${name}`).replaceChildren(...members.map((node) => {
      const item = document.createElement("li");
      item.append(this.button(node, node.name, true));
      return item;
    }));
    fill("contrats", this.nodes.filter((node) => node.contract).sort((one, other) => one.order - other.order));
    fill("partenaires", this.nodes.filter((node) => !node.contract).sort((one, other) => one.order - other.order));
  }

  button(node, text, pressable) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.dataset.noeud = node.key;
    if (pressable) button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      if (pressable) this.origin = button;
      this.choose(node.key, true);
    });
    return button;
  }

  tell(left) {
    const several = (count, one, many) => `${count} ${count < 2 && (count === 1 || language === "fr") ? one : many}`;
    const contracts = this.nodes.filter((node) => node.contract).length;
    const partners = this.nodes.length - contracts;
    const alone = [...this.graph.nodes.values()].filter((node) => !node.ties.length).length;
    const shown = this.nodes.length
      ? `${several(partners, words.partenaire, words.partenaires)} ${words.et} ${several(contracts, words.contrat, words.contrats)}.`
      : words.aucun;
    const rest = [
      left && `${several(left, words.partenaire, words.partenaires)} ${words.caches}.`,
      alone && `${several(alone, words.contrat, words.contrats)} ${words.seuls}.`,
    ];
    byId("etat").textContent = [shown, ...rest.filter(Boolean)].join(" ");
  }

  /** Shows the card of a node; a node that filters hide makes them give way. */
  choose(key, focus = false) {
    const node = key && this.graph.nodes.get(key);
    this.chosen = node ? key : null;
    byId("fiche").hidden = !node;
    if (node && !this.nodes.includes(node)) {
      reset();
      byId("plusieurs").checked = false;
      this.refresh();
    }
    if (node) this.card(node);
    this.mark();
    if (node && focus) byId("fiche-titre").focus();
  }

  card(node) {
    byId("fiche-titre").textContent = node.name;
    byId("fiche-sorte").textContent = node.contract
      ? node.kind
      : `${node.kind} – ${node.count} ${node.count < 2 && (node.count === 1 || language === "fr") ? words.contrat : words.contrats}`;
    const link = byId("fiche-lien");
    link.parentElement.hidden = !node.page;
    if (node.page) link.href = section.dataset.racine + node.page;
    else link.removeAttribute("href");
    const other = (tie) => (node.contract ? tie.partner : tie.contract);
    const ties = [...node.ties].sort((one, two) => collator.compare(other(one).name, other(two).name));
    byId("fiche-liens").replaceChildren(...ties.map((tie) => {
      const item = document.createElement("li");
      const roles = document.createElement("span");
      roles.textContent = tie.roles
        .map(([code, by]) => this.graph.roles.get(code) + (by === "contrat" ? "" : ` (${words[by]})`))
        .join(", ");
      item.append(this.button(other(tie), other(tie).name, false), " ", roles);
      return item;
    }));
  }

  mark() {
    this.cy.batch(() => {
      this.cy.elements().removeClass("faded near chosen");
      const node = this.chosen && this.cy.getElementById(this.chosen);
      if (node && node.nonempty()) {
        this.cy.elements().not(node.closedNeighborhood()).addClass("faded");
        node.connectedEdges().addClass("near");
        node.addClass("chosen");
      }
    });
    section.querySelectorAll("button[aria-pressed]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.noeud === this.chosen));
    });
  }

  close() {
    this.choose(null);
    if (this.origin && this.origin.isConnected) this.origin.focus();
    else byId("recherche").focus();
  }
}

function reset() {
  byId("recherche").value = "";
  for (const name of ["contrat", "role", "categorie"]) byId(name).value = "*";
  byId("plusieurs").checked = true;
}

/** #contrat:alpes or #partenaire:atout-france in the address opens a card. */
function fromAddress(view) {
  const [kind, id] = decodeURIComponent(location.hash.slice(1)).split(":");
  if (id && (kind === "contrat" || kind === "partenaire")) view.choose(`${kind[0]}:${id}`, true);
}

async function start() {
  section.hidden = false;
  try {
    await import("./vendor/cytoscape/cytoscape.min.js"); // it declares the global `cytoscape`
    const answer = await fetch(section.dataset.graphe);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const view = new View(read(await answer.json()));
    section.querySelector("[role=search]").addEventListener("input", () => view.refresh());
    byId("retablir").addEventListener("click", () => {
      reset();
      view.choose(null);
      view.refresh();
    });
    byId("plus").addEventListener("click", () => view.zoom(1.3));
    byId("moins").addEventListener("click", () => view.zoom(1 / 1.3));
    byId("vue").addEventListener("click", () => view.whole());
    byId("fermer").addEventListener("click", () => view.close());
    byId("fiche").addEventListener("keydown", (event) => { if (event.key === "Escape") view.close(); });
    dark.addEventListener("change", () => { view.draw(); view.mark(); });
    window.addEventListener("hashchange", () => fromAddress(view));
    let width = byId("toile").clientWidth;
    new ResizeObserver(() => {
      if (byId("toile").clientWidth === width) return;
      width = byId("toile").clientWidth;
      view.draw();
      view.mark();
    }).observe(byId("toile"));
    fromAddress(view);
    section.dataset.pret = "";
  } catch (error) {
    section.querySelector(".reseau-corps").hidden = true;
    section.querySelector("[role=search]").hidden = true;
    byId("etat").textContent = words.panne;
    console.warn(error);
  }
}

start();
