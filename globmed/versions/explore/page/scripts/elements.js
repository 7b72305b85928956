// Make elements. What the dataset says only ever becomes text, never markup.

/** Return an element; attributes that are null are left out, functions listen, and children are nodes or texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** Return a text of the dataset in its language, with some ranges of it marked. */
export function spoken(text, language, marked = []) {
  const parts = [];
  let end = 0;
  for (const [from, to] of marked) {
    parts.push(text.slice(end, from), element("mark", {}, text.slice(from, to)));
    end = to;
  }
  return element("div", { class: "spoken", ...tongue(language) }, ...parts, text.slice(end));
}

/** Return the attributes that tell browsers and screen readers a text's language. */
export function tongue(language) {
  return { lang: language.tag || null, dir: language.direction };
}

/** Return names and values as a list of facts, without those that have no value. */
export function facts(fields) {
  const known = Object.entries(fields ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return element("dl", { class: "facts" }, known.flatMap(([name, value]) => [
    element("dt", {}, name.replaceAll("_", " ")),
    element("dd", {}, String(value)),
  ]));
}

export const count = (number) => number.toLocaleString("en");
