// Search in the texts: file by file, and no further than a page of the list needs.

import { transferred } from "./remote.js";

export const TEXTS = ["question", "context", "premise", "hypothesis", "long_answer", "options"];
/** Rows that are read at once: few at first, since the first page may be among them. */
const LEAST = 4000;
const MOST = 16_000;
/** A search pauses after so many bytes: whoever pays by the byte decides whether it goes on. */
export const BUDGET = 20 * 1024 * 1024;

/** Return all texts of a row as one, in lower case. */
const textOf = (row) => TEXTS.map((name) => (name === "options" ? (row.options ?? []).map((option) => option.text).join("\n") : row[name]))
  .filter(Boolean).join("\n").normalize("NFC").toLowerCase();

/** A search among rows; `found` are their numbers so far, `searched` how many rows were read, `done` if all were. */
export class Search {
  constructor(version, rows, text) {
    Object.assign(this, { version, rows, text: text.normalize("NFC").toLowerCase(), found: [], searched: 0 });
  }

  get done() {
    return this.searched === this.rows.length;
  }

  /** Search until so many rows are found, all were read, or the bytes are used up; `tell` is called after each step. */
  async find(wanted, tell) {
    const start = transferred.bytes;
    let step = LEAST;
    while (!this.done && this.found.length < wanted && transferred.bytes - start < BUDGET) {
      const parts = this.#next(step);
      for (const found of await Promise.all(parts.map((part) => this.#among(part)))) this.found.push(...found);
      this.searched += parts.reduce((sum, part) => sum + part.length, 0);
      if (!tell()) return;
      step = Math.min(step * 2, MOST);
    }
  }

  /** Return the next rows to read, in parts: each of one file, and none over more than so many rows of it. */
  #next(most) {
    const parts = [];
    let spanned = 0;
    let place = this.searched;
    while (place < this.rows.length && spanned < most) {
      const file = this.version.fileOf(this.rows[place]);
      const end = Math.min(this.rows[place] + LEAST, file.start + file.rows);
      const from = place;
      while (place < this.rows.length && this.rows[place] < end) place++;
      parts.push(this.rows.subarray(from, place));
      spanned += this.rows[place - 1] + 1 - this.rows[from];
    }
    return parts;
  }

  async #among(rows) {
    const read = await this.version.fileOf(rows[0]).read(rows[0], rows.at(-1) + 1, TEXTS);
    return rows.filter((row) => textOf(read[row - rows[0]]).includes(this.text));
  }
}
