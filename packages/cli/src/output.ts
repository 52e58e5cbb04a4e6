/** A cell of a table: shown as it is; null and undefined as a dash. */
export type Cell = string | number | boolean | null | undefined

/** Where a command writes: for people, or JSON for machines when `--json` was given. */
export interface Output {
  /** Whether JSON is wanted. */
  json: boolean
  /** What came out: JSON gets the value, people get the text. */
  result(value: unknown, text: string): void
  /** What is a file by itself, as it is. */
  document(text: string): void
  /** A remark for people; nothing in JSON. */
  note(text: string): void
}

/** Makes an output over a writer of text. */
export function createOutput(json: boolean, write: (text: string) => void): Output {
  return {
    json,
    result: (value, text) => write(`${json ? JSON.stringify(value, null, 2) : text}\n`),
    document: (text) => write(text.endsWith('\n') ? text : `${text}\n`),
    note: (text) => {
      if (!json) write(`${text}\n`)
    },
  }
}

/** Lays rows out in columns as wide as their widest cell; amounts to the right. */
export function table(columns: string[], rows: Cell[][], empty = 'None.'): string {
  if (rows.length === 0) return empty
  const cells = [columns.map((column) => column.toUpperCase()), ...rows.map((row) => row.map(shown))]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
  const right = columns.map((_, index) => rows.every((row) => isNumeric(row[index])))
  return cells
    .map((row) =>
      row
        .map((cell, index) => pad(cell, widths[index] ?? 0, right[index] === true))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Lays out one thing: a name and a value on each line; nothing for what is undefined. */
export function fields(pairs: [string, Cell][]): string {
  const given = pairs.filter(([, value]) => value !== undefined)
  const width = Math.max(0, ...given.map(([name]) => name.length))
  return given.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`).join('\n')
}

function shown(cell: Cell): string {
  return cell === null || cell === undefined ? '–' : String(cell)
}

function isNumeric(cell: Cell): boolean {
  return cell === null || cell === undefined || typeof cell === 'number' || /^-?\d+(\.\d+)?$/.test(String(cell))
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width)
}

/** An answered time as people read it: `2026-11-22 13:00:05` in UTC. */
export function shortTime(iso: string | null): string | null {
  return iso === null ? null : iso.slice(0, 19).replace('T', ' ')
}
