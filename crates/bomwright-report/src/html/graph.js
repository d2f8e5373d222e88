// The tree of paths from the root to each change: drawn, folded, walked through by keyboard.

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
        make("button", { type: "button", click: () => this.unfold(300) }, "Open more"),
        make("button", { type: "button", click: () => { this.fold(); this.draw(); } }, "Close all"),
        make("label", { class: "check", for: "tree-only" }, this.only, " Only what the filter of the packages shows"),
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
    const width = lefts.at(-1) + widths.at(-1) + 12, height = (line + 1) * ROW + 12;
    const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "tree",
      "aria-label": "Paths from the root to each change" });
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
    for (const row of (node.r || []).slice(0, 20)) {
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
