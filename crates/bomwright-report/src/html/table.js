"use strict";
// Tables that can be filtered, sorted and opened. Text becomes text nodes only: there is no markup in the data, and none
// is made. The files of this script are joined in the order `table.js`, `graph.js`, `report.js`.

const content = JSON.parse(document.getElementById("data").textContent);
const order = new Intl.Collator("en", { numeric: true });

/** An element with attributes and children; strings become text. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** The same for SVG. */
function draw(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function bit(it) {
  if (typeof it === "string") return document.createTextNode(it);
  const [kind, text] = it;
  if (kind === "code") return make("code", {}, text);
  if (kind === "copy") return make("div", {}, copier(text), make("pre", { class: kind }, text));
  if (kind === "diff") return make("pre", { class: kind, tabindex: 0 }, ...diff(text));
  if (kind.startsWith("bar ")) {
    return draw("svg", { class: kind, viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      draw("rect", { class: "frame", width: 1000, height: 10 }), draw("rect", { class: "part", width: text, height: 10 }));
  }
  return make("span", { class: kind }, text);
}

function diff(text) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const kinds = { "+": "plus", "-": "minus", "@": "hunk" };
  return lines.map((line) => make("span", { class: kinds[line[0]] }, line + "\n"));
}

function copier(text) {
  const button = make("button", { type: "button", class: "copier", click: () => {
    const done = () => { button.textContent = "Copied"; };
    const failed = () => { button.textContent = "Select it and copy"; };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, failed); else failed();
  } }, "Copy");
  return button;
}

function details(items) {
  return make("dl", {}, ...items.map((item) =>
    make("div", {}, make("dt", {}, item.l), ...item.v.map((line) => make("dd", {}, ...line.map(bit))))));
}

const words = (cell) => cell.map((it) => (typeof it === "string" ? it : it[1])).join("");

/** Everything that a search looks at, made when first asked for. */
function haystack(row) {
  row.h ??= [...row.c, ...row.m.flatMap((item) => item.v)].map(words).join("\n").toLowerCase();
  return row.h;
}

// ---- the address: filters of all tables, so that a view can be sent to somebody ----------------------------------

const tables = new Map();
let followed = null;

function readAddress() {
  const text = location.hash.slice(1);
  const wanted = new URLSearchParams(text.includes("=") ? text : "");
  for (const table of tables.values()) table.take(wanted);
  if (!text.includes("=") && text) document.getElementById(text)?.scrollIntoView();
}

function writeAddress() {
  const all = new URLSearchParams();
  for (const table of tables.values()) table.give(all);
  const text = all.toString();
  const address = location.pathname + location.search + (text && "#" + text);
  try { history.replaceState(null, "", address); } catch { /* where a page may not: the filter works all the same */ }
}

class Table {
  constructor(data) {
    this.data = data;
    this.element = document.getElementById(data.id + "-table");
    this.body = this.element.tBodies[0];
    this.query = "";
    this.picked = data.facets.map(() => new Set());
    this.sorted = null;
    this.opened = new Set();
    this.more = make("button", { type: "button", class: "next", click: () => this.next() });
    this.element.parentElement.after(this.more);
    this.tools();
    this.headings();
    this.refresh();
  }

  tools() {
    const { id, facets, rows, caption } = this.data;
    const tool = document.getElementById(id + "-tool");
    this.state = make("p", { class: "state", role: "status", "aria-live": "polite" });
    this.controls = [];
    if (rows.length < 2 || (!facets.length && rows.length < 20)) return;
    let waiting;
    this.search = make("input", { type: "search", id: id + "-q", autocomplete: "off", spellcheck: "false", input: () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { this.query = this.search.value; this.changed(); }, rows.length > 5000 ? 200 : 0);
    } });
    tool.append(make("label", { class: "search" }, make("span", {}, "Search"), this.search));
    this.search.setAttribute("aria-label", "Search in: " + caption);
    facets.forEach((facet, at) => this.facet(tool, facet, at));
    this.reset = make("button", { type: "button", click: () => { this.clear(); this.changed(); } }, "Clear");
    tool.append(this.reset, this.state);
  }

  facet(tool, facet, at) {
    const counts = new Map();
    for (const row of this.data.rows) for (const value of row.f[at]) counts.set(value, (counts.get(value) || 0) + 1);
    if (counts.size === 0) return;
    if (facet.buttons.length) {
      const buttons = facet.buttons.filter((value) => counts.has(value)).map((value) => {
        const button = make("button", { type: "button", "data-value": value, click: () => {
          if (!this.picked[at].delete(value)) this.picked[at].add(value);
          this.changed();
        } }, value + " ", make("span", { class: "count" }, String(counts.get(value))));
        this.controls.push(() => button.setAttribute("aria-pressed", this.picked[at].has(value)));
        return button;
      });
      tool.append(make("fieldset", { "data-facet": facet.key }, make("legend", {}, facet.label), ...buttons));
      return;
    }
    const select = make("select", { "data-facet": facet.key, change: () => {
      this.picked[at] = new Set(select.value ? [select.value.slice(1)] : []);
      this.changed();
    } }, make("option", { value: "" }, "all"));
    for (const value of [...counts.keys()].sort(order.compare)) {
      select.append(make("option", { value: "=" + value }, `${value || "none"} (${counts.get(value)})`));
    }
    this.controls.push(() => {
      const [value] = this.picked[at];
      select.value = value === undefined ? "" : "=" + value;
    });
    tool.append(make("label", {}, make("span", {}, facet.label), select));
  }

  headings() {
    [...this.element.tHead.rows[0].cells].forEach((cell, column) => {
      const name = cell.textContent;
      cell.replaceChildren(make("button", { type: "button", click: () => {
        const down = this.sorted?.column === column && !this.sorted.down;
        this.sorted = this.sorted?.column === column && this.sorted.down ? null : { column, down };
        for (const other of cell.parentElement.cells) other.removeAttribute("aria-sort");
        if (this.sorted) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        this.refresh();
      } }, name));
    });
  }

  take(wanted) {
    const { id, facets } = this.data;
    this.query = wanted.get(id + ".q") || "";
    if (this.search) this.search.value = this.query;
    facets.forEach((facet, at) => { this.picked[at] = new Set(wanted.getAll(`${id}.${facet.key}`)); });
    this.refresh();
  }

  give(all) {
    const { id, facets } = this.data;
    if (this.query) all.append(id + ".q", this.query);
    facets.forEach((facet, at) => { for (const value of this.picked[at]) all.append(`${id}.${facet.key}`, value); });
  }

  clear() {
    this.query = "";
    if (this.search) this.search.value = "";
    this.picked.forEach((set) => set.clear());
  }

  changed() {
    this.refresh();
    writeAddress();
  }

  /** The numbers of the rows that pass every filter, in the order that was asked for. */
  select() {
    const parts = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    const { rows } = this.data;
    const found = [];
    rows.forEach((row, at) => {
      const fits = this.picked.every((set, facet) => set.size === 0 || row.f[facet].some((value) => set.has(value)));
      if (fits && parts.every((part) => haystack(row).includes(part))) found.push(at);
    });
    if (this.sorted) {
      const { column, down } = this.sorted;
      const key = (row) => row.n?.[column] ?? words(row.c[column]);
      const keys = new Map(found.map((at) => [at, key(rows[at])]));
      const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(String(a), String(b)));
      found.sort((a, b) => (down ? -1 : 1) * compare(keys.get(a), keys.get(b)) || a - b);
    }
    return found;
  }

  refresh() {
    this.found = this.select();
    this.shown = 0;
    this.body.replaceChildren();
    this.controls.forEach((update) => update());
    const all = this.data.rows.length;
    this.state.textContent = this.found.length === all ? `${all} rows` : `${this.found.length} of ${all} rows`;
    if (this.reset) this.reset.hidden = !this.query && this.picked.every((set) => set.size === 0);
    this.next();
    if (followed && this.data.id === "packages") followed();
  }

  next() {
    const rows = document.createDocumentFragment();
    const end = Math.min(this.found.length, this.shown + content.page);
    for (const at of this.found.slice(this.shown, end)) rows.append(...this.row(at));
    const first = rows.firstElementChild;
    this.body.append(rows);
    const asked = document.activeElement === this.more;
    this.shown = end;
    const left = this.found.length - end;
    this.more.hidden = left === 0;
    this.more.textContent = `Show ${Math.min(left, content.page)} more of ${left}`;
    if (asked && left === 0) first?.querySelector("button")?.focus();
  }

  row(at) {
    const { columns, head, rows } = this.data;
    const row = rows[at];
    const line = make("tr", { role: "row", "data-row": at });
    row.c.forEach((cell, column) => {
      const inner = make("span", { class: "cell" }, ...cell.map(bit));
      const attributes = { "data-label": columns[column], role: column === head ? "rowheader" : "cell" };
      if (column !== head) { line.append(make("td", attributes, inner)); return; }
      if (row.m.length) {
        const button = make("button", { type: "button", class: "opener", "aria-expanded": "false",
          click: () => this.toggle(at, line, button) }, ...inner.childNodes);
        inner.append(button);
      }
      line.append(make("th", { ...attributes, scope: "row" }, inner));
    });
    if (!this.opened.has(at)) return [line];
    const button = line.querySelector(".opener");
    return [line, this.below(at, line, button)];
  }

  toggle(at, line, button) {
    if (this.opened.delete(at)) {
      line.nextElementSibling.remove();
      line.classList.remove("opened");
      button.setAttribute("aria-expanded", "false");
      button.removeAttribute("aria-controls");
    } else {
      this.opened.add(at);
      line.after(this.below(at, line, button));
    }
  }

  below(at, line, button) {
    const id = `${this.data.id}-more-${at}`;
    line.classList.add("opened");
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", id);
    return make("tr", { class: "more", role: "row", id },
      make("td", { role: "cell", colspan: this.data.columns.length }, details(this.data.rows[at].m)));
  }

  /** Shows one row of the table, whatever the filter. */
  reveal(at) {
    if (!this.found.includes(at)) { this.clear(); this.changed(); }
    while (this.shown <= this.found.indexOf(at)) this.next();
    const line = this.body.querySelector(`tr[data-row="${at}"]`);
    const button = line.querySelector(".opener");
    if (button && !this.opened.has(at)) this.toggle(at, line, button);
    line.scrollIntoView({ block: "center" });
    button?.focus({ preventScroll: true });
  }
}
