// A conversation, drawn between three lanes: client, proxy, origin.

// So much of a write or read is shown at once.
const LINES_AT_FIRST = 30;
const OCTETS_AT_FIRST = 1200;

// What the steps of the scenario made or took.
function itemsOfTurns(turns) {
  return turns.map(({ role, name, kind, line }) => {
    const item = { lane: role, conn: name ?? "", name, line };
    const [what, value] = typeof kind === "string" ? [kind] : Object.entries(kind)[0];
    const said = {
      sent: () => ({ out: true, octets: octetsOf(value.octets), total: value.total }),
      received: () => ({ out: false, octets: octetsOf(value.octets), total: value.total }),
      "started-sending": () => ({ out: true, label: `begins to write ${count(value, "octet", "octets")}` }),
      part: () => ({ out: false, label: "a part of what was sent" }),
      accepted: () => ({ label: "is dialled", arrow: "in" }),
      ended: () => ending(value),
      over: () => ({ out: false, label: "the end", tone: "end" }),
      "stopped-reading": () => ({ label: "stops reading" }),
      "reads-on": () => ({ label: "reads on" }),
      "held-back": () => ({ label: "is held back, as expected" }),
      "half-closed": () => ({ out: true, label: "FIN", tone: "end" }),
      closed: () => ({ out: true, label: "closes", tone: "end" }),
      reset: () => ({ out: true, label: "RST", tone: "reset" }),
      silence: () => ({ label: "hears nothing, as expected", tone: "quiet" }),
      missing: () => ({ label: `misses what it waited for: ${value}`, tone: "missing" }),
    };
    return Object.assign(item, said[what]?.() ?? { label: what });
  });
}

function ending(how) {
  return how === "fin" ? { out: false, label: "FIN", tone: "end" } : { out: false, label: "RST", tone: "reset" };
}

// A pause that is worth a word, in microseconds.
const PAUSE = 100_000;

// What was on the wire, and when.
function itemsOfEvents(events) {
  const connections = new Map();
  const items = [];
  for (const { at, conn, what: kind } of events) {
    const [what, value] = typeof kind === "string" ? [kind] : Object.entries(kind)[0];
    if (what === "opened") connections.set(conn, value);
    const { role, name } = connections.get(conn) ?? {};
    const item = { at, lane: role, conn: conn === undefined ? "" : `#${conn}`, name: conn === undefined ? name : `#${conn}${name ? ` ${name}` : ""}` };
    const whole = (octets) => ({ octets, total: octets.length });
    const noise = (octets) => `… ${count(octets, "octet", "octets")} of noise`;
    const said = {
      opened: () => (role === "client" ? { label: "connects to the proxy", arrow: "out" } : { label: "is dialled by the proxy", arrow: "in" }),
      refused: () => ({ lane: "client", label: `could not connect: ${value.why}`, tone: "missing" }),
      sent: () => ({ out: true, ...whole(octetsOf(value)) }),
      received: () => ({ out: false, ...whole(octetsOf(value)) }),
      "sent-noise": () => ({ out: true, label: noise(value) }),
      "received-noise": () => ({ out: false, label: noise(value.octets) }),
      "sent-all": () => ({ label: "has written all of it" }),
      "held-back": () => ({ label: `is held back after ${count(value, "octet", "octets")}` }),
      "stopped-reading": () => ({ label: "stops reading" }),
      "reads-on": () => ({ label: "reads on" }),
      ended: () => ending(value),
      "half-closed": () => ({ out: true, label: "FIN", tone: "end" }),
      closed: () => ({ out: true, label: "closes", tone: "end" }),
      reset: () => ({ out: true, label: "RST", tone: "reset" }),
      "write-failed": () => ({ label: `could not write: ${value}`, tone: "missing" }),
      "write-stalled": () => ({ label: "could not write: the other side does not read", tone: "missing" }),
      flooded: () => ({ label: "stopped reading after 3 MiB", tone: "missing" }),
      closing: () => ({ label: "every step is over; both roles end their side" }),
      "target-gone": () => ({ label: "the target's process ended", tone: "reset" }),
      listens: () => ({ label: { takes: "the origin takes connections", refuses: "the origin refuses connections" }[value] ?? "the origin ignores connections" }),
      "target-memory": () => ({ label: `the target holds ${count(value, "octet", "octets")} of memory` }),
    };
    const pause = at - (items.at(-1)?.at ?? 0);
    if (pause >= PAUSE) items.push({ conn: "", tone: "gap", label: `${(pause / 1e6).toFixed(2)} s later` });
    if (what !== "began" && what !== "over") items.push(Object.assign(item, said[what]?.() ?? { label: what }));
  }
  return items;
}

// The drawing. `proxy` is the name of the lane in the middle; `form` is text or hex.
function sequence(items, proxy, label, form) {
  return el("div", { class: "sequence" },
    el("div", { class: "lanes", "aria-hidden": "true" }, el("span", {}, "client"), el("span", {}, proxy), el("span", {}, "origin")),
    el("ol", { "aria-label": label }, items.map((item) => step(item, form))));
}

function step(item, form) {
  const arrow = item.arrow ?? (item.out === undefined ? "none" : item.out ? "out" : "in");
  const octets = item.octets !== undefined;
  const verb = item.out ? "sends" : "receives";
  const label = octets ? `${verb} ${count(item.total, "octet", "octets")}` : item.label;
  return el("li", { class: `step ${item.lane ?? "both"} ${arrow} ${item.tone ?? ""}` },
    el("p", { class: "arrow" },
      item.at !== undefined && el("span", { class: "time" }, `${(item.at / 1000).toFixed(3)} ms`),
      " ", item.lane && el("span", { class: "who" }, item.lane), " ",
      item.name && el("span", { class: "conn" }, item.name), " ", el("span", {}, label)),
    octets && octetsBlock(item, form));
}

function octetsBlock(item, form) {
  const block = el("div", { class: "octets" });
  const lines = form === "hex" ? hexLines(item) : textLines(item);
  const fits = form === "hex" ? Math.ceil(OCTETS_AT_FIRST / 8) / 3 : LINES_AT_FIRST;
  // One line can be long as well.
  let octets = 0;
  const many = lines.findIndex((line, at) => at >= fits || (octets += line.octets) > OCTETS_AT_FIRST);
  const first = many < 0 ? lines : lines.slice(0, Math.max(many, 1));
  add(block, first.map((line) => line.make(OCTETS_AT_FIRST)));
  const whole = () => block.replaceChildren(...lines.map((line) => line.make(Infinity)), ...rest());
  const rest = () => item.total > item.octets.length
    ? [el("p", { class: "note" }, `The first ${item.octets.length} of ${count(item.total, "octet", "octets")}.`)] : [];
  if (first.length < lines.length || lines.some((line) => line.octets > OCTETS_AT_FIRST)) {
    block.append(el("button", { type: "button", onclick: whole }, `Show all ${count(item.octets.length, "octet", "octets")}`));
  } else add(block, rest());
  return block;
}

function markAt(item, at) {
  return item.marks?.find((mark) => mark.from <= at && at < mark.to)?.line.mark ?? "kept";
}

function textLines(item) {
  const lines = [];
  let at = 0;
  for (const [text] of item.octets.matchAll(/[^\n]*\n|[^\n]+/g)) {
    const change = markAt(item, at);
    at += text.length;
    const make = (limit) => el("div", { class: `line is-${change}` },
      change !== "kept" && unseen(`${change}: `),
      el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[change]),
      el("code", {}, pieces(text.slice(0, limit))));
    lines.push({ octets: text.length, make });
  }
  return lines;
}

// One line, or its beginning. Blanks at its end would not be seen.
function pieces(line) {
  const [, text, blanks, end] = line.match(/^([^]*?)( *)(\r?\n)?$/);
  return [...piecesOf(text), { text: "\\x20".repeat(blanks.length), escape: true }, ...piecesOf(end ?? "")]
    .filter((piece) => piece.text)
    .map(({ text, escape }) => (escape ? el("i", {}, text) : text));
}

const IN_A_LINE = 8;

function hexLines(item) {
  const lines = [];
  for (let at = 0; at < item.octets.length; at += IN_A_LINE) {
    const octets = item.octets.slice(at, at + IN_A_LINE);
    const make = () => {
      // Neighbours with the same mark share an element.
      const runs = [];
      for (const [place, octet] of [...octets].entries()) {
        const change = markAt(item, at + place);
        if (runs.at(-1)?.change !== change) runs.push({ change, octets: "" });
        runs.at(-1).octets += octet;
      }
      const codes = (text) => [...text].map((octet) => hex(octet.charCodeAt(0), 2)).join(" ");
      const shown = (text) => text.replace(/[^ -~]/g, "·");
      const pad = "   ".repeat(IN_A_LINE - octets.length);
      return el("div", { class: "line hex" }, el("code", {},
        el("i", {}, hex(at, 4)), "  ",
        runs.map((run, place) => [place > 0 && " ", el("b", { class: `is-${run.change}` }, codes(run.octets))]),
        pad, "  ", runs.map((run) => el("b", { class: `is-${run.change}` }, shown(run.octets)))));
    };
    lines.push({ octets: octets.length, make });
  }
  return lines;
}
