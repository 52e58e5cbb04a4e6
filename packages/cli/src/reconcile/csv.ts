import { BadExport } from './bad-export.ts'
import { countOf, exactOf } from './exact.ts'

/** A CSV file with a header. */
export interface CsvTable {
  file: string
  header: string[]
  rows: CsvRow[]
}

/** What columns of these names are called in some of the versions that a vendor has had: the first that is there counts. */
type Names = string | readonly string[]

/** One line, whose cells are read by the name of their column; a cell that cannot be read is named with its place. */
export class CsvRow {
  readonly #table: Pick<CsvTable, 'file' | 'header'>
  readonly #cells: string[]
  readonly line: number

  constructor(table: Pick<CsvTable, 'file' | 'header'>, cells: string[], line: number) {
    this.#table = table
    this.#cells = cells
    this.line = line
  }

  /** The cell without space around it; empty where the column is missing. */
  text(names: Names): string {
    const name = this.#nameOf(names)
    return name === undefined ? '' : (this.#cells[this.#table.header.indexOf(name)] ?? '').trim()
  }

  /** The same; null where it is empty. */
  name(names: Names): string | null {
    const text = this.text(names)
    return text === '' ? null : text
  }

  /** A count; `undefined` where the cell is empty. @throws BadExport */
  count(names: Names): number | undefined {
    return this.#read(names, countOf, 'is not a whole number')
  }

  /** An amount in units of 1e-18; `undefined` where the cell is empty. @throws BadExport */
  amount(names: Names): bigint | undefined {
    return this.#read(names, (text) => exactOf(text.replaceAll(',', '')), 'is not an amount')
  }

  /** The day, `2026-11-22`, of a date or a time. @throws BadExport */
  day(names: Names): string {
    const text = this.text(names)
    const day = /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/.exec(text)?.[1]
    return day !== undefined && !Number.isNaN(Date.parse(`${day}T00:00:00Z`))
      ? day
      : this.refuse(names, `"${text}" is not a date, like 2026-11-22`)
  }

  refuse(names: Names, problem: string): never {
    throw new BadExport({ file: this.#table.file, line: this.line, column: this.#nameOf(names) }, problem)
  }

  #read<T>(names: Names, read: (text: string) => T | undefined, problem: string): T | undefined {
    const text = this.text(names)
    return text === '' ? undefined : (read(text) ?? this.refuse(names, `"${text}" ${problem}`))
  }

  #nameOf(names: Names): string | undefined {
    return [names].flat().find((name) => this.#table.header.includes(name))
  }
}

/** What the parser gives where it is asked for lines: its types do not say so. */
interface Numbered {
  record: string[]
  info: { lines: number }
}

const DELIMITERS = [',', ';', '\t']

/** Reads CSV with a header, of whatever delimiter its header has most of. @throws BadExport */
export async function readCsv(file: string, text: string): Promise<CsvTable> {
  const { parse } = await import('csv-parse/sync')
  const [first = ''] = text.split(/\r?\n/, 1)
  const [delimiter = ','] = DELIMITERS.toSorted((a, b) => first.split(b).length - first.split(a).length)
  let records: Numbered[]
  try {
    records = parse(text, { bom: true, delimiter, info: true, relax_column_count: true, skip_empty_lines: true }) as unknown as Numbered[]
  } catch (error) {
    const line = error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? error.lines : 1
    throw new BadExport({ file, line }, `this is not CSV: ${error instanceof Error ? error.message : String(error)}`)
  }
  const [head, ...body] = records
  const header = (head?.record ?? []).map((name) => name.trim())
  const table: CsvTable = { file, header, rows: [] }
  for (const { record, info } of body) {
    if (record.slice(header.length).some((cell) => cell !== '')) {
      throw new BadExport(
        { file, line: info.lines },
        `has ${record.length} cells, the header ${header.length}`,
        'Quote cells that hold the delimiter.',
      )
    }
    table.rows.push(new CsvRow(table, record, info.lines))
  }
  return table
}
