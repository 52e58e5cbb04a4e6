import { Failure } from '../command.ts'

/** Where in a file something stands. */
export interface Place {
  file: string
  line: number
  /** A column's name in CSV, a number in JSON. */
  column?: string | number | undefined
}

/** A file that cannot be compared: what is wrong, and where. */
export class BadExport extends Failure {
  constructor({ file, line, column }: Place, problem: string, fix?: string) {
    super(`${file}, line ${line}${column === undefined ? '' : `, column ${column}`}: ${problem}`, fix)
  }
}
