"use strict";
// A cell is [accuracy, low, high, rank, rank low, rank high, asked, above chance], by task, scope and model.
const data = JSON.parse(document.getElementById("data").textContent);
const form = document.querySelector("form");
const head = document.querySelector("#board thead");
const body = document.querySelector("#board tbody");
let sorted = { key: "score", down: true };

const percent = (share) => (100 * share).toFixed(1);
const cellOf = (scope, model) => data.cells[form.task.value]?.[scope]?.[model];
const scopeOf = () => form.language.value || form.tier.value;
const named = { all: "All languages", high: "High-resource", low: "Low-resource" };

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Each column's title, sort value and shown value.
function columns() {
  const scope = scopeOf();
  const shown = data.languages.filter(([name, tier]) =>
    form.language.value ? false : form.tier.value === "all" || tier === form.tier.value);
  return [
    { key: "name", title: "Model", value: (model) => data.models[model].name.toLowerCase(), show: (model) => data.models[model].name },
    { key: "score", title: (named[scope] ?? scope) + ", %", value: (model) => cellOf(scope, model)?.[0], show: (model) => interval(cellOf(scope, model)) },
    { key: "rank", title: "Rank", value: (model) => cellOf(scope, model)?.[3], show: (model) => rank(cellOf(scope, model)) },
    { key: "size", title: "Size, B", value: (model) => data.models[model].size, show: (model) => data.models[model].size ?? "–" },
    ...shown.map(([name]) => ({ key: name, title: name, value: (model) => cellOf(name, model)?.[0], show: (model) => short(cellOf(name, model)) })),
  ];
}

const rank = (cell) => (cell?.[3] == null ? "–" : `${cell[3]} (${cell[4]} to ${cell[5]})`);
const marked = (cell, text) => (cell[7] ? text : `(${text})`);
const short = (cell) => (cell ? marked(cell, percent(cell[0])) : "–");

function interval(cell) {
  if (!cell) return "–";
  const made = element("span", `${marked(cell, percent(cell[0]))} `, { class: "score" });
  const bar = element("span", undefined, { class: "bar", "aria-hidden": "true" });
  const part = element("span");
  part.style.marginInlineStart = `${100 * cell[1]}%`;
  part.style.inlineSize = `${100 * (cell[2] - cell[1])}%`;
  bar.append(part);
  made.append(element("small", `${percent(cell[1])} to ${percent(cell[2])}`), bar);
  return made;
}

function kept(model) {
  const { size, medical, open } = data.models[model];
  const [least, most, kind] = [form.least.value, form.most.value, form.kind.value];
  if ((least || most) && size == null) return false;
  if (least && size < Number(least)) return false;
  if (most && size > Number(most)) return false;
  if (kind && !{ open, closed: !open, medical }[kind]) return false;
  return Boolean(cellOf(scopeOf(), model));
}

// Sort cells without a value last, in either direction.
function compare(column, down) {
  return (one, other) => {
    const [a, b] = [column.value(one), column.value(other)];
    if (a == null || b == null) return (a == null) - (b == null);
    return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
  };
}

function drawHead(shown) {
  const row = element("tr");
  for (const column of shown) {
    const state = column.key !== sorted.key ? "none" : sorted.down ? "descending" : "ascending";
    const cell = element("th", undefined, { scope: "col", "aria-sort": state, class: column.key === "name" ? "" : "number" });
    const button = element("button", column.title, { type: "button", "data-key": column.key });
    cell.append(button);
    row.append(cell);
  }
  head.replaceChildren(row);
}

function draw() {
  const shown = columns();
  const column = shown.find(({ key }) => key === sorted.key) ?? shown[1];
  sorted.key = column.key;
  const models = data.models.map((_, model) => model).filter(kept).sort(compare(column, sorted.down));
  drawHead(shown);
  body.replaceChildren(...models.map((model) => {
    const row = element("tr");
    shown.forEach(({ key, show }, place) => {
      const cell = element(place ? "td" : "th", undefined, place ? { class: "number" } : { scope: "row" });
      cell.append(show(model));
      if (key === sorted.key && place) cell.classList.add("sorted");
      row.append(cell);
    });
    return row;
  }));
  document.getElementById("count").textContent = `${models.length} of ${data.models.length} models`;
}

head.addEventListener("click", (event) => {
  const key = event.target.closest("button")?.dataset.key;
  if (!key) return;
  // Sort names, ranks and sizes in ascending order at first, shares in descending order.
  const first = !["name", "rank", "size"].includes(key);
  sorted = { key, down: sorted.key === key ? !sorted.down : first };
  draw();
  head.querySelector(`button[data-key="${CSS.escape(key)}"]`).focus();
});
form.addEventListener("input", draw);
form.addEventListener("submit", (event) => event.preventDefault());
draw();
