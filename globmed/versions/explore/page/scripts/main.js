// Open the version, and show what the address names, now and whenever it changes.

import { readAddress } from "./address.js";
import { element } from "./elements.js";
import { showItem } from "./item.js";
import { showList } from "./list.js";
import { openVersion } from "./version.js";

const main = document.getElementById("main");
let turn = 0;
let list = "#";

async function show(version) {
  const own = ++turn;
  const current = () => own === turn;
  const state = readAddress();
  main.classList.toggle("explorer", state.item !== null);
  document.title = `${state.item ?? version.facts.title} – explorer`;
  if (state.item === null) list = location.hash || "#";
  try {
    if (state.item === null) await showList(version, main, state, current);
    else await showItem(version, main, state.item, list, current);
  } catch (error) {
    if (current()) tell(error, () => show(version));
  }
}

function tell(error, again) {
  main.append(element("div", { class: "note", role: "alert" },
    element("p", {}, `The rows could not be read (${error.message}). Check the connection.`),
    element("button", { type: "button", click: again }, "Try again")));
}

async function open() {
  main.replaceChildren(element("p", { role: "status" }, "Loading …"));
  try {
    const version = await openVersion();
    const { repository, commit } = version.facts;
    if (repository) {
      const links = [["Card", `${repository}/blob/${commit}/README.md`], ["Discussions", `${repository}/discussions`]];
      document.getElementById("elsewhere").replaceChildren(...links.map(([title, href]) => element("a", { href }, title)));
    }
    addEventListener("hashchange", () => {
      scrollTo(0, 0);
      show(version);
    });
    await show(version);
  } catch (error) {
    main.replaceChildren();
    tell(error, open);
  }
}

open();
