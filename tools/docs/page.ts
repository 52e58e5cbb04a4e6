/** A page that is generated: where it lies, below docs/, and what it says. */
export interface Page {
  file: string
  text(): Promise<string> | string
}

/** The first lines of a generated page. */
export function heading(title: string, source: string): string[] {
  return [`# ${title}`, '', `This page is generated from ${source} (\`npm run docs\`).`, '']
}

/** A Markdown table; a bar in a cell would end it. */
export function table(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
}
