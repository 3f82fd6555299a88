// Opens the pages of an HTML report in a real browser, uses them, and has them checked.
//
//     node check.mjs MODULES CHROMIUM ONE MANY
//
// MODULES holds node_modules, ONE the page of one run, MANY those of several, as tests/html.rs writes
// them. It prints what is wrong, a line each, and ends with 1 if anything is.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [modules, executablePath, one, many] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(modules, "x.js")));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740, isMobile: true, hasTouch: true };
const FAILING = "tunnel-gate/switch:mapped";
const RUN = pathToFileURL(join(one, "index.html")).href;
const MATRIX = pathToFileURL(join(many, "index.html")).href;

const wrong = [];
let checks = 0;

function check(holds, what, seen) {
  checks += 1;
  if (!holds) wrong.push(seen === undefined ? what : `${what}; came: ${JSON.stringify(seen)}`);
}

const browser = await puppeteer.launch({
  executablePath,
  // Over a pipe it ends with us, whatever becomes of us.
  pipe: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  timeout: 60_000,
  protocolTimeout: 60_000,
});

// A page that is watched: whatever it prints or asks for is wrong.
async function open(url, { view = WIDE, scheme = "light", script = true } = {}) {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => check(false, `${url} prints`, message.text()));
  page.on("pageerror", (error) => check(false, `${url} throws`, error.message));
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const document = request.isNavigationRequest() && request.url().startsWith("file:");
    check(document, `${url} asks for`, request.url());
    if (document) request.continue();
    else request.abort();
  });
  await page.setJavaScriptEnabled(script);
  await page.setViewport(view);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(url, { waitUntil: "load" });
  return page;
}

const shown = (page) => page.$eval("output.shown", (output) => output.textContent);
const fragment = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("href") ?? document.activeElement.className);
const isOpen = (page) => page.evaluate(() => document.querySelector("dialog")?.open ?? false);

async function says(page, text) {
  await page.waitForFunction((text) => document.querySelector("output.shown").textContent === text, { timeout: 5_000 }, text)
    .catch(async () => check(false, `it should say "${text}"`, await shown(page)));
  checks += 1;
}

// Nothing stands out at the right, neither of the page nor of the panel.
async function checkWidth(page, what) {
  const over = await page.evaluate(() => {
    const panel = document.querySelector("dialog[open]");
    const roots = [document.documentElement, panel].filter(Boolean);
    const scrolls = (element) => element.closest(".scroll");
    const out = [...document.querySelectorAll("body *")].filter((element) => !scrolls(element) && !element.closest(".unseen") &&
      element.getClientRects().length > 0 && element.getBoundingClientRect().right > innerWidth + 1);
    return [...roots.filter((root) => root.scrollWidth > root.clientWidth), ...out]
      .map((element) => `${element.tagName}.${element.className}`).slice(0, 5);
  });
  check(over.length === 0, `${what} is wider than the screen`, over);
}

async function checkAccess(page, what) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }, resultTypes: ["violations"] }));
  check(passes.length > 0, `${what}: the checker looked at nothing`);
  for (const { id, nodes } of violations) {
    check(false, `${what}: ${id}`, nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`));
  }
}

async function filters() {
  const page = await open(RUN);
  await says(page, "5 of 5 rows");
  await page.click('input[value="fail"]');
  await says(page, "2 of 5 rows");
  check((await fragment(page)) === "#verdict=fail", "a filter stands in the fragment", await fragment(page));
  await page.type('input[type="search"]', "switch mapped");
  await says(page, "1 of 5 rows");
  await page.click(".status button");
  await says(page, "5 of 5 rows");
  await page.select(".fields select", "routing");
  await says(page, "2 of 5 rows");
  await page.select(".fields select", "");
  // A number of the tables leads to its rows.
  await page.click('.counts a[href="#area=routing&verdict=pass"]');
  await says(page, "1 of 5 rows");
  check((await page.$eval('input[value="pass"]', (box) => box.checked)), "the control follows the fragment");
  await page.goBack();
  await says(page, "5 of 5 rows");
  await page.close();
  const linked = await open(`${RUN}#standing=unexpected&level=fail&text=hostile`);
  await says(linked, "1 of 5 rows");
  await linked.close();
}

async function keyboard() {
  const page = await open(RUN);
  const href = `#row=${FAILING}`;
  // By the tab key alone, from the top of the page.
  for (let presses = 0; presses < 80 && (await focused(page)) !== href; presses += 1) await page.keyboard.press("Tab");
  check((await focused(page)) === href, "the tab key reaches a row", await focused(page));
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check(outline === "solid", "the focus can be seen", outline);
  await page.keyboard.press("Enter");
  check(await isOpen(page), "Enter opens the row");
  check((await fragment(page)) === href, "an open row stands in the fragment", await fragment(page));
  await panel(page);
  await page.focus('button[value="hex"]');
  await page.keyboard.press("Space");
  const hex = await page.$eval(".sequence .hex", (line) => line.textContent);
  check(/^0000 {2}47 45 54 20/.test(hex), "octets are shown in hex", hex);
  check((await page.$$(".hex .is-removed")).length > 0, "changes are marked in hex");
  await page.keyboard.press("Escape");
  check(!(await isOpen(page)), "Escape closes the row");
  await page.waitForFunction((href) => document.activeElement.getAttribute("href") === href, { timeout: 5_000 }, href)
    .catch(async () => check(false, "the focus returns", await focused(page)));
  check((await fragment(page)) === "", "a closed row leaves the fragment", await fragment(page));
  await page.keyboard.press("Enter");
  await page.click("button.back");
  check((await fragment(page)) !== href && (await isOpen(page)), "the row in front of it follows", await fragment(page));
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector("dialog").open, { timeout: 5_000 })
    .catch(() => check(false, "going back closes the row"));
  await page.close();
}

// What the panel of the failing row says.
async function panel(page) {
  const text = await page.$eval("dialog", (dialog) => dialog.innerText);
  const parts = ["tunnel-gate/switch:mapped", "The switch is relayed", "Nobody gets through.", "the client is told 502",
    "RFC 9110 §7.8", "hopspec run --target proxy", "scenarios/tunnel-gate/switch.kdl:7", "a reason that is known"];
  for (const part of parts) check(text.includes(part), `the panel says "${part}"`, text);
  const marked = (change) => page.$$eval(`.sequence .line.is-${change} code`, (lines) => lines.map((line) => line.textContent));
  const expected = {
    removed: ["X-Hop: gone\\r\\n"],
    added: ["Via: 1.1 proxy\\r\\n"],
    rewritten: ["Host: {authority}\\r\\n", "Host: backend\\r\\n"],
    respelled: ["Upgrade: frob/1\\r\\n", "upgrade: frob/1\\r\\n"],
  };
  for (const [change, lines] of Object.entries(expected)) {
    const seen = await marked(change);
    check(JSON.stringify(seen) === JSON.stringify(lines), `lines that are ${change}`, seen);
  }
  const lanes = await page.$$eval(".lanes span", (lanes) => lanes.map((lane) => lane.textContent));
  check(lanes.join() === "client,proxy,origin", "the lanes", lanes);
  const steps = await page.$$eval(".sequence li", (steps) => steps.map((step) => step.className.trim()));
  const drawn = ["client out", "origin in", "origin out reset", "client none missing", "client none quiet"];
  check(drawn.every((step) => steps.some((seen) => seen.includes(step))), "the arrows", steps);
  await page.$$eval("dialog details", (parts) => parts.forEach((part) => { part.open = true; }));
  await page.waitForSelector('ol[aria-label="Timeline"] li', { timeout: 5_000 }).catch(() => check(false, "the timeline is drawn"));
  const times = await page.$$eval(".time", (times) => times.map((time) => time.textContent));
  check(times.includes("1.250 ms"), "the timeline has times", times);
}

// Which head became which: `lane` and `out` of each write or read, and its octets.
async function pairing() {
  const page = await open(RUN);
  const told = (writes) => page.evaluate((writes) => {
    const items = writes.map(([lane, out, octets, conn = ""]) => ({ lane, out, conn, octets, total: octets.length }));
    const line = (head) => head?.lines[0].text ?? "";
    return changesIn(items).map(({ before, after, rows }) =>
      [line(before), line(after), rows?.filter((row) => row.change !== "kept").map((row) => row.change).join() ?? "alone"].join(" | "));
  }, writes);
  const [client, origin, out, back] = ["client", "origin", true, false];
  const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const cases = [
    ["content is no head, and a second request behind it is one", [
      [client, out, "POST /hop-a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n13\r\nGET /x HTTP/1.1\r\n\r\n\r\n0\r\n\r\nGET /hop-a/2 HTTP/1.1\r\n\r\n"],
      [origin, back, "GET /hop-a/2 HTTP/1.1\r\n\r\n", "second"],
      [origin, back, "POST /hop-a HTTP/1.1\r\nContent-Length: 19\r\n\r\nGET /x HTTP/1.1\r\n\r\n"],
    ], ["POST /hop-a HTTP/1.1 | POST /hop-a HTTP/1.1 | removed,added", "GET /hop-a/2 HTTP/1.1 | GET /hop-a/2 HTTP/1.1 | "]],
    ["a head in pieces is one, and what is tried again is so twice", [
      [client, out, "GET /hop-a HTTP/1.1\r\nX: a\r\nX:"], [client, out, " b\r\n\r\n"],
      [origin, back, "GET /hop-a HTTP/1.1\r\nX: b\r\nX: a\r\n\r\n"], [origin, back, "GET /hop-a HTTP/1.1\r\nX: a, b\r\n\r\n", "again"],
    ], ["GET /hop-a HTTP/1.1 | GET /hop-a HTTP/1.1 | ", "GET /hop-a HTTP/1.1 | GET /hop-a HTTP/1.1 | rewritten,removed"]],
    ["interim responses stay in front of theirs, and a made-up one has no other", [
      [client, out, "GET /hop-a HTTP/1.1\r\n\r\nGET /hop-a/2 HTTP/1.1\r\n\r\n"],
      [origin, back, "GET /hop-a HTTP/1.1\r\n\r\n"], [origin, out, `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}`],
      [client, back, `HTTP/1.1 103 Early Hints\r\n\r\n${ok}HTTP/1.1 502 Bad Gateway\r\n\r\n`],
    ], ["GET /hop-a HTTP/1.1 | GET /hop-a HTTP/1.1 | ", "GET /hop-a/2 HTTP/1.1 |  | alone", "HTTP/1.1 103 Early Hints | HTTP/1.1 103 Early Hints | removed",
      "HTTP/1.1 200 OK | HTTP/1.1 200 OK | ", " | HTTP/1.1 502 Bad Gateway | alone"]],
    ["behind a 101 is no head", [
      [client, out, "GET /hop-a HTTP/1.1\r\nUpgrade: x\r\n\r\n"], [origin, back, "GET /hop-a HTTP/1.1\r\nUpgrade: x\r\n\r\n"],
      [origin, out, "HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"], [client, back, "HTTP/1.1 101 Switching\r\n\r\n"],
      [client, out, "GET /tunnel HTTP/1.1\r\n\r\n"], [origin, back, "GET /tunnel HTTP/1.1\r\n\r\n"],
    ], ["GET /hop-a HTTP/1.1 | GET /hop-a HTTP/1.1 | ", "HTTP/1.1 101 Switching | HTTP/1.1 101 Switching | "]],
  ];
  for (const [what, writes, expected] of cases) {
    const seen = await told(writes);
    check(JSON.stringify(seen) === JSON.stringify(expected), what, seen);
  }
  await page.close();
}

async function hostile() {
  for (const url of [`${RUN}#row=routing/hostile:plain`, `${MATRIX}#text=hostile`]) {
    const page = await open(url);
    check(await page.evaluate(() => window.hacked === undefined), `${url}: what a target sent ran as a script`);
    check((await page.$$("img, b > b, script[src]")).length === 0, `${url}: what a target sent became markup`);
    await page.close();
  }
  const page = await open(`${RUN}#row=routing/hostile:plain`);
  check(await isOpen(page), "a link opens a row");
  const text = await page.$eval("dialog", (dialog) => dialog.innerText);
  const parts = ["<script>hacked=1</script>", "<img src=x onerror=hacked=1>", "\\u{1b}]0;title\\u{7}", "\\u{202e}", "\\x1b[31m\\x00\\xff", "]]>", "::error::no"];
  for (const part of parts) check(text.includes(part), `hostile text is shown as text: ${part}`, text);
  check(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text), "no control is shown as itself");
  check((await page.$$('a[href^="javascript"]')).length === 0, "only web links are links");
  await page.keyboard.press("Escape");
  await page.close();
}

async function matrix() {
  const page = await open(MATRIX);
  await says(page, "5 of 5 rows, in 4 scenarios");
  await page.focus(".matrix td a[tabindex='0']");
  const first = await focused(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  const next = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  check(next?.startsWith("other 2"), "arrow keys move between cells", [first, next]);
  await page.click(".matrix button");
  check((await page.$$(".matrix tr.one")).length > 0, "a scenario opens its rows");
  await page.click('input[value="fail"]');
  await says(page, "2 of 5 rows, in 2 scenarios");
  await page.click('input[value="fail"]');
  const [one, other] = await page.$$eval("select", (selects) => selects.slice(-2).map((select) => [...select.options].length));
  check(one === 4 && other === 4, "every run can be chosen", [one, other]);
  await page.evaluate(() => { location.hash = "#one=0&other=1"; });
  await says(page, "1 row differs of 5");
  await page.evaluate(() => { location.hash = "#one=0&other=1&wire=1"; });
  await says(page, "2 rows differ of 5");
  await page.evaluate(() => { location.hash = "#one=0&other=0"; });
  await says(page, "0 rows differ of 5");
  await page.evaluate(() => { location.hash = ""; });
  await says(page, "5 of 5 rows, in 4 scenarios");
  await Promise.all([page.waitForNavigation(), page.click(`.matrix a[href$="#row=${FAILING}"]`)]);
  check(page.url().includes("proxy-1.html") && (await isOpen(page)), "a cell opens its exchange", page.url());
  const elsewhere = await page.$$eval(".elsewhere a", (links) => links.map((link) => link.textContent));
  check(elsewhere.length === 2 && elsewhere.includes("Ffail: other 2"), "the same row in another run", elsewhere);
  await page.keyboard.press("Escape");
  await Promise.all([page.waitForNavigation(), page.click(".up a")]);
  check(page.url().includes("index.html"), "and leads back", page.url());
  await page.close();
}

async function withoutScript() {
  for (const [url, text] of [[RUN, "By area"], [MATRIX, "By run"]]) {
    const page = await open(url, { script: false });
    const seen = await page.evaluate(() => document.body.innerText);
    check(seen.includes(text) && seen.includes("need JavaScript"), `${url} says something without a script`, seen);
    await page.close();
  }
}

async function looks() {
  const pages = [[RUN, "list"], [`${RUN}#row=${FAILING}`, "panel"], [`${RUN}#row=routing/hostile:plain`, "hostile panel"],
    [MATRIX, "matrix"], [`${MATRIX}#one=0&other=1`, "differences"]];
  for (const [url, what] of pages) {
    for (const scheme of ["light", "dark"]) {
      const page = await open(url, { scheme });
      await page.$$eval("details", (parts) => parts.forEach((part) => { part.open = true; }));
      await checkAccess(page, `${what}, ${scheme}`);
      await page.close();
    }
    const phone = await open(url, { view: PHONE });
    await phone.$$eval("details", (parts) => parts.forEach((part) => { part.open = true; }));
    await checkWidth(phone, what);
    if (what.endsWith("panel")) {
      await phone.$eval('button[value="hex"]', (button) => button.click());
      await checkWidth(phone, `${what} in hex`);
    }
    await phone.close();
  }
}

try {
  for (const part of [filters, keyboard, pairing, hostile, matrix, withoutScript, looks]) {
    await part().catch((error) => check(false, `${part.name} came to an end`, error.stack));
  }
} finally {
  await browser.close();
}
for (const line of wrong) console.log(line);
console.log(`${checks} checks, ${wrong.length} wrong`);
process.exitCode = wrong.length > 0 || checks < 60 ? 1 : 0;
