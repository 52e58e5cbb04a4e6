import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../support/root.ts'

/** What was done in a step, as it is told. */
export interface Told {
  kind: 'step' | 'done' | 'answer' | 'check'
  text: string
}

export interface Answer {
  status: number
  headers: Headers
  text: string
}

/** What a person has at hand: a token for the command line, or a key for calls. */
export interface Hands {
  token?: string
  key?: string
  /** Beside what every command gets. */
  environment?: Record<string, string>
}

/** So many lines of an answer are shown. */
const MOST_LINES = 6

/** A story that is carried out while it is told. A check that does not hold ends it. */
export class Story {
  readonly told: Told[] = []
  readonly #url: string
  readonly #folder: string
  readonly #tell: (text: string) => void
  #step = 0

  /** `url`: of the gateway; `folder`: where commands are run. */
  constructor(url: string, folder: string, tell: (text: string) => void) {
    this.#url = url
    this.#folder = folder
    this.#tell = tell
  }

  /** Who does what, and why. */
  step(text: string): void {
    this.#say('step', `${++this.#step}. ${text}`, '\n')
  }

  /** Runs a command of Faregate as somebody. @returns what it printed; `fails`: it is to be refused */
  async command(
    line: string,
    { token = '', environment = {} }: Hands,
    { fails = false }: { fails?: boolean | 'perhaps' } = {},
  ): Promise<string> {
    this.#say('done', `$ faregate ${line}`, '   ')
    const { code, output } = await this.#run(wordsOf(line), { FAREGATE_URL: this.#url, FAREGATE_TOKEN: token, ...environment })
    this.#show(output)
    if (fails !== 'perhaps' && (code !== 0) !== fails) throw new Error(`faregate ${line} ended with ${code}`)
    return output
  }

  /** Calls what is published as somebody who has a key. */
  async call(target: string, { key = '' }: Hands, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
    const [method = 'GET', path = ''] = target.split(' ')
    const said = Object.entries(headers).map(([name, value]) => ` -H "${name}: ${value}"`)
    const sent = body === undefined ? '' : ` -d '${JSON.stringify(body)}'`
    this.#say('done', `$ curl${method === 'GET' ? '' : ` -X ${method}`} "$GATEWAY${path}"${said.join('')}${sent}`, '   ')
    const answer = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    this.#show(`HTTP ${answer.status}${costOf(answer)}\n${shortened(text)}`)
    return { status: answer.status, headers: answer.headers, text }
  }

  /** What must be so. @throws Error where it is not */
  check(text: string, holds: boolean): void {
    this.#say('check', `${holds ? '✓' : '✗'} ${text}`, '   ')
    if (!holds) throw new Error(`it is not as told: ${text}`)
  }

  #say(kind: Told['kind'], text: string, before: string): void {
    this.told.push({ kind, text })
    this.#tell(before + text)
  }

  #show(output: string): void {
    const lines = output.trimEnd().split('\n')
    const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), `… ${lines.length - MOST_LINES + 1} more lines`] : lines
    for (const line of shown) this.#say('answer', line, '   │ ')
  }

  #run(words: string[], environment: Record<string, string>): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [join(ROOT, 'bin/faregate.mjs'), ...words], {
      cwd: this.#folder,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString('utf8')))
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
  }
}

/** The words of a line as a shell reads them that knows quotes alone. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '')
}

function costOf({ headers }: Response): string {
  const cost = headers.get('faregate-cost')
  return cost === null ? '' : `, Faregate-Cost: ${cost}`
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)} …` : text
}
