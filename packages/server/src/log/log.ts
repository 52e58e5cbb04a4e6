import { pino, type Logger } from 'pino'
import { redact } from './redact.ts'

export type { Logger }
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * The log: one JSON object a line, or lines for people where the output is a terminal. Whatever looks like a
 * secret is taken out of the finished line, so that no caller of the log has to think of it.
 */
export function createLog(level: LogLevel, output: { write(text: string): unknown; isTTY?: boolean } = process.stdout): Logger {
  const format = output.isTTY === true ? forPeople : (line: string) => line
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => void output.write(redact(format(line))) },
  )
}

/** `13:00:00 warn  message {"fact":1}` */
function forPeople(line: string): string {
  const { time, level, msg, ...facts } = JSON.parse(line) as { time: string; level: string; msg?: string; [fact: string]: unknown }
  const rest = Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg ?? ''}${rest}\n`
}
