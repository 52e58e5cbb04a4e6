/** A figure beside what it should be. */
export interface Goal {
  what: string
  goal: string
  measured: string
  /** Undefined: others were on the cores, so the figure says nothing. */
  reached: boolean | undefined
}

/** One part of the benchmark, as a reader sees it. */
export interface Section {
  title: string
  /** What was done, and what the columns mean. */
  about: string
  /** The first row is the head. */
  table: string[][]
  notes: string[]
  goals: Goal[]
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}

function tableText(rows: string[][]): string {
  const [head = [], ...body] = rows
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...body.map(line)].join('\n')
}

/** A section in Markdown. */
export function sectionText({ title, about, table, notes, goals }: Section): string {
  const parts = [`## ${title}`, about]
  if (table.length > 1) parts.push(tableText(table))
  if (notes.length > 0) parts.push(notes.map((note) => `- ${note}`).join('\n'))
  if (goals.length > 0) parts.push(goalsText(goals))
  return `${parts.join('\n\n')}\n`
}

const REACHED: Record<string, string> = { true: 'yes', false: '**no**', undefined: 'unclear: the machine was not quiet' }

function goalsText(goals: Goal[]): string {
  return tableText([
    ['goal', 'wanted', 'measured', 'reached'],
    ...goals.map(({ what, goal, measured, reached }) => [what, goal, measured, REACHED[String(reached)] ?? '']),
  ])
}
