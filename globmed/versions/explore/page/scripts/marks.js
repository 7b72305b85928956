// The places that reasons to doubt a translation are about: numbers without a partner, and words left untranslated.

/** Reasons about numbers, whose places are the numbers that only one of the two texts has. */
const OF_NUMBERS = /^(number|unit|comparison|order)_|^converted$/;
/** Words in a row that make a piece of text left as it was. */
const LEAST_WORDS = 3;

/** Return the ranges of a translation to mark, `[from, to]` each, for its row's reasons. */
export function marks(source, target, sourceLanguage, targetLanguage, reasons) {
  if (!source || !target) return [];
  if (reasons.includes("copy")) return copied(source, target);
  if (!reasons.some((reason) => OF_NUMBERS.test(reason))) return [];
  const partners = numbers(source, sourceLanguage).map((number) => number.value);
  return numbers(target, targetLanguage).filter(({ value }) => {
    const place = partners.indexOf(value);
    if (place >= 0) partners.splice(place, 1);
    return place < 0;
  }).map(({ from, to }) => [from, to]);
}

/** Return the numbers in digits of a text, each with its value and range. */
export function numbers(text, language) {
  return [...text.matchAll(/\p{Nd}+(?:[.,٫]\p{Nd}+)*/gu)].map((found) => ({
    from: found.index,
    to: found.index + found[0].length,
    value: valueOf(found[0], language),
  }));
}

/** Return a number in ASCII digits, with a point as its decimal mark and without marks between thousands. */
function valueOf(written, { digits, decimal }) {
  const ascii = [...written].map((mark) => (digits.includes(mark) ? String([...digits].indexOf(mark)) : mark)).join("");
  const thousands = decimal === "." ? /,(?=\d{3}(?:\D|$))/g : /\.(?=\d{3}(?:\D|$))/g;
  return ascii.replace(thousands, "").replace(/[,٫]/, ".");
}

/** Return the ranges of a translation that are several words of its source in a row. */
function copied(source, target) {
  const words = (text) => [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)];
  const said = ` ${words(source.toLowerCase()).map(String).join(" ")} `;
  const own = words(target);
  const ranges = [];
  for (let first = 0; first + LEAST_WORDS <= own.length; first++) {
    const piece = own.slice(first, first + LEAST_WORDS);
    if (!said.includes(` ${piece.map((word) => word[0].toLowerCase()).join(" ")} `)) continue;
    const [from, to] = [piece[0].index, piece.at(-1).index + piece.at(-1)[0].length];
    if (ranges.length && from <= ranges.at(-1)[1]) ranges.at(-1)[1] = to;
    else ranges.push([from, to]);
  }
  return ranges;
}
