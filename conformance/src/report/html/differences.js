// Two runs beside each other: only the rows that differ.

const picked = {};

function pickers() {
  const pick = (key, title) => {
    const options = runs.map((run, place) => el("option", { value: String(place) }, run.label));
    picked[key] = el("select", { onchange: () => { writeState({ [key]: picked[key].value }); show(); } },
      el("option", { value: "" }, "–"), options);
    return el("label", {}, el("span", {}, title), picked[key]);
  };
  picked.wire = el("input", { type: "checkbox", onchange: () => { writeState({ wire: picked.wire.checked ? "1" : "" }); show(); } });
  return [pick("one", "Compare"), pick("other", "with"),
    el("label", { class: "choice" }, picked.wire, " also the wire")];
}

function showPickers() {
  picked.one.value = state.one ?? "";
  picked.other.value = state.other ?? "";
  picked.wire.checked = Boolean(state.wire);
}

// The places of the two runs, once both are chosen.
function chosenRuns() {
  const two = [state.one, state.other].map((place) => (place ? Number(place) : NaN));
  return two.every((place) => runs[place]) ? two : undefined;
}

function showDifferences([one, other], fitting) {
  const differing = fitting.filter((row) => {
    const [before, after] = [row.cells[one], row.cells[other]];
    if (!before || !after) return Boolean(before || after);
    return before.verdict !== after.verdict || before.outcome !== after.outcome ||
      (state.wire && before.conversation !== after.conversation);
  });
  const cell = (row, place) => {
    const it = row.cells[place];
    if (!it) return el("td", {}, "not in this run");
    return el("td", {}, el("a", { class: "row", href: runs[place].page + fragment({ row: row.id }) },
      mark(it.verdict), el("span", { class: "name" }, it.verdict), it.outcome && el("span", { class: "outcome" }, it.outcome)));
  };
  const head = (place) => el("th", { scope: "col" }, el("a", { href: runs[place].page }, runs[place].label));
  compared.replaceChildren(differing.length === 0
    ? el("p", { class: "note" }, "No difference.")
    : el("table", {},
      el("caption", { class: "unseen" }, "Rows that differ"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Row"), head(one), head(other))),
      el("tbody", {}, differing.map((row) => el("tr", {},
        el("th", { scope: "row" }, el("span", { class: "id" }, row.id), el("span", {}, row.of.title)),
        cell(row, one), cell(row, other))))));
  bar.say(`${count(differing.length, "row differs", "rows differ")} of ${fitting.length}`);
}
