// Puts everything to work.

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
