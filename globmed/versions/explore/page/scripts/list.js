// The list of rows: a form with the conditions, and a page of what fulfils them.

import { itemAddress, listAddress } from "./address.js";
import { count, element, tongue } from "./elements.js";
import { filter, TITLES } from "./filters.js";
import { Search } from "./search.js";
import { NONE } from "./version.js";

const PAGE = 25;
/** The texts of which a line of the list shows the first that there is. */
const SHOWN = ["question", "hypothesis", "premise", "context"];

/** What was searched for last, so that its next page goes on from there. */
let last = { key: "", search: null };

/** Show a page of the list; `current` returns whether the reader still waits for it. */
export async function showList(version, main, { conditions, text, page }, current) {
  const { rows, counts } = filter(version, conditions);
  const status = element("p", { role: "status" }, "Reading …");
  const place = element("div");
  main.replaceChildren(element("h1", {}, "Rows"), form(version, conditions, text, counts), status, place);
  if (!text) return showRows(version, rows.subarray(page * PAGE, (page + 1) * PAGE), { total: rows.length, page });

  const key = JSON.stringify([conditions, text]);
  if (last.key !== key) last = { key, search: new Search(version, rows, text) };
  return goOn(last.search);

  async function goOn(search) {
    await search.find((page + 1) * PAGE + 1, () => {
      if (current()) status.textContent = `Searching … ${progress(search)}`;
      return current();
    });
    if (!current()) return;
    const found = search.found.slice(page * PAGE, (page + 1) * PAGE);
    await showRows(version, found, { total: search.found.length, page, search });
  }

  async function showRows(version, shown, { total, page, search }) {
    const texts = await version.read(shown, SHOWN);
    if (!current()) return;
    status.textContent = told(shown.length, { total, page, search });
    const further = search && !search.done && search.found.length <= (page + 1) * PAGE;
    const more = total > (page + 1) * PAGE;
    const button = element("button", { type: "button", click: () => goOn(search) }, "Search further");
    const address = (number) => listAddress(conditions, text, number);
    place.replaceChildren(
      element("ul", { class: "found" }, texts.map((row, number) => line(version, shown[number], row))),
      further ? element("p", { class: "pages" }, button) : "",
      pager(page, more, address),
    );
  }
}

function told(shown, { total, page, search }) {
  const first = page * PAGE + 1;
  const which = shown ? `Rows ${count(first)} to ${count(page * PAGE + shown)}` : "No rows";
  if (!search || search.done) return shown ? `${which} of ${count(total)}.` : "No rows: change a condition.";
  return `${which}; ${progress(search)}`;
}

const progress = (search) =>
  `${count(search.found.length)} found in ${count(search.searched)} of ${count(search.rows.length)} rows.`;

function line(version, number, row) {
  const { language } = version.fileOf(number);
  const value = (facet) => version.valueOf(facet, number);
  const reasons = value("reasons").split(" ").filter((reason) => reason !== NONE);
  const text = SHOWN.map((name) => row[name]).find(Boolean) ?? "(empty)";
  return element("li", {},
    element("a", { href: itemAddress(version.idOf(number)) }, element("span", { class: "lines", ...tongue(language) }, text.slice(0, 600))),
    element("p", { class: "hint" },
      `${version.idOf(number)} · ${language.name} · ${value("task")} · ${value("origin")} · ${value("status")}`,
      reasons.length ? ` · ${reasons.map((reason) => version.nameOf("reasons", reason)).join(", ")}` : ""));
}

function form(version, conditions, text, counts) {
  const made = element("form", { class: "filters", role: "search", submit: (event) => {
    event.preventDefault();
    go();
  } });
  const go = () => {
    const given = new FormData(made);
    const chosen = Object.fromEntries(Object.keys(TITLES).map((name) => [name, given.get(name)]));
    location.hash = listAddress(chosen, given.get("text").trim());
  };
  const chosen = Object.keys(conditions).length;
  // A phone shows the rows first.
  const open = chosen > 0 || matchMedia("(min-width: 40.01rem)").matches;
  const facets = Object.entries(TITLES).filter(([name]) => version.facets[name].values.length > 1).map(([name, title]) =>
    element("label", {}, title, select(version, name, conditions[name], counts[name], go)));
  made.append(
    element("label", { class: "text" }, "Text contains", element("input", { type: "search", name: "text", value: text, maxlength: 200 })),
    element("button", {}, "Search"),
    chosen || text ? element("a", { class: "reset", href: "#" }, "Clear all") : "",
    element("details", { open }, element("summary", {}, chosen ? `Filters (${chosen})` : "Filters"),
      element("div", { class: "facets" }, facets)),
  );
  return made;
}

function select(version, name, chosen, counts, go) {
  const values = [...counts].filter(([value, number]) => number || value === chosen);
  if (chosen && !counts.has(chosen)) values.push([chosen, 0]);
  return element("select", { name, change: go },
    element("option", { value: "" }, "all"),
    values.map(([value, number]) =>
      element("option", { value, selected: value === chosen }, `${version.nameOf(name, value)} (${count(number)})`)));
}

function pager(page, more, address) {
  if (!page && !more) return "";
  return element("nav", { class: "pages", "aria-label": "Pages" },
    page ? element("a", { rel: "prev", href: address(page - 1) }, "Back") : "",
    element("span", {}, `page ${page + 1}`),
    more ? element("a", { rel: "next", href: address(page + 1) }, "Next") : "");
}
