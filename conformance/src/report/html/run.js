// The list of the rows of one run.

const run = data("run");
// The panel's part of each row, a line of JSON each, read when a row is opened.
let detailLines;

function detailOf(place) {
  // In front of the first line and behind the last stand the brackets.
  detailLines ??= document.getElementById("details").textContent.split("\n");
  return JSON.parse(detailLines[place + 1].replace(/,$/, ""));
}

for (const scenario of run.scenarios) {
  scenario.area = areaOf(scenario.id);
  scenario.rows = [];
}
for (const [place, row] of run.rows.entries()) {
  const scenario = run.scenarios[row.scenario];
  const rules = scenario.rules.map((rule) => run.rules[rule]);
  Object.assign(row, {
    place,
    of: scenario,
    id: row.row ? `${scenario.id}:${row.row}` : scenario.id,
    area: scenario.area,
    level: scenario.level,
    words: lazily(() => [row.id, scenario.title, row.outcome, rules.map((rule) => `${rule.id} ${rule.citation}`).join(" ")]),
  });
  scenario.rows.push(row);
}
const byId = new Map(run.rows.map((row) => [row.id, row]));

const counts = new Map();
for (const row of run.rows) counts.set(row.verdict, (counts.get(row.verdict) ?? 0) + 1);

const bar = filterBar({
  verdicts: GRAVITY.filter((verdict) => counts.has(verdict)).map((verdict) => [verdict, counts.get(verdict)]),
  areas: distinct(run.scenarios.map((scenario) => scenario.area)),
  levels: ["fail", "warn", "observed"].filter((level) => run.scenarios.some((scenario) => scenario.level === level)),
  standings: [...STANDINGS.keys()].filter((standing) => run.rows.some((row) => row.standing === standing)),
}, show);

// One entry for each row: a link, so that it can be shared and opened elsewhere.
function entry(row) {
  // A scenario with one row has no name for it.
  const named = row.row || row.verdict;
  const odd = row.standing === "unexpected" || row.standing === "unmet";
  row.link = el("a", {
    class: `row ${row.standing}`,
    href: fragment({ row: row.id }),
    onclick: (event) => {
      // With a key held it opens elsewhere, as any link.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      writeState({ row: row.id }, true);
      openPanel(row);
    },
  }, mark(row.verdict), row.row && unseen(`${row.verdict}: `), el("span", { class: "name" }, named),
    row.outcome && el("span", { class: "outcome" }, row.outcome),
    odd && el("strong", {}, STANDINGS.get(row.standing)));
  row.item = el("li", {}, row.link);
  return row.item;
}

const areas = distinct(run.scenarios.map((scenario) => scenario.area)).map((name) => {
  const scenarios = run.scenarios.filter((scenario) => scenario.area === name);
  const number = el("span", { class: "number" });
  for (const scenario of scenarios) {
    scenario.element = el("section", { class: "scenario" },
      el("h3", {}, scenario.title),
      el("p", { class: "id" }, scenario.id),
      el("ul", {}, scenario.rows.map(entry)));
  }
  const element = el("section", { class: "area" },
    el("h2", {}, name, " ", number), scenarios.map((scenario) => scenario.element));
  return { element, scenarios, number, rows: scenarios.flatMap((scenario) => scenario.rows) };
});

let shownRows = run.rows;
const none = el("p", { class: "note", hidden: true }, "No row is like that.");

// Shows the rows that the state lets through.
function show() {
  shownRows = [];
  for (const area of areas) {
    let inArea = 0;
    for (const scenario of area.scenarios) {
      const fitting = scenario.rows.filter((row) => {
        const fits = chosen(row, [row]);
        row.item.hidden = !fits;
        return fits;
      });
      scenario.element.hidden = fitting.length === 0;
      inArea += fitting.length;
      shownRows.push(...fitting);
    }
    area.element.hidden = inArea === 0;
    area.number.textContent =
      inArea === area.rows.length ? count(inArea, "row", "rows") : `${inArea} of ${count(area.rows.length, "row", "rows")}`;
  }
  none.hidden = shownRows.length > 0;
  bar.say(`${shownRows.length} of ${count(run.rows.length, "row", "rows")}`);
}

// Follows the fragment: a link was opened, or someone went back.
function follow() {
  readState();
  bar.show();
  show();
  const row = byId.get(state.row);
  if (row) openPanel(row);
  else closePanel();
}

foldNumbers();
document.getElementById("main").append(bar.form, none, ...areas.map((area) => area.element));
if (run.started > 0) {
  const started = new Date(run.started * 1000).toISOString().replace("T", " ").replace(/:\d\d\.\d+Z$/, " UTC");
  document.querySelector(".facts")?.append(" ", el("span", {}, started));
}
window.addEventListener("hashchange", () => {
  follow();
  if (!state.row) bar.form.scrollIntoView();
});
follow();
performance.mark("usable");
