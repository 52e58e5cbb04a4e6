import type { Shown } from './shown.ts'

/** One code, as the terminal shows it. */
export function terminalText({ code, status, title, headers, detail, fix, replay }: Shown, place: string): string {
  return [
    `${place}  ${status} ${code}: ${title}`,
    `      answer  ${detail}`,
    ...headers.map(([name, value]) => `              ${name}: ${value}`),
    `      fix     ${fix}`,
    `      again   ${replay.ok ? '✓' : '✗'} ${replay.text}`,
    '',
  ].join('\n')
}
