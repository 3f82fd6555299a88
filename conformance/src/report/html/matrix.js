// The matrix: scenarios and their rows by runs. Each cell leads to the row in the page of its run.

const { runs, scenarios, rows: lines, outcomes } = data("runs");

for (const scenario of scenarios) {
  Object.assign(scenario, { area: areaOf(scenario.id), rows: [] });
}
const rows = lines.map(([place, rest], at) => {
  const of = scenarios[place];
  const row = { of, rest, id: rest ? `${of.id}:${rest}` : of.id, area: of.area, level: of.level };
  row.cells = runs.map((run) => {
    const cell = run.cells[at];
    if (!cell) return undefined;
    const [verdict, standing, conversation, outcome] = cell;
    return { verdict, standing, conversation, outcome: outcome === null ? undefined : outcomes[outcome] };
  });
  row.played = row.cells.filter(Boolean);
  row.words = lazily(() => [row.id, of.title, of.rules, ...distinct(row.played.map((cell) => cell.outcome))]);
  of.rows.push(row);
  return row;
});

const verdicts = new Map();
for (const row of rows) for (const cell of row.played) verdicts.set(cell.verdict, (verdicts.get(cell.verdict) ?? 0) + 1);

const odd = el("input", { type: "checkbox", onchange: () => { writeState({ differ: odd.checked ? "1" : "" }); show(); } });

const bar = filterBar({
  verdicts: GRAVITY.filter((verdict) => verdicts.has(verdict)).map((verdict) => [verdict, verdicts.get(verdict)]),
  areas: distinct(scenarios.map((scenario) => scenario.area)),
  levels: ["fail", "warn", "observed"].filter((level) => scenarios.some((scenario) => scenario.level === level)),
  standings: [...STANDINGS.keys()].filter((standing) => rows.some((row) => row.played.some((cell) => cell.standing === standing))),
}, show, pickers(), el("label", { class: "choice" }, odd, " runs differ"));

function differ(row) {
  return row.cells.some((cell) => cell?.verdict !== row.cells[0]?.verdict);
}

// The gravest verdict of a scenario in a run, and how often each came.
function gravest(scenario, place) {
  const cells = scenario.rows.map((row) => row.cells[place]).filter(Boolean);
  const found = GRAVITY.map((verdict) => [verdict, cells.filter((cell) => cell.verdict === verdict).length]).filter(([, number]) => number);
  const odd = cells.some((cell) => cell.standing === "unexpected" || cell.standing === "unmet");
  // What a run does not offer says less than what it does.
  return found.length > 0 ? { verdict: found[0][0], odd, text: found.map(([verdict, number]) => `${number} ${verdict}`).join(", ") } : undefined;
}

function cell(place, verdict, odd, text, to) {
  const label = `${runs[place].label}: ${text}`;
  return el("td", {}, el("a", { class: `mark ${verdict} ${odd ? "odd" : ""}`, href: runs[place].page + fragment(to), tabindex: "-1", "aria-label": label, title: label }, VERDICTS.get(verdict)));
}

function rowLine(row) {
  row.element ??= el("tr", { class: "one" },
    el("th", { scope: "row" }, el("span", { class: "name" }, row.rest || row.id)),
    row.cells.map((it, place) => it
      ? cell(place, it.verdict, it.standing === "unexpected" || it.standing === "unmet", `${it.verdict}${it.outcome ? `, ${it.outcome}` : ""}`, { row: row.id })
      : el("td", {})));
  return row.element;
}

function scenarioLine(scenario) {
  const only = scenario.rows.length === 1 ? scenario.rows[0] : undefined;
  const name = el("span", { class: "name", title: scenario.title }, scenario.id.slice(scenario.area.length + 1));
  scenario.button = el("button", { type: "button", "aria-expanded": "false", onclick: () => expand(scenario) },
    name, el("small", {}, ` ${scenario.rows.length}`), unseen(" rows"));
  return el("tr", {},
    el("th", { scope: "row" }, only ? name : scenario.button),
    runs.map((run, place) => {
      const found = gravest(scenario, place);
      return found ? cell(place, found.verdict, found.odd, found.text, only ? { row: only.id } : { text: scenario.id }) : el("td", {});
    }));
}

// The head of an area: in each run, how many of its rows fail.
const FAILING = ["fail", "target-down"];

function areaLine(area, own) {
  const sum = (place) => own.flatMap((scenario) => scenario.rows).filter((row) => FAILING.includes(row.cells[place]?.verdict)).length;
  return el("tr", { class: "area" },
    el("th", { scope: "rowgroup" }, area),
    runs.map((run, place) => {
      const number = sum(place);
      const label = `${run.label}: ${number} of ${area} fail`;
      return el("td", {}, number > 0 && el("a", { class: "sum", href: run.page + fragment({ area, verdict: FAILING.join(",") }), tabindex: "-1", "aria-label": label, title: label }, number));
    }));
}

function expand(scenario, open = scenario.button.getAttribute("aria-expanded") !== "true") {
  scenario.button.setAttribute("aria-expanded", String(open));
  if (open) scenario.element.after(...scenario.rows.map(rowLine));
  else for (const row of scenario.rows) row.element?.remove();
  show();
}

const heads = runs.map((run) => el("th", { scope: "col" }, el("a", { href: run.page }, el("span", {}, run.label))));
const parts = distinct(scenarios.map((scenario) => scenario.area)).map((area) => {
  const own = scenarios.filter((scenario) => scenario.area === area);
  for (const scenario of own) scenario.element = scenarioLine(scenario);
  const element = el("tbody", {}, areaLine(area, own), own.map((scenario) => scenario.element));
  return { own, element };
});
const table = el("table", { class: "matrix" },
  el("caption", { class: "unseen" }, "Scenarios by runs; arrow keys move from cell to cell"),
  el("colgroup", {}, el("col"), runs.map(() => el("col"))),
  el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Scenario"), heads)),
  parts.map((part) => part.element));
const view = el("div", { class: "scroll matrix-view", role: "region", "aria-label": "Matrix", tabindex: "0" }, table);
const compared = el("div", { class: "compared", hidden: true });

// One cell is in the order of the tab key, and arrow keys move from it: thousands would be too many.
let current;
function enter(link) {
  current?.setAttribute("tabindex", "-1");
  current = link;
  current?.setAttribute("tabindex", "0");
}

table.addEventListener("focusin", (event) => event.target.matches("td a") && enter(event.target));
table.addEventListener("keydown", (event) => {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
  const from = event.target.closest("td");
  if (!from || (!down && !right)) return;
  event.preventDefault();
  const shownLines = [...table.querySelectorAll("tbody:not([hidden]) > tr:not([hidden])")];
  let line = shownLines.indexOf(from.parentElement);
  let column = from.cellIndex;
  // Over what was not played.
  for (;;) {
    line += down;
    column += right;
    const target = shownLines[line]?.cells[column];
    if (!target || column < 1) return;
    const link = target.querySelector("a");
    if (link) return link.focus();
  }
});

function show() {
  const two = chosenRuns();
  view.hidden = Boolean(two);
  compared.hidden = !two;
  const fits = (row) => chosen(row, row.played) && (!state.differ || differ(row));
  if (two) return showDifferences(two, rows.filter(fits));
  let number = 0;
  let inScenarios = 0;
  for (const { own, element } of parts) {
    let any = false;
    for (const scenario of own) {
      let some = 0;
      for (const row of scenario.rows) {
        const fit = fits(row);
        if (row.element) row.element.hidden = !fit;
        some += fit ? 1 : 0;
      }
      scenario.element.hidden = some === 0;
      inScenarios += some > 0 ? 1 : 0;
      number += some;
      any ||= some > 0;
    }
    element.hidden = !any;
  }
  bar.say(`${number} of ${count(rows.length, "row", "rows")}, in ${count(inScenarios, "scenario", "scenarios")}`);
  if (!current || current.closest("[hidden]")) enter(table.querySelector("tbody:not([hidden]) > tr:not([hidden]):not(.area) td a"));
}

function follow() {
  readState();
  bar.show();
  odd.checked = Boolean(state.differ);
  showPickers();
  show();
}

foldNumbers();
document.getElementById("main").append(bar.form, view, compared);
window.addEventListener("hashchange", follow);
follow();
performance.mark("usable");
