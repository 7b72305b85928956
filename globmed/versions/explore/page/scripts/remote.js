// Files that are read in parts, over HTTP range requests.

/** Small reads, of which one row takes a hundred, share blocks of this size. */
const BLOCK = 32 * 1024;
/** How many bytes are kept, so that a second look at the same rows asks for nothing. */
const KEPT = 64 * 1024 * 1024;

const kept = new Map();
let keptBytes = 0;
/** What was asked for since the page was opened. */
export const transferred = { bytes: 0 };

/** A file as hyparquet reads it: `byteLength`, and `slice` of some bytes of it. */
export class RemoteFile {
  constructor(url, byteLength) {
    this.url = url;
    this.byteLength = byteLength;
  }

  async slice(start, end = this.byteLength) {
    if (end - start >= BLOCK) return this.#part(start, end);
    const first = start - (start % BLOCK);
    const block = (from) => this.#part(from, Math.min(from + BLOCK, this.byteLength));
    if (end <= first + BLOCK) return (await block(first)).slice(start - first, end - first);
    const [head, tail] = await Promise.all([block(first), block(first + BLOCK)]);
    return new Blob([head.slice(start - first), tail.slice(0, end - first - BLOCK)]).arrayBuffer();
  }

  /** Return a part from what is kept, or ask for it; the part that was used longest ago makes room. */
  #part(start, end) {
    const key = `${this.url} ${start}-${end}`;
    const part = kept.get(key) ?? this.#fetch(start, end).catch((error) => {
      if (kept.delete(key)) keptBytes -= end - start;
      throw error;
    });
    if (!kept.delete(key)) keptBytes += end - start;
    kept.set(key, part);
    for (const oldest of kept.keys()) {
      if (keptBytes <= KEPT || oldest === key) break;
      const [from, to] = oldest.slice(oldest.lastIndexOf(" ") + 1).split("-").map(Number);
      kept.delete(oldest);
      keptBytes -= to - from;
    }
    return part;
  }

  async #fetch(start, end) {
    const ask = () => fetch(this.url, { headers: { Range: `bytes=${start}-${end - 1}` } });
    // A connection that broke off is tried once more; a phone's often does.
    const answer = await ask().catch(ask);
    if (!answer.ok) throw new Error(`${this.url} was answered with ${answer.status}`);
    const bytes = await answer.arrayBuffer();
    transferred.bytes += bytes.byteLength;
    // A server that knows no ranges sends the whole file.
    return answer.status === 206 ? bytes : bytes.slice(start, end);
  }
}
