"""Opens the HTML report of a delta in a browser, uses it as a person would, and says what is not as it should be.

    html_report.py FOLDER BROWSER

FOLDER holds `rich.html` (made of crates/bomwright-report/testdata/html/delta.json) and `large.html` (50,000 packages
`p0` to `p49999`, every tenth of them downgraded). Screenshots are left in FOLDER. BROWSER is the path of Chromium.
Needs Playwright for Python; its own browsers are not used.
"""

import pathlib
import sys
import time

from playwright.sync_api import sync_playwright

FOLDER, BROWSER = pathlib.Path(sys.argv[1]).absolute(), sys.argv[2]
RICH = (FOLDER / "rich.html").as_uri()
LARGE = (FOLDER / "large.html").as_uri()
HOSTILE = '<img src=x onerror="window.pwned=1">'
failures = []


def check(what, actual, expected=True):
    if actual != expected:
        failures.append(f"{what}:\n      is {actual!r}\n  not {expected!r}")


class Visit:
    """A page and everything that it said, asked for or opened on its own."""

    def __init__(self, browser, address, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.said, self.asked = [], []
        self.page.on("console", lambda it: self.said.append(f"{it.type}: {it.text}"))
        self.page.on("pageerror", lambda it: self.said.append(f"error: {it}"))
        self.page.on("dialog", lambda it: (self.said.append(f"dialog: {it.message}"), it.dismiss()))
        self.context.on("page", lambda it: self.said.append("a window was opened"))
        self.page.on("request", lambda it: self.asked.append(it.url))
        self.page.goto(address)

    def end(self, what):
        own = [it for it in self.asked if not it.startswith(FOLDER.as_uri()) and it != "data:,"]
        check(f"{what}: requests", own, [])
        check(f"{what}: console", self.said, [])
        if self.context:
            self.context.close()

    def names(self, table="packages"):
        return self.page.locator(f"#{table}-table tbody th .cell code").all_inner_texts()

    def lines(self):
        """All tables as text, without what is folded away."""
        cells = ".scroll tbody tr:not(.more) > *"
        return [" ".join(it.split()) for it in self.page.locator(cells).all_text_contents()]


def facet(page, table, key, value):
    page.click(f"#{table}-tool [data-facet={key}] button[data-value='{value}']")


def filters(browser):
    visit = Visit(browser, RICH)
    page = visit.page
    everything = visit.names()
    check("all packages", len(everything), 23)

    page.fill("#packages-q", "axios")
    check("search", visit.names(), ["axios", "follow-redirects", "proxy-from-env", "request"])
    check("search tells", page.inner_text("#packages-tool .state"), "4 of 23 rows")
    page.fill("#packages-q", "AXIOS replacement")
    check("search, two words", visit.names(), ["axios", "request"])
    page.fill("#packages-q", "no such package")
    check("search, nothing", visit.names(), [])
    page.fill("#packages-q", "")

    facet(page, "packages", "origin", "in-house")
    check("origin", visit.names(), ["@acme/shop", "@acme/telemetry", "build-id"])
    facet(page, "packages", "origin", "unknown")
    check("two origins", visit.names(), ["@acme/shop", "@acme/telemetry", "build-id", "acme-agent"])
    facet(page, "packages", "change", "added")
    check("origins and change", visit.names(), ["@acme/telemetry", "acme-agent"])
    check("pressed", page.locator("#packages-tool button[aria-pressed=true]").count(), 3)

    address = page.url
    check("the address keeps the filter", address.split("#")[1],
          "packages.origin=in-house&packages.origin=unknown&packages.change=added")
    again = Visit(browser, address)
    check("the filter of an address", again.names(), ["@acme/telemetry", "acme-agent"])
    again.end("an address with a filter")
    page.click("nav a[href='#files']")
    check("a link keeps the filter", page.url, address)
    page.click("#packages-tool button:text-is('Clear')")
    check("cleared", visit.names(), everything)

    page.select_option("#packages-tool select[data-facet=licence]", "=GPL-3.0-only")
    check("licence", visit.names(), ["chalk"])
    page.select_option("#packages-tool select[data-facet=licence]", "")
    page.select_option("#packages-tool select[data-facet=ecosystem]", "=pypi")
    check("ecosystem", visit.names(), ["cryptography", "idna", "six"])
    page.click("#packages-tool button:text-is('Clear')")
    page.click("a[data-filter='packages.change=downgraded']")
    check("a number leads to its rows", visit.names(), ["tzdata", "cryptography"])
    page.click("#packages-tool button:text-is('Clear')")

    page.select_option("#files-tool select[data-facet=role]", "=executable")
    check("role", visit.names("files"), ["/app/entrypoint.sh", "/opt/acme/bin/acme-agent", "/usr/bin/gunzip",
                                         "/usr/local/bin/acme-suid"])
    page.click("#files-table thead button:text-is('Size')")
    check("smallest first", visit.names("files")[0], "/app/entrypoint.sh")
    page.click("#files-table thead button:text-is('Size')")
    check("largest first", visit.names("files")[0], "/opt/acme/bin/acme-agent")
    check("order is told", page.get_attribute("#files-table thead th:nth-child(5)", "aria-sort"), "descending")
    page.click("#findings-table thead button:text-is('Severity')")
    severities = page.locator("#findings-table tbody td:first-child").all_inner_texts()
    check("the worst first", severities, ["critical", "high", "medium", "medium", "medium", "low", "info"])
    visit.end("filters")


def rows_that_open(browser):
    visit = Visit(browser, RICH)
    page = visit.page
    opener = page.locator("#packages-table .opener", has_text="chalk")
    check("closed", opener.get_attribute("aria-expanded"), "false")
    opener.focus()
    page.keyboard.press("Enter")
    check("open", opener.get_attribute("aria-expanded"), "true")
    text = page.inner_text("#" + opener.get_attribute("aria-controls"))
    for part in ["license: MIT → GPL-3.0-only", "repository: https://code.example/chalk", "root → @acme/shop 1.5.0 → chalk 5.3.0",
                 "plain-colour 1.0.0", "layer 6 of this build: RUN npm ci --omit=dev", "Packages that ask for it"]:
        check(f"a row tells '{part}'", part in text)
    page.keyboard.press("Space")
    check("closed again", page.locator("#packages-table tr.more").count(), 0)
    page.locator("#packages-table .opener", has_text="qs").click()
    check("instances", "6.5.5, 6.11.0 → 6.11.0" in page.inner_text("#packages-table tr.more"))
    page.locator("#packages-table .opener", has_text="axios").first.click()
    check("hints", "replacement of request 2.88.2" in page.inner_text("#packages-table"))

    page.locator("#files-table .opener", has_text="entrypoint.sh").click()
    diff = page.locator("#files-table pre.diff")
    check("lines added", diff.locator(".plus").count(), 3)
    check("lines removed", diff.locator(".minus").all_inner_texts()[0].strip(), "-exec node server.js")
    check("bidi is shown", "exec node ⟨U+202E⟩sj.revres" in diff.inner_text())
    page.locator("#findings-table .opener", has_text="acme-suid").click()
    waiver = page.inner_text("#findings-table pre.copy")
    check("how to waive", waiver.startswith("bomwright waive delta.json F-3c1a90b2e411 --reason "))
    check("no command with a hostile id", "waive" not in page.inner_text("#findings-table tr:last-child"))
    check("links", page.locator("a:not([href^='#'])").count(), 0)
    visit.end("rows that open")


def graph(browser):
    visit = Visit(browser, RICH)
    page = visit.page
    items = page.locator("#tree [role=treeitem]")

    def item(name):
        return page.locator(f"#tree [role=treeitem][aria-label^='{name}']")

    def focused():
        return page.evaluate("document.activeElement.getAttribute('aria-label')")

    all_items = items.count()
    check("nodes to begin with", all_items > 20)
    shop = item("@acme/shop 1.5.0, upgraded")
    shop.click()
    check("closed by mouse", (shop.get_attribute("aria-expanded"), item("axios 1.7.2").count()), ("false", 0))
    check("a node tells more", "1.4.0 → 1.5.0" in page.inner_text("#panel"))
    shop.click()
    check("opened by mouse", (shop.get_attribute("aria-expanded"), item("axios 1.7.2").count()), ("true", 1))

    page.focus("#tree-only")
    page.keyboard.press("Tab")
    check("one node is in the order of tabs", focused(), "@acme/shop 1.5.0, upgraded")
    page.keyboard.press("Home")
    check("Home", focused(), "registry.example/shop:1.5.0-rc1")
    page.keyboard.press("ArrowLeft")
    check("Left closes", items.count(), 1)
    page.keyboard.press("ArrowRight")
    check("Right opens", items.count() > 5)
    page.keyboard.press("ArrowRight")
    check("Right goes to the first child", focused(), "curl 7.88.1-10")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    check("and on", focused(), "libssl3 3.0.15-1~deb12u1, upgraded")
    page.keyboard.press("ArrowLeft")
    check("Left goes to the parent", focused(), "curl 7.88.1-10")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    check("Enter tells more", page.locator("#panel dl").count(), 1)
    page.click("#panel button")
    check("and leads to the row", page.evaluate("document.activeElement.className"), "opener")

    page.fill("#packages-q", "follow-redirects")
    page.check("#tree-only")
    check("the graph follows the filter", sorted(items.evaluate_all("all => all.map(it => it.getAttribute('aria-label'))")),
          ["@acme/shop 1.5.0, upgraded", "axios 1.7.2, added", "follow-redirects 1.15.6, added", "registry.example/shop:1.5.0-rc1"])
    visit.end("graph")


CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const bad = new Set();
  for (const element of document.querySelectorAll("body *:not(script, option)")) {
    if (![...element.childNodes].some((it) => it.nodeType === 3 && it.data.trim()) || !element.getClientRects().length) continue;
    if (element.closest("svg")) continue;
    let at = element, back;
    do { back = parse(getComputedStyle(at).backgroundColor); at = at.parentElement; } while (at && back[3] === 0);
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(back)];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...bad];
}"""


def looks(browser):
    for name, options in [
        ("light", {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}}),
        ("dark", {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}}),
        ("phone", {"color_scheme": "light", "viewport": {"width": 360, "height": 740}}),
        ("phone-dark", {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}),
    ]:
        visit = Visit(browser, RICH, reduced_motion="reduce", **options)
        page = visit.page
        back = page.evaluate("getComputedStyle(document.body).backgroundColor")
        check(f"{name}: background", back, "rgb(20, 23, 27)" if "dark" in name else "rgb(251, 251, 250)")
        page.screenshot(path=FOLDER / f"{name}-top.png")
        page.evaluate("document.querySelectorAll('.opener').forEach((it, at) => { if (at % 3 === 0) it.click(); })")
        page.locator("#tree [role=treeitem]").last.click()
        page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
        page.evaluate("document.querySelectorAll('.opener[aria-expanded=false]').forEach((it) => it.click())")
        wide = page.evaluate("document.documentElement.scrollWidth")
        check(f"{name}: nothing sticks out", wide, options["viewport"]["width"])
        check(f"{name}: contrast", page.evaluate(CONTRAST), [])
        unnamed = page.evaluate("[...document.querySelectorAll('button, input, select')].filter((it) =>"
                                " !it.textContent.trim() && !it.labels?.length && !it.ariaLabel).length")
        check(f"{name}: every control has a name", unnamed, 0)
        visit.end(name)

    visit = Visit(browser, RICH, color_scheme="dark", viewport={"width": 800, "height": 1000})
    visit.page.emulate_media(media="print")
    check("print: paper is white", visit.page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
    check("print: no controls", visit.page.locator(".tool:visible, nav:visible").count(), 0)
    check("print: nothing is cut", visit.page.evaluate("document.documentElement.scrollWidth"), 800)
    check("print: contrast", visit.page.evaluate(CONTRAST), [])
    visit.page.screenshot(path=FOLDER / "print.png", full_page=True)
    visit.end("print")


def hostile(browser):
    visit = Visit(browser, RICH)
    page = visit.page
    check("a hostile name is text", HOSTILE in visit.names())
    page.evaluate("document.querySelectorAll('.opener').forEach((it) => it.click())")
    for _ in range(4):
        page.click("#tree button:text-is('Open more')")
    page.wait_for_timeout(200)
    check("nothing ran", page.evaluate("window.pwned === undefined"))
    check("elements that nobody made", page.locator("img, iframe, svg [onload], b, i, [onerror]").count(), 0)
    check("scripts", page.locator("script").count(), 2)
    check("names that objects have", {"__proto__", "lod⟨U+200B⟩ash"} <= set(visit.names()))
    visit.end("hostile")

    # The policy holds even where a script would get in.
    visit = Visit(browser, RICH)
    visit.page.evaluate("""() => { const it = document.createElement("div");
        it.innerHTML = "<img src=x onerror='window.pwned=99'>"; document.body.append(it); }""")
    visit.page.wait_for_timeout(200)
    check("the policy stops what gets in", visit.page.evaluate("window.pwned === undefined"))
    check("and says so", any("Content Security Policy" in it for it in visit.said))
    visit.context.close()


def without_script(browser):
    visit = Visit(browser, RICH)
    with_script = visit.lines()
    visit.end("with a script")
    visit = Visit(browser, RICH, java_script_enabled=False, viewport={"width": 360, "height": 740})
    check("without a script: the same rows", visit.lines(), with_script)
    check("without a script: packages", len(visit.names()), 23)
    check("without a script: the row's details", visit.page.locator("#packages-table tr.more details").count(), 23)
    check("without a script: the graph as a list", visit.page.locator("#tree li").count() > 20)
    visit.page.locator("#files-table summary").first.click()
    check("without a script: a diff", visit.page.locator("#files-table pre.diff .plus").first.is_visible())
    wide = visit.page.evaluate("document.documentElement.scrollWidth")
    check("without a script: nothing sticks out", wide, 360)
    visit.page.screenshot(path=FOLDER / "no-script.png", full_page=True)
    visit.end("without a script")


def large(browser):
    began = time.monotonic()
    visit = Visit(browser, LARGE)
    page = visit.page
    check("large: rows", len(visit.names()), 500)
    loaded = time.monotonic()
    page.click("#packages .next")
    check("large: more rows", len(visit.names()), 1000)
    page.fill("#packages-q", "p4999")
    page.locator("#packages-tool .state", has_text=" of ").wait_for()
    check("large: search", visit.names(), ["p4999"] + [f"p4999{i}" for i in range(10)])
    searched = time.monotonic()
    page.fill("#packages-q", "")
    page.locator("#packages-tool .state:text-is('50000 rows')").wait_for()
    facet(page, "packages", "change", "downgraded")
    check("large: filter", page.inner_text("#packages-tool .state"), "5000 of 50000 rows")
    more = page.locator("#tree [role=treeitem].rest").last
    before = page.locator("#tree [role=treeitem]").count()
    more.click()
    check("large: more nodes", page.locator("#tree [role=treeitem]").count(), before + 100)
    for _ in range(3):
        page.click("#tree button:text-is('Open more')")
    check("large: the graph stays small", page.locator("#tree [role=treeitem]").count() < 2000)
    print(f"50,000 packages: shown after {loaded - began:.1f} s, searched after {searched - loaded:.1f} s")
    check("large: shown in time", loaded - began < 30)
    visit.end("large")


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
    for part in [filters, rows_that_open, graph, looks, hostile, without_script, large]:
        began = time.monotonic()
        try:
            part(chromium)
        except Exception as error:  # one broken part must not hide the others
            failures.append(f"{part.__name__} broke: {error}")
        print(f"{part.__name__}: {time.monotonic() - began:.1f} s")
    chromium.close()

print("\n".join(failures))
sys.exit(1 if failures else 0)
