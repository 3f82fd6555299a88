"use strict";

// What every page uses: making elements, reading the data, and the state that a link carries.

// Text is only ever added as text nodes, and attributes by name: data cannot become markup.
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
}

// Words for those who hear the page and do not see its signs.
function unseen(text) {
  return el("span", { class: "unseen" }, text);
}

function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

// From grave to mild, with the signs of the tables.
const VERDICTS = new Map([
  ["harness-error", "H"],
  ["target-down", "D"],
  ["fail", "F"],
  ["warn", "w"],
  ["inconclusive", "?"],
  ["observed", "o"],
  ["pass", "✓"],
  ["not-applicable", "–"],
]);
const GRAVITY = [...VERDICTS.keys()];

function mark(verdict) {
  return el("span", { class: `mark ${verdict}`, "aria-hidden": "true" }, VERDICTS.get(verdict) ?? "?");
}

const STANDINGS = new Map([
  ["unexpected", "unexpected"],
  ["unmet", "expectation no longer holds"],
  ["known", "known"],
  ["fine", "fine"],
]);

function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

// Only links that a reader would follow knowingly; everything else stays text.
function link(text) {
  return /^https?:\/\/[!-~]+$/.test(text)
    ? el("a", { href: text, rel: "noreferrer noopener" }, text)
    : el("span", {}, text);
}

// The state: what is filtered, what is open. It lives in the fragment, so that a link carries it.
const state = {};

function readState() {
  for (const key of Object.keys(state)) delete state[key];
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (value !== "") state[key] = value;
  }
}

function fragment(values) {
  const parts = Object.entries(values).filter(([, value]) => value);
  return "#" + parts.map(([key, value]) => `${key}=${encode(value)}`).join("&");
}

// Commas, slashes and colons may stand in a fragment, and are easier to read as they are.
function encode(value) {
  return encodeURIComponent(value).replace(/%2C/g, ",").replace(/%2F/g, "/").replace(/%3A/g, ":");
}

function writeState(values, asNewPage) {
  Object.assign(state, values);
  const now = fragment(state);
  if (now === (location.hash || "#")) return;
  if (asNewPage) history.pushState(null, "", now);
  else history.replaceState(null, "", now);
}

// Where the tables stand above the list, they are folded, so that the list is near.
function foldNumbers() {
  const numbers = document.getElementById("numbers");
  if (matchMedia("(max-width: 1099px)").matches || document.querySelector(".sides.overview")) numbers.open = false;
}
