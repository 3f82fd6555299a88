// What the proxy changed in the heads that crossed it.

const SIGNS = { removed: "−", added: "+", rewritten: "~", respelled: "≈", kept: " " };

// Which head of one hop became which of the other: `{ before, after }`, one of which may be missing.
// Requests are told by their target, which no two of a row share; responses by what they answer.
function crossings(items) {
  const heads = headsOf(items);
  const pick = (lane, out) => byConnection(heads.filter((head) => head.lane === lane && head.out === out));
  const [asked, told] = [pick("client", true), pick("client", false)];
  const [passed, answered] = [pick("origin", false), pick("origin", true)];
  for (const [requests, responses] of [[asked, told], [passed, answered]]) {
    for (const [conn, list] of responses) number(list, requests.get(conn));
  }
  const requests = pairRequests([...asked.values()].flat(), [...passed.values()].flat());
  const responses = pairResponses(requests, [...told.values()].flat(), [...answered.values()].flat());
  return [
    ...requests.map((pair) => ({ ...pair, kind: "request" })),
    ...responses.map((pair) => ({ ...pair, kind: "response" })),
  ];
}

function byConnection(heads) {
  const connections = new Map();
  for (const head of heads) {
    if (!connections.has(head.conn)) connections.set(head.conn, []);
    connections.get(head.conn).push(head);
  }
  return connections;
}

// Says of each response which request of its connection it answers. Behind a 101 there are none.
function number(responses, requests = []) {
  let answered = 0;
  for (const response of responses) {
    response.answers = requests[answered];
    const final = response.status >= 200 || response.status === 101;
    if (final) answered += 1;
    if (response.status === 101) requests.splice(answered);
  }
}

function pairRequests(asked, passed) {
  const pairs = asked.map((before) => ({ before, all: [] }));
  const line = (head) => head.lines[0].text.split(" ").slice(0, 2).join(" ");
  const token = (head) => head.lines[0].text.match(/hop-[0-9a-f]+(?:\/[\w-]+)*/)?.[0] ?? line(head);
  const strays = [];
  for (const after of passed) {
    const same = (by) => pairs.filter((pair) => by(pair.before) === by(after));
    const fitting = [same(line), same(token)].find((list) => list.length > 0) ?? [];
    // A request that was tried again came more than once.
    const pair = fitting.find((pair) => pair.all.length === 0) ?? fitting.at(-1);
    if (pair) pair.all.push(after);
    else strays.push(after);
  }
  for (const after of [...strays]) {
    const pair = pairs.find((pair) => pair.all.length === 0);
    if (!pair) break;
    pair.all.push(after);
    strays.splice(strays.indexOf(after), 1);
  }
  const crossed = pairs.flatMap(({ before, all }) =>
    all.length > 0 ? all.map((after) => ({ before, after })) : [{ before }]);
  return [...crossed, ...strays.map((after) => ({ after }))];
}

function pairResponses(requests, told, answered) {
  const left = new Set(answered);
  const pairs = told.map((after) => {
    const passed = requests.filter((pair) => pair.after && pair.before === after.answers).map((pair) => pair.after);
    const candidates = [...left].filter((before) => after.answers && passed.includes(before.answers));
    // Of several tries the last is relayed; interim responses come in their order. One with another
    // status is the proxy's own.
    const same = candidates.filter((before) => before.status === after.status);
    const before = after.status >= 200 ? same.at(-1) : same[0];
    left.delete(before);
    return { before, after };
  });
  return [...pairs, ...[...left].map((before) => ({ before }))];
}

// Marks the lines of two heads, and lists them: what was kept, respelled (the name's case, blanks
// around the value), rewritten, removed and added, name by name and value by value.
function compareHeads(before, after) {
  const [first, ...fields] = before.lines;
  const [firstAfter, ...fieldsAfter] = after.lines;
  const rows = [pair(first.text === firstAfter.text ? "kept" : "rewritten", first, firstAfter)];
  const partner = new Map();
  const left = new Set(fieldsAfter);
  const key = (line) => (line.name ?? line.text).toLowerCase();
  const match = (same) => {
    for (const field of fields) {
      const other = !partner.has(field) && [...left].find((line) => key(line) === key(field) && same(line, field));
      if (other) {
        partner.set(field, other);
        left.delete(other);
      }
    }
  };
  match((one, other) => one.text === other.text);
  match((one, other) => one.value === other.value);
  match(() => true);
  for (const field of fields) {
    const other = partner.get(field);
    if (!other) rows.push(pair("removed", field));
    else if (field.text === other.text) rows.push(pair("kept", field, other));
    else rows.push(pair(field.value === other.value ? "respelled" : "rewritten", field, other));
  }
  for (const line of left) rows.push(pair("added", undefined, line));
  const order = fields.filter((field) => partner.has(field)).map((field) => fieldsAfter.indexOf(partner.get(field)));
  const reordered = order.some((place, at) => at > 0 && place < order[at - 1]);
  return { rows, reordered };
}

function pair(change, before, after) {
  for (const line of [before, after]) if (line) line.mark = change;
  return { change, before, after };
}

// Compares everything that crossed, and leaves the marks on the items, for whoever shows them.
function changesIn(items) {
  const all = crossings(items);
  for (const crossing of all) {
    const { before, after } = crossing;
    if (before && after) Object.assign(crossing, compareHeads(before, after));
    for (const head of [before, after]) {
      for (const line of head?.lines ?? []) {
        for (const { item, from, to } of line.parts) (item.marks ??= []).push({ from, to, line });
      }
    }
  }
  return all;
}

// The comparison of one head, as a table.
function changeTable({ kind, before, after, rows, reordered }) {
  const from = kind === "request" ? "client sent" : "origin sent";
  const to = kind === "request" ? "origin received" : "client received";
  const title = escaped((before ?? after).lines[0].text);
  if (!rows) {
    const fate = kind === "request"
      ? (before ? "No such request reached the origin." : "No request of the client is like it.")
      : (before ? "It did not reach the client." : "The proxy's own: no such response came from the origin.");
    return el("div", { class: "change" }, el("h4", {}, el("code", {}, title)), el("p", { class: "note" }, fate));
  }
  const number = (change) => rows.filter((row) => row.change === change).length;
  const summary = Object.keys(SIGNS).filter(number).map((change) => `${number(change)} ${change}`).join(", ");
  const cell = (line) => el("td", {}, line && el("code", {}, pieces(line.text)));
  const body = rows.map((row) => el("tr", { class: `is-${row.change}` },
    el("th", { scope: "row" }, el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[row.change]), row.change),
    cell(row.before), cell(row.after)));
  return el("div", { class: "change" },
    el("h4", {}, el("code", {}, title)),
    el("p", { class: "note" }, `${summary}${reordered ? "; in another order" : ""}.`),
    el("table", {},
      el("thead", {}, el("tr", {}, ["change", from, to].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, body)));
}
