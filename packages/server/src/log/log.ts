import { pino, type Logger } from 'pino'
import { redact } from './redact.ts'

export type { Logger }
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/**
 * The log: one JSON object a line, or lines for people where the output is a terminal. Whatever looks like a
 * secret is taken out of the finished line, so that no caller of the log has to think of it.
 */
export function createLog(level: LogLevel, output: Output = whileRead(process.stdout)): Logger {
  const format = output.isTTY === true ? forPeople : (line: string) => line
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => void output.write(redact(format(line))) },
  )
}

/**
 * Writes for as long as somebody reads. When the reader of a pipe is gone its error is the last word: logged as an
 * error of its own it would be the next thing that cannot be written.
 */
export function whileRead(stream: NodeJS.WriteStream): Output {
  let read = true
  stream.on('error', () => {
    read = false
  })
  return { isTTY: stream.isTTY, write: (text) => read && stream.write(text) }
}

/** `13:00:00 warn  message {"fact":1}` */
function forPeople(line: string): string {
  const { time, level, msg, ...facts } = JSON.parse(line) as { time: string; level: string; msg?: string; [fact: string]: unknown }
  const rest = Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg ?? ''}${rest}\n`
}
