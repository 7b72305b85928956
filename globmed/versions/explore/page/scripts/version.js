// The version: the facts about it, the tables of facets, and its rows.

import { decompress, parquetMetadataAsync, parquetRead, parquetReadObjects } from "../vendor/parquet.js";
import { RemoteFile } from "./remote.js";

const compressors = { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) };
/** The value of a facet that a row has not. */
export const NONE = "(none)";
/** Rows of one file that are this near to each other are read at once. */
const NEAR = 100;
/** Most footers are shorter. */
const FOOTER = 32 * 1024;

/** Read the facts and tables, and return the version. */
export async function openVersion() {
  const [facts, items, rows] = await Promise.all([
    fetch("version.json").then((answer) => answer.json()),
    readTable("items.table"),
    readTable("rows.table"),
  ]);
  return new Version(facts, items, rows);
}

async function readTable(name) {
  const file = await fetch(name).then((answer) => answer.arrayBuffer());
  const columns = {};
  await parquetRead({
    file,
    onChunk: ({ columnName, columnData }) => (columns[columnName] = [...(columns[columnName] ?? []), columnData]),
  });
  return Object.fromEntries(Object.entries(columns).map(([name, parts]) => [name, parts.length === 1 ? parts[0] : parts.flatMap((part) => [...part])]));
}

/**
 * Rows have numbers, from 0 in the order of the files; items have places in `ids`.
 * A facet has its `values`, and for every row the `codes` of the value that it has.
 */
class Version {
  constructor(facts, items, rows) {
    this.facts = facts;
    this.ids = items.id;
    this.places = Int32Array.from(rows.item);
    let start = 0;
    this.files = facts.files.map((file) => {
      const opened = new DataFile(facts, file, start);
      start += file.rows;
      return opened;
    });
    this.facets = {
      language: this.#ofFiles((file) => file.language.config),
      split: this.#ofFiles((file) => file.split),
      ...Object.fromEntries(["task", "source", "specialty"].map((name) => [name, this.#ofItems(items[name])])),
      ...Object.fromEntries(["origin", "status", "reasons"].map((name) => [name, coded(rows[name])])),
    };
  }

  #ofFiles(value) {
    const { values, codes } = coded(this.files.map(value));
    const ofRows = new Uint16Array(this.places.length);
    this.files.forEach((file, place) => ofRows.fill(codes[place], file.start, file.start + file.rows));
    return { values, codes: ofRows };
  }

  #ofItems(column) {
    const { values, codes } = coded(column);
    return { values, codes: Uint16Array.from(this.places, (place) => codes[place]) };
  }

  /** Return the file that a row is in. */
  fileOf(row) {
    let [low, high] = [0, this.files.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.files[middle].start <= row) low = middle;
      else high = middle - 1;
    }
    return this.files[low];
  }

  /** Return how a value of a facet is named for people. */
  nameOf(facet, value) {
    if (facet === "language") return this.facts.languages.find((language) => language.config === value)?.name ?? value;
    return value.replaceAll("_", " ");
  }

  /** Return the value of a facet that a row has. */
  valueOf(facet, row) {
    const { values, codes } = this.facets[facet];
    return values[codes[row]];
  }

  idOf(row) {
    return this.ids[this.places[row]];
  }

  /** Return the numbers of the rows of an item, one for each language; none if there is no such item. */
  rowsOf(id) {
    const place = this.ids.indexOf(id);
    const rows = [];
    for (let row = 0; place >= 0 && row < this.places.length; row++) if (this.places[row] === place) rows.push(row);
    return rows;
  }

  /** Read some columns of rows, in the order of their numbers. */
  async read(rows, columns) {
    const runs = [];
    for (const row of rows) {
      const run = runs.at(-1);
      if (run && row - run.at(-1) <= NEAR && this.fileOf(row) === this.fileOf(run[0])) run.push(row);
      else runs.push([row]);
    }
    const read = await Promise.all(runs.map(async (run) => {
      const found = await this.fileOf(run[0]).read(run[0], run.at(-1) + 1, columns);
      return run.map((row) => found[row - run[0]]);
    }));
    return read.flat();
  }
}

/** A Parquet file of one language and split, whose first row has the number `start`. */
class DataFile {
  constructor(facts, file, start) {
    Object.assign(this, file, { start });
    this.language = facts.languages[file.language];
    this.remote = new RemoteFile(`${facts.data}/${file.path}`, file.size);
  }

  /** Read rows by their numbers, `to` not among them; all columns if none is named. */
  async read(from, to, columns) {
    this.metadata ??= parquetMetadataAsync(this.remote, { initialFetchSize: FOOTER });
    const metadata = await this.metadata.catch((error) => {
      this.metadata = undefined;
      throw error;
    });
    const had = new Set(metadata.row_groups[0].columns.map((column) => column.meta_data.path_in_schema[0]));
    return parquetReadObjects({
      file: this.remote,
      metadata,
      compressors,
      columns: columns?.filter((column) => had.has(column)),
      rowStart: from - this.start,
      rowEnd: to - this.start,
      useOffsetIndex: true,
    });
  }
}

/** Return the values of a column, sorted, and a code for every cell. */
function coded(column) {
  const values = [...new Set(column)].map((value) => value || NONE).sort();
  const codes = new Map(values.map((value, code) => [value, code]));
  return { values: [...new Set(values)], codes: Uint16Array.from(column, (value) => codes.get(value || NONE)) };
}
