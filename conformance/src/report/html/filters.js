// The bar of filters: by verdict, area, level, standing and text.

const FILTERS = ["verdict", "area", "level", "standing", "text"];

// `offered` lists the values of each filter; `change` is called when something else is to be shown.
function filterBar(offered, change, ...more) {
  const controls = {};
  const set = (key, value) => {
    writeState({ [key]: value });
    change();
  };
  const boxes = offered.verdicts.map(([verdict, rows]) => {
    const box = el("input", { type: "checkbox", value: verdict, onchange: () => set("verdict", checked()) });
    return { box, label: el("label", { class: "choice" }, box, mark(verdict), ` ${verdict} `, el("small", {}, rows)) };
  });
  const checked = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value).join(",");
  const select = (key, title, values) => {
    const options = values.map((value) => el("option", { value }, STANDINGS.get(value) ?? value));
    const all = el("option", { value: "" }, "all");
    controls[key] = el("select", { onchange: () => set(key, controls[key].value) }, all, options);
    return el("label", {}, el("span", {}, title), controls[key]);
  };
  const selects = [
    select("area", "Area", offered.areas),
    select("level", "Level", offered.levels),
    select("standing", "Standing", offered.standings),
  ];
  // Typing is answered when it pauses.
  let pause;
  controls.text = el("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "id, title, rule, outcome",
    oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(() => set("text", controls.text.value.trim()), 120);
    },
  });
  const reset = el("button", {
    type: "button",
    onclick: () => {
      for (const key of FILTERS) state[key] = "";
      writeState({});
      bar.show();
      change();
    },
  }, "Show all");
  const shown = el("output", { class: "shown", "aria-live": "polite" });
  const form = el("form", { class: "filters", role: "search", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() },
    el("fieldset", {}, el("legend", { class: "unseen" }, "Verdict"), boxes.map(({ label }) => label)),
    el("div", { class: "fields" },
      el("label", { class: "wide" }, el("span", {}, "Text"), controls.text),
      selects, more),
    el("p", { class: "status" }, shown, reset));
  const bar = {
    form,
    // Puts into the controls what the state says.
    show() {
      const verdicts = (state.verdict ?? "").split(",");
      for (const { box } of boxes) box.checked = verdicts.includes(box.value);
      for (const [key, control] of Object.entries(controls)) control.value = state[key] ?? "";
    },
    say(text) {
      if (shown.textContent !== text) shown.textContent = text;
      reset.hidden = !FILTERS.some((key) => state[key]);
    },
  };
  return bar;
}

// Whether the state lets something through: `of` gives its area, level and words, `rows` the verdicts
// and standings, one of which has to fit.
function chosen(of, rows) {
  const fits = (key, value) => !state[key] || state[key].split(",").includes(value);
  if (!fits("area", of.area) || !fits("level", of.level)) return false;
  if (!rows.some((row) => fits("verdict", row.verdict) && fits("standing", row.standing))) return false;
  const words = (state.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 || ((words, text) => words.every((word) => text.includes(word)))(words, of.words());
}

// Text to search in, made when it is asked for.
function lazily(make) {
  let made;
  return () => (made ??= make().filter(Boolean).join(" ").toLowerCase());
}

function distinct(values) {
  return [...new Set(values)];
}

function areaOf(id) {
  return id.split("/")[0];
}
