// The panel of one row: what it came to and why that matters, and the conversation.

// How octets are shown; kept from row to row.
let form = "text";
let opened;

const panel = el("dialog", {
  class: "panel",
  "aria-labelledby": "panel-title",
  onclose: closed,
  // What lies beside the panel closes it.
  onclick: (event) => event.target === panel && panel.close(),
});
document.body.append(panel);

function openPanel(row) {
  opened = row;
  const detail = detailOf(row.place);
  panel.replaceChildren(el("div", { class: "inside" }, head(row), body(row, detail)));
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  panel.querySelector(".close").focus();
}

function closePanel() {
  if (panel.open) panel.close();
}

// The browser closed it, by Escape or by us: the link that opened it has the focus again.
function closed() {
  const { link } = opened;
  writeState({ row: "" });
  panel.replaceChildren();
  // It may have been filtered away.
  if (!link.closest("[hidden]")) link.focus();
  else document.querySelector(".filters input").focus();
}

function neighbour(row, by) {
  return shownRows[shownRows.indexOf(row) + by];
}

function head(row) {
  const step = (by, text, sign) => {
    const other = shownRows.includes(row) ? neighbour(row, by) : undefined;
    const go = () => {
      writeState({ row: other.id });
      openPanel(other);
      panel.querySelector(by < 0 ? ".back:enabled" : ".on:enabled")?.focus();
    };
    return el("button", { type: "button", class: by < 0 ? "back" : "on", disabled: !other, "aria-label": text, title: text, onclick: go }, sign);
  };
  return el("div", { class: "bar" },
    mark(row.verdict), el("strong", {}, row.verdict),
    el("span", { class: "space" }),
    step(-1, "Previous row", "↑"), step(1, "Next row", "↓"),
    el("button", { type: "button", class: "close", onclick: closePanel }, "Close"));
}

function body(row, detail) {
  const scenario = row.of;
  const rules = scenario.rules.map((rule) => run.rules[rule]);
  return [
    el("p", { class: "id" }, row.id),
    el("h2", { id: "panel-title" }, scenario.title),
    row.outcome && el("p", { class: "came" }, "Outcome: ", row.outcome),
    standing(row, detail.known),
    detail.note && el("p", { class: "came" }, detail.note),
    findings(row, detail.findings, rules),
    section("Why it matters", el("p", {}, scenario.why)),
    section("Rules", el("ul", { class: "rules" }, rules.map((rule) => el("li", {},
      el("p", {}, rule.summary),
      el("p", { class: "id" }, `${rule.citation} · ${rule.id} · breaking it: ${rule.severity}`))))),
    wire(row, detail),
    detail.log && section("The target printed", el("pre", { class: "log" }, detail.log)),
    elsewhere(row),
    section("Run it again", rerun(detail.rerun), el("p", { class: "id" }, scenario.file,
      detail.micros ? ` · ${(detail.micros / 1000).toFixed(1)} ms` : "")),
  ];
}

function section(title, ...content) {
  return el("section", {}, el("h3", {}, title), content);
}

function standing(row, known) {
  if (row.standing === "fine" && !known) return null;
  const text = {
    known: "Known deviation",
    unexpected: "No expectation file names it",
    unmet: `The expectation file says ${known?.verdict ?? "otherwise"}`,
    fine: "Expected",
  }[row.standing];
  return el("div", { class: `standing ${row.standing}` },
    el("p", {}, el("strong", {}, text), known?.varies && ", depends on a race", known && ": ", known?.reason),
    known?.link && el("p", {}, link(known.link)));
}

function findings(row, list, rules) {
  if (list.length === 0) return null;
  return section("What was not as expected", list.map((finding) => {
    const rule = rules.find((rule) => rule.id === finding.requirement);
    return el("dl", { class: "finding" },
      el("dt", {}, "expected"), el("dd", {}, finding.expected),
      el("dt", {}, "came"), el("dd", {}, el("strong", {}, finding.came)),
      el("dt", {}, "rule"), el("dd", {}, rule ? `${rule.citation}, ` : "", finding.requirement, ` (${finding.severity})`),
      el("dt", {}, "step"), el("dd", {}, `${row.of.file}:${finding.line}`));
  }));
}

// The conversation, what changed on the way, and the timeline.
function wire(row, detail) {
  const turns = itemsOfTurns(detail.turns);
  const events = itemsOfEvents(detail.events ?? []);
  const inTurns = changesIn(turns);
  // What was on the wire says more than what the steps took, where both are there.
  const changes = events.length > 0 ? changesIn(events) : inTurns;
  if (turns.length + events.length === 0) return null;
  const draw = () => [
    turns.length > 0 && sequence(turns, run.target, "Conversation", form),
    changes.some((change) => change.rows) && key(),
  ];
  const drawTimes = () => sequence(events, run.target, "Timeline", form);
  const conversation = el("div", {}, draw());
  const times = el("div");
  const timeline = events.length > 0 && el("details", {
    class: "part", open: turns.length === 0,
    // Drawn when it is looked at.
    ontoggle: () => timeline.open && times.childElementCount === 0 && times.append(drawTimes()),
  }, el("summary", {}, el("h3", {}, "Timeline")), times);
  const choose = (chosen) => {
    form = chosen;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === form));
    conversation.replaceChildren();
    add(conversation, draw());
    times.replaceChildren(...(timeline && timeline.open ? [drawTimes()] : []));
  };
  const buttons = ["text", "hex"].map((value) => el("button", {
    type: "button", value, "aria-pressed": String(value === form), onclick: () => choose(value),
  }, value));
  return [
    el("section", {}, el("div", { class: "titled" }, el("h3", {}, "On the wire"),
      el("div", { class: "switch", role: "group", "aria-label": "Octets as" }, buttons)), conversation),
    changes.length > 0 && el("details", { class: "part", open: true },
      el("summary", {}, el("h3", {}, "Between the two hops")), changes.map(changeTable)),
    timeline,
  ];
}

// The same row in the other runs, if there are any.
function elsewhere(row) {
  const verdictOf = new Map([...VERDICTS].map(([verdict, sign]) => [sign, verdict]));
  const links = (run.others ?? []).map(({ label, page }, place) => {
    const verdict = verdictOf.get([...row.others][place]);
    return verdict && place !== run.place && el("a", { class: "row", href: page + fragment({ row: row.id }) }, mark(verdict), unseen(`${verdict}: `), el("span", {}, label));
  }).filter(Boolean);
  return links.length > 0 && section("In the other runs", el("div", { class: "elsewhere" }, links));
}

function key() {
  const signs = Object.entries(SIGNS).filter(([change]) => change !== "kept");
  return el("p", { class: "key" }, signs.map(([change, sign]) =>
    el("span", { class: `is-${change}` }, el("span", { class: "sign" }, sign), change)));
}

function rerun(command) {
  const code = el("code", {}, command);
  const said = el("span", { class: "said", role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      said.textContent = "copied";
    } catch {
      // Not allowed here: ready to be copied by hand.
      getSelection().selectAllChildren(code);
      said.textContent = "selected";
    }
  };
  return el("p", { class: "rerun" }, code, el("button", { type: "button", onclick: copy }, "Copy"), said);
}
