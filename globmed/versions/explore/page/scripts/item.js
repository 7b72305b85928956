// One item in all its languages, side by side.

import { itemAddress } from "./address.js";
import { element, facts, spoken, tongue } from "./elements.js";
import { marks } from "./marks.js";

/** The texts that come before an item's options. */
const TEXTS = ["context", "premise", "hypothesis", "question"];
/** Columns that have a place of their own. */
const PLACED = new Set([...TEXTS, "id", "language", "options", "answer", "long_answer", "quality", "provenance", "review"]);

/** Show an item; `current` returns whether the reader still waits for it. */
export async function showItem(version, main, id, list, current) {
  const numbers = version.rowsOf(id);
  const status = element("p", { role: "status" }, numbers.length ? "Reading …" : `${version.facts.title} has no item ${id}.`);
  const sides = element("div", { class: "sides" });
  main.replaceChildren(
    element("p", {}, element("a", { href: list }, "Back to the list")),
    element("h1", {}, id),
    status,
    sides,
  );
  if (!numbers.length) return;
  status.replaceChildren(...links(version, id, numbers));
  sides.before(element("nav", { class: "pages many", "aria-label": "Languages" }, numbers.map((number, place) =>
    element("button", { type: "button", click: () => sides.children[place].scrollIntoView() }, version.fileOf(number).language.english))));
  sides.replaceChildren(...numbers.map(() => element("article", { class: "side" }, "Reading …")));

  // What the others are translated from: what was born in a language, else the first, which is English if there is one.
  const born = numbers.findIndex((number) => version.valueOf("origin", number) === "original");
  const first = Math.max(0, born);
  const source = await read(numbers[first]);
  if (!current()) return;
  put(source, first);
  await Promise.all(numbers.map(async (number, place) => {
    if (place === first) return;
    const row = await read(number);
    if (current()) put(row, place);
  }));

  async function read(number) {
    const [row] = await version.read([number]);
    return { ...row, file: version.fileOf(number) };
  }

  function put(row, place) {
    sides.children[place].replaceWith(side(version, row, source, place));
  }
}

function links(version, id, numbers) {
  const made = [element("a", { href: itemAddress(id) }, "Link to this item")];
  if (version.facts.repository) made.push(" · ", element("a", { href: report(version, id, numbers) }, "Report an error"));
  return made;
}

/** Return the address at which the Hub opens a discussion, with what it is about filled in. */
function report(version, id, numbers) {
  const { repository, commit, version: number } = version.facts;
  const description = [
    `Item: \`${id}\``,
    `Version: ${number} (\`${commit}\`)`,
    `Languages: ${numbers.map((number) => version.fileOf(number).language.english).join(", ")}`,
    "",
    "What is wrong, in which language, and what would be right:",
    "",
  ].join("\n");
  return `${repository}/discussions/new?${new URLSearchParams({ title: `Error in ${id}`, description })}`;
}

function side(version, row, source, place) {
  const { language } = row.file;
  const reasons = row.quality?.reasons ?? [];
  const text = (name) => row[name] && [heading(name), marked(row, source, row[name], source[name], reasons)];
  return element("article", { class: "side", "aria-labelledby": `side-${place}` },
    element("h2", { id: `side-${place}` }, element("span", tongue(language), language.name), " ",
      [row.origin, row.quality?.critical ? "critical" : null, row.review?.status].filter(Boolean).map((name) =>
        element("span", { class: name === "critical" ? "badge critical" : "badge" }, name))),
    TEXTS.flatMap(text),
    options(row, source, reasons),
    text("long_answer"),
    reasons.length ? [element("h3", {}, "Reasons to doubt it"), reasonList(version, reasons)] : null,
    element("details", {}, element("summary", {}, "Signals of quality"), signals(version, row, language)),
    element("details", {}, element("summary", {}, "Provenance"), facts(row.provenance), fileLink(version, row.file)),
    element("details", {}, element("summary", {}, "Review, and other columns"), facts(row.review), facts(others(row))));
}

function marked(row, source, own, from, reasons) {
  return spoken(own, row.file.language, row === source ? [] : marks(from, own, source.file.language, row.file.language, reasons));
}

function options(row, source, reasons) {
  const answer = row.answer === null || row.answer === undefined ? null : row.answer;
  if (!row.options?.length) return answer === null ? null : [heading("answer"), element("p", {}, answer)];
  return [heading("options"), element("ul", { class: "options" }, row.options.map((option, place) =>
    element("li", { class: option.label === answer ? "right" : null },
      element("strong", {}, option.label),
      marked(row, source, option.text ?? "", source.options?.[place]?.text, reasons),
      option.label === answer ? element("span", { class: "badge" }, "answer") : null)))];
}

function reasonList(version, reasons) {
  return element("ul", { class: "reasons" }, reasons.map((reason) => {
    const meaning = version.facts.reasons[reason];
    return element("li", {}, reason.replaceAll("_", " "), meaning ? `: ${meaning}` : "");
  }));
}

function signals(version, row, language) {
  const measured = Object.entries(version.facts.signals).filter(([name]) => typeof row.quality?.[name] === "number");
  if (!measured.length) return element("p", {}, "None was measured.");
  const head = ["Signal", "Value", "What it would flag"].map((title) => element("th", { scope: "col" }, title));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Signals, ${language.name}` },
    element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, measured.map(([name, meaning]) =>
      element("tr", {}, element("th", { scope: "row" }, name.replaceAll("_", " ")),
        element("td", { class: "number" }, row.quality[name].toFixed(3)), element("td", {}, meaning))))));
}

function fileLink(version, file) {
  const { repository, commit } = version.facts;
  const link = repository && element("a", { href: `${repository}/blob/${commit}/${file.path}` }, file.path);
  return element("p", { class: "hint" }, link ?? file.path);
}

function others(row) {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !PLACED.has(name) && name !== "file"));
}

const heading = (name) => element("h3", {}, name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase()));
