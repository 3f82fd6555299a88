// Octets, and the heads among them. A binary string holds one octet in each character.

// Reads the escaped form of a report: \r \n \t \\ and \xNN.
function octetsOf(escaped) {
  return escaped.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex, letter) =>
    hex ? String.fromCharCode(parseInt(hex, 16)) : { r: "\r", n: "\n", t: "\t" }[letter] ?? letter);
}

// The same form again, in pieces: what is an escape is shown as one.
function piecesOf(octets) {
  const pieces = [];
  for (const [part] of octets.matchAll(/[ -\[\]-~]+|[^ -\[\]-~]+/g)) {
    const first = part.charCodeAt(0);
    const printable = first >= 0x20 && first < 0x7f && first !== 0x5c;
    pieces.push({ text: printable ? part : escaped(part), escape: !printable });
  }
  return pieces;
}

function escaped(octets) {
  return octets.replace(/[^ -\[\]-~]/g, (octet) =>
    ({ "\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\" })[octet] ?? `\\x${hex(octet.charCodeAt(0), 2)}`);
}

function hex(number, digits) {
  return number.toString(16).padStart(digits, "0");
}

const START = /(?:\r?\n)*(?:(HTTP\/\d\.\d +(\d{3})[^\n]*)|([!-~]+ [^\n]* HTTP\/\d\.\d))\r?\n/y;

// What stands first on a connection is a head, however it is misspelt.
const FIRST = /(?:\r?\n)*(?:(HTTP\/\d\.\d +(\d{3})[^\n]*)|([ -~]+ [ -~]*))\r?\n/iy;

// The heads of a conversation. `items` are in order: `lane`, `conn`, `out` (written by us) or not,
// `octets` and `total`. A head knows its lines, and a line its place within the items.
function headsOf(items) {
  const streams = new Map();
  for (const item of items) {
    if (item.octets === undefined) continue;
    const key = `${item.lane} ${item.conn} ${item.out}`;
    const stream = streams.get(key) ?? { lane: item.lane, conn: item.conn, out: item.out, text: "", parts: [] };
    streams.set(key, stream);
    const cut = item.total > item.octets.length;
    stream.parts.push({ from: stream.text.length, to: stream.text.length + item.octets.length, item, cut });
    stream.text += item.octets;
  }
  return [...streams.values()].flatMap(headsIn);
}

function headsIn(stream) {
  const heads = [];
  let at = 0;
  while (at < stream.text.length) {
    const form = at === 0 ? FIRST : START;
    form.lastIndex = at;
    const start = form.exec(stream.text);
    if (!start) {
      at = nextPart(stream, at);
      continue;
    }
    const from = at + start[0].match(/^[\r\n]*/)[0].length;
    const blank = /\r?\n\r?\n/g;
    blank.lastIndex = from;
    const end = blank.exec(stream.text) ? blank.lastIndex : stream.text.length;
    const status = start[2] ? Number(start[2]) : undefined;
    const head = { lane: stream.lane, conn: stream.conn, out: stream.out, status, lines: linesOf(stream, from, end) };
    heads.push(head);
    // Behind a 101 speaks another protocol.
    if (status === 101) break;
    at = behindContent(stream, head, end);
  }
  return heads;
}

// Where something new may begin, as the steps wrote or took it.
function nextPart(stream, at) {
  return stream.parts.find((part) => part.from > at)?.from ?? stream.text.length;
}

function behindContent(stream, head, end) {
  if (head.status >= 100 && head.status < 200) return end;
  const value = (name) => head.lines.find((line) => line.name?.toLowerCase() === name)?.value;
  let at = end;
  if (/chunked/i.test(value("transfer-encoding") ?? "")) {
    const size = /([0-9a-f]+)[^\n]*\n/iy;
    for (;;) {
      size.lastIndex = at;
      const chunk = size.exec(stream.text);
      if (!chunk) return nextPart(stream, end);
      const octets = parseInt(chunk[1], 16);
      at = size.lastIndex + octets + (octets ? 2 : 0);
      if (octets === 0) break;
    }
    const trailers = /(?:[^\r\n]+\r?\n)*\r?\n/y;
    trailers.lastIndex = at;
    at = trailers.test(stream.text) ? trailers.lastIndex : at;
  } else if (/^\d+$/.test(value("content-length") ?? "")) {
    at = end + Number(value("content-length"));
  }
  // Of a long write only the beginning is here: the next begins where the next part does.
  const cut = stream.parts.find((part) => part.cut && part.to >= end && part.to < at);
  if (cut) return cut.to;
  // An answer to HEAD speaks of a content that it does not have.
  return !startsAt(stream, at) && startsAt(stream, end) ? end : Math.max(at, end);
}

function startsAt(stream, at) {
  START.lastIndex = at;
  return at === stream.text.length || START.test(stream.text);
}

// The lines of a head, a folded one as one: name and value, and the pieces of items they stand in.
function linesOf(stream, from, end) {
  const lines = [];
  for (const match of stream.text.slice(from, end).matchAll(/[^\n]*\n(?:[ \t][^\n]*\n)*|[^\n]+$/g)) {
    const text = match[0].replace(/\r?\n$/, "");
    if (text === "") break;
    const [start, stop] = [from + match.index, from + match.index + match[0].length];
    const parts = stream.parts.filter((part) => part.from < stop && part.to > start).map((part) => ({
      item: part.item,
      from: Math.max(start, part.from) - part.from,
      to: Math.min(stop, part.to) - part.from,
    }));
    const colon = lines.length === 0 ? -1 : text.indexOf(":");
    const field = colon < 0 ? {} : { name: text.slice(0, colon), value: trimmed(text.slice(colon + 1)) };
    lines.push({ text, parts, ...field });
  }
  return lines;
}

// Without the blanks around it, which belong to no value.
function trimmed(text) {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
