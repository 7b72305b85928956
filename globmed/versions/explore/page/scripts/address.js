// What is looked at is in the address after #, so that it can be linked to.

/** Return the address as a state: an item's id, or conditions, a text and a page of the list. */
export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const page = Math.max(0, Number.parseInt(given.get("page") ?? "1", 10) - 1 || 0);
  const conditions = Object.fromEntries([...given].filter(([name]) => !["item", "text", "page"].includes(name)));
  return { item: given.get("item"), text: (given.get("text") ?? "").trim(), page, conditions };
}

export function itemAddress(id) {
  return `#${new URLSearchParams({ item: id })}`;
}

/** Return the address of a page of the list; pages count from 0 here and from 1 there. */
export function listAddress(conditions, text, page = 0) {
  const chosen = Object.entries({ ...conditions, text }).filter(([, value]) => value);
  return `#${new URLSearchParams([...chosen, ...(page ? [["page", page + 1]] : [])])}`;
}
