// Which rows fulfil conditions, and how many each further condition would leave.

import { NONE } from "./version.js";

/** The facets in the order of the form, with their titles. */
export const TITLES = {
  language: "Language",
  task: "Task",
  source: "Source",
  specialty: "Specialty",
  origin: "Origin",
  status: "Review",
  reasons: "Reason to doubt",
  split: "Split",
};

/** Return whether a value of a facet is one that a condition asks for; a row may have several reasons. */
function asked(facet, value, wanted) {
  return facet === "reasons" && wanted !== NONE ? value.split(" ").includes(wanted) : value === wanted;
}

/**
 * Return the numbers of the rows that fulfil all conditions, and for each facet the number of rows by value that
 * fulfil all conditions but its own.
 */
export function filter(version, conditions) {
  const facets = Object.keys(TITLES).map((name) => {
    const { values, codes } = version.facets[name];
    const wanted = conditions[name];
    const fits = Uint8Array.from(values, (value) => (!wanted || asked(name, value, wanted) ? 1 : 0));
    return { name, values, codes, fits, counts: new Uint32Array(values.length) };
  });
  const found = new Int32Array(version.places.length);
  let length = 0;
  for (let row = 0; row < found.length; row++) {
    let misses = 0;
    let missed = null;
    for (const facet of facets) {
      if (!facet.fits[facet.codes[row]]) {
        misses++;
        missed = facet;
      }
    }
    if (misses === 0) {
      found[length++] = row;
      for (const facet of facets) facet.counts[facet.codes[row]]++;
    } else if (misses === 1) missed.counts[missed.codes[row]]++;
  }
  return { rows: found.slice(0, length), counts: Object.fromEntries(facets.map((facet) => [facet.name, byValue(facet)])) };
}

/** Return the number of rows by value; a row counts for each of its reasons. */
function byValue({ name, values, counts }) {
  const found = new Map();
  values.forEach((value, code) => {
    for (const each of name === "reasons" && value !== NONE ? value.split(" ") : [value]) {
      found.set(each, (found.get(each) ?? 0) + counts[code]);
    }
  });
  return found;
}
