"use strict";
// What the page can do beyond being read. Text becomes text nodes only; there is no markup in the data and none is made.
(() => {
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

  // ---- cells -------------------------------------------------------------------------------------------------------

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

  // ---- tables ------------------------------------------------------------------------------------------------------

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
      if (rows.length < 2) return;
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
  }

  // ---- the graph ---------------------------------------------------------------------------------------------------

  const ROW = 30, HIGH = 22, WIDE = 44, LETTER = 7.85, LETTERS = 38;

  class Graph {
    constructor(nodes, packages) {
      this.packages = packages;
      this.nodes = nodes.map((node, id) => ({ ...node, id, children: [], open: false, limit: 20, kept: true }));
      for (const node of this.nodes) if (node.p !== undefined) this.nodes[node.p].children.push(node);
      this.focused = this.nodes[0];
      this.items = new Map();
      this.only = make("input", { type: "checkbox", id: "tree-only", change: () => this.filter() });
      this.canvas = make("div", { class: "canvas" });
      this.panel = make("div", { id: "panel", "aria-live": "polite" });
      document.getElementById("tree").replaceChildren(
        make("div", { class: "tool" },
          make("button", { type: "button", click: () => this.unfold(300) }, "Open"),
          make("button", { type: "button", click: () => { this.fold(); this.draw(); } }, "Close"),
          make("label", { for: "tree-only" }, this.only, " Only what the filter of the packages shows"),
          make("p", { class: "state" }, "Arrow keys move, Enter opens a node and tells more.")),
        this.canvas, this.panel);
      followed = () => { if (this.only.checked) this.filter(); };
      this.unfold(40);
    }

    fold() {
      for (const node of this.nodes) { node.open = false; node.limit = 20; }
      this.focused = this.nodes[0];
    }

    /** Opens nodes, those near the root first, while no more than `most` are to be seen. */
    unfold(most) {
      let seen = 1;
      const queue = [this.nodes[0]];
      for (let at = 0; at < queue.length; at += 1) {
        const children = this.kept(queue[at]);
        const more = Math.min(children.length, queue[at].limit);
        if (at > 0 && seen + more > most) break;
        queue[at].open = children.length > 0;
        seen += more;
        queue.push(...children.slice(0, more));
      }
      this.draw();
    }

    filter() {
      const rows = this.only.checked ? new Set(this.packages.found) : null;
      for (const node of this.nodes) node.kept = !rows;
      if (rows) {
        for (const node of this.nodes.toReversed()) {
          node.kept ||= (node.r || []).some((row) => rows.has(row));
          if (node.kept && node.p !== undefined) this.nodes[node.p].kept = true;
        }
        this.nodes[0].kept = true;
      }
      this.fold();
      this.unfold(40);
    }

    kept(node) { return node.children.filter((child) => child.kept); }

    /** What is to be seen, from top to bottom, each with its depth. */
    visible() {
      const out = [];
      const stack = [{ node: this.nodes[0], depth: 0, up: null }];
      while (stack.length) {
        const entry = stack.pop();
        out.push(entry);
        const { node, depth } = entry;
        if (!node.open) continue;
        const children = this.kept(node);
        const next = children.slice(0, node.limit).map((child) => ({ node: child, depth: depth + 1, up: entry }));
        const left = children.length - node.limit;
        if (left > 0) {
          node.rest ??= { id: "rest" + node.id, of: node, children: [] };
          node.rest.t = `${left} more`;
          next.push({ node: node.rest, depth: depth + 1, up: entry });
        }
        stack.push(...next.reverse());
      }
      return out;
    }

    draw() {
      const entries = this.visible();
      if (!entries.some((entry) => entry.node === this.focused)) this.focused = this.nodes[0];
      const had = this.canvas.contains(document.activeElement);
      const widths = [];
      let line = -1;
      entries.forEach((entry, at) => {
        // A first child stands beside its parent, every other one below what came before.
        if (at === 0 || entries[at - 1] !== entry.up) line += 1;
        if (at === 0) line = 0;
        entry.line = line;
        const text = [...entry.node.t];
        entry.label = text.length > LETTERS ? text.slice(0, LETTERS - 1).join("") + "…" : entry.node.t;
        if (entry.node.k) entry.label = entry.node.k[0] + " " + entry.label;
        const room = this.kept(entry.node).length ? 22 : 8;
        entry.wide = Math.max(24, [...entry.label].length * LETTER + 8 + room);
        widths[entry.depth] = Math.max(widths[entry.depth] || 0, entry.wide);
      });
      const lefts = [];
      widths.reduce((left, wide, depth) => { lefts[depth] = left; return left + wide + WIDE; }, 8);
      const svg = draw("svg", { width: lefts.at(-1) + widths.at(-1) + 12, height: (line + 1) * ROW + 12,
        role: "tree", "aria-label": "Paths from the root to each change" });
      const edges = draw("g", {}), nodes = draw("g", { role: "none" });
      this.items.clear();
      for (const entry of entries) {
        entry.x = lefts[entry.depth];
        entry.y = entry.line * ROW + 8 + HIGH / 2;
        if (entry.up) edges.append(this.edge(entry.up, entry));
        nodes.append(this.node(entry));
      }
      edges.setAttribute("aria-hidden", "true");
      svg.append(edges, nodes);
      this.entries = entries;
      this.canvas.replaceChildren(svg);
      if (had) this.focus(this.focused);
    }

    edge(from, to) {
      const x = from.x + from.wide, bend = x + WIDE / 2 + (to.x - WIDE - x);
      return draw("path", { class: "edge", d: `M${x},${from.y} C${bend},${from.y} ${bend},${to.y} ${to.x},${to.y}` });
    }

    node(entry) {
      const { node } = entry;
      const parent = this.kept(node).length > 0;
      const kind = node.of ? "rest" : node.c || "";
      const group = draw("g", { class: "node " + kind, role: "treeitem", transform: `translate(${entry.x},${entry.y})`,
        tabindex: node === this.focused ? 0 : -1, "aria-level": entry.depth + 1, "data-node": node.id,
        "aria-label": node.k ? `${node.t}, ${node.c}` : node.t });
      if (parent) group.setAttribute("aria-expanded", node.open);
      const title = draw("title", {}), label = draw("text", { x: 8, y: 4.5 });
      title.textContent = node.t;
      label.textContent = entry.label;
      group.append(title, draw("rect", { y: -HIGH / 2, width: entry.wide, height: HIGH, rx: 5 }), label);
      if (parent) {
        const at = entry.wide - 16;
        group.append(draw("path", { class: "fold", d: node.open ? `M${at},-3 l8,0 l-4,6 z` : `M${at + 1},-4 l6,4 l-6,4 z` }));
      }
      group.addEventListener("click", () => this.activate(node));
      group.addEventListener("keydown", (event) => this.key(event, node));
      this.items.set(node, group);
      return group;
    }

    focus(node) {
      this.items.get(this.focused)?.setAttribute("tabindex", -1);
      this.focused = node;
      const item = this.items.get(node);
      item.setAttribute("tabindex", 0);
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    activate(node) {
      this.focused = node;
      if (node.of) {
        const at = node.of.limit;
        node.of.limit += 100;
        this.focused = this.kept(node.of)[at];
      } else {
        if (this.kept(node).length) node.open = !node.open;
        this.tell(node);
      }
      this.draw();
      this.focus(this.focused);
    }

    tell(node) {
      this.panel.replaceChildren();
      for (const row of node.r || []) {
        const data = this.packages.data.rows[row];
        this.panel.append(
          make("p", {}, ...data.c.slice(0, 3).flatMap((cell) => [...cell.map(bit), " "])), details(data.m),
          make("button", { type: "button", click: () => this.packages.reveal(row) }, "Show it in the table"));
      }
    }

    key(event, node) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const at = this.entries.findIndex((entry) => entry.node === node);
      const entry = this.entries[at];
      const step = (to) => { if (this.entries[to]) this.focus(this.entries[to].node); };
      const open = (wanted) => { node.open = wanted; this.draw(); this.focus(node); };
      const actions = {
        ArrowDown: () => step(at + 1),
        ArrowUp: () => step(at - 1),
        Home: () => step(0),
        End: () => step(this.entries.length - 1),
        ArrowRight: () => { if (!this.kept(node).length) return; if (node.open) step(at + 1); else open(true); },
        ArrowLeft: () => { if (node.open && this.kept(node).length) open(false); else if (entry.up) this.focus(entry.up.node); },
        Enter: () => this.activate(node),
        " ": () => this.activate(node),
      };
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    }
  }

  /** Shows one row of the table, whatever the filter. */
  Table.prototype.reveal = function reveal(at) {
    if (!this.found.includes(at)) { this.clear(); this.changed(); }
    while (this.shown <= this.found.indexOf(at)) this.next();
    const line = this.body.querySelector(`tr[data-row="${at}"]`);
    const button = line.querySelector(".opener");
    if (button && !this.opened.has(at)) this.toggle(at, line, button);
    line.scrollIntoView({ block: "center" });
    button?.focus({ preventScroll: true });
  };

  // ---- start -------------------------------------------------------------------------------------------------------

  document.documentElement.classList.add("js");
  for (const data of content.tables) if (data.rows.length) tables.set(data.id, new Table(data));
  if (content.paths.length > 1 && tables.has("packages")) new Graph(content.paths, tables.get("packages"));

  // Links of the page must not lose the filter that the address holds.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    if (link.dataset.filter) {
      const wanted = new URLSearchParams(link.dataset.filter);
      const table = tables.get([...wanted.keys()][0].split(".")[0]);
      if (table) { table.take(wanted); writeAddress(); }
    }
    target.tabIndex = -1;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  });
  addEventListener("hashchange", readAddress);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
  if (location.hash) readAddress();
})();
