import { Connection } from './connection.ts'
import type { Exchange } from './connection.ts'
import { NOTHING, chargeOf } from './dues.ts'
import type { Charge } from './dues.ts'
import { inputOf } from './inputs.ts'
import type { Input, Kind } from './inputs.ts'
import { complaintAbout } from './judge.ts'
import type { FuzzWorld } from './world.ts'

export interface FuzzOptions {
  seed: number
  inputs: number
  /** The first input's number; with `inputs` 1, one failure is looked at alone. */
  from?: number
}

/** One answered call, for the audit. */
interface Answered {
  number: number
  kind: Kind
  charge: Charge
}

interface Failure {
  number: number
  kind: Kind
  complaint: string
  bytes: Buffer
}

export interface Report {
  inputs: Record<Kind, number>
  /** Answers by status and code. */
  answers: Map<string, number>
  failures: Failure[]
  /** By request id. */
  answered: Map<string, Answered>
  seconds: number
}

export function emptyReport(): Report {
  return { inputs: { body: 0, answer: 0, head: 0, management: 0 }, answers: new Map(), failures: [], answered: new Map(), seconds: 0 }
}

/** A failing run stops here: the rest would be the same again. */
const MOST_FAILURES = 10
/** A whole request is always answered, however slow the machine. */
const PATIENCE_MS = 60_000
/** Half a request is left once it has waited for so many times as long as answers take, of which the gateway gives none. */
const TIMES_AN_ANSWER = 10

/** How long answers take of late. */
class Pace {
  #ms = 20

  note(ms: number): void {
    this.#ms += (ms - this.#ms) / 50
  }

  get patienceMs(): number {
    return Math.max(100, TIMES_AN_ANSWER * this.#ms)
  }
}

/** Sends the inputs over all lanes, judges every answer, and adds what came of them to the report. */
export async function fuzz(world: FuzzWorld, { seed, inputs, from = 0 }: FuzzOptions, report: Report): Promise<void> {
  const startedAt = performance.now()
  const pace = new Pace()
  let next = from
  await Promise.all(
    world.senders.map(async (sender) => {
      const connection = new Connection(world.gateway.url)
      // What is left on a connection by half a request, or by one and a half, must not spoil a whole one.
      const spoilt = new Connection(world.gateway.url)
      while (next < from + inputs && report.failures.length < MOST_FAILURES) {
        const input = inputOf(seed, next++, sender)
        await send(world, input.kind === 'head' ? spoilt : connection, input, report, pace)
      }
      connection.leave()
      spoilt.leave()
    }),
  )
  report.seconds += (performance.now() - startedAt) / 1_000
}

async function send(world: FuzzWorld, connection: Connection, input: Input, report: Report, pace: Pace): Promise<void> {
  const { upstream } = world
  const { kind, number, bytes } = input
  report.inputs[kind]++
  const fail = (complaint: string): void => void report.failures.push({ number, kind, complaint, bytes })
  upstream.prepare(input.model, input.random)
  const startedAt = performance.now()
  const exchange = await connection.exchange(bytes, kind === 'head' ? pace.patienceMs : PATIENCE_MS)
  if (kind === 'body') pace.note(performance.now() - startedAt)
  const calls = kind === 'management' ? [] : upstream.take(input.model)
  for (const { complaint } of calls) if (complaint !== undefined) fail(`the upstream got ${complaint}`)
  // What is called again lost its connection before anything of an answer came.
  if (kind !== 'head' && calls.slice(0, -1).some(({ answered }) => answered === 'keep')) fail(`${calls.length} calls of the upstream`)
  const complaint = judge(exchange, input)
  if (complaint !== undefined) fail(complaint)
  note(report, exchange)
  if (exchange.kind !== 'answer' || kind === 'management') return
  const id = exchange.answer.headers.get('x-request-id')
  if (id !== undefined) report.answered.set(id, { number, kind, charge: kind === 'head' ? NOTHING : chargeOf(calls) })
}

function judge(exchange: Exchange, { kind, bytes }: Input): string | undefined {
  switch (exchange.kind) {
    case 'answer':
      return complaintAbout(exchange.answer, kind, bytes.subarray(0, 5).toString('latin1') === 'HEAD ')
    case 'malformed':
      return `not HTTP: ${exchange.error.message}`
    case 'closed':
    case 'silent':
      // What is not a whole request may get no answer; a whole one always does.
      return kind === 'head' ? undefined : `no answer: ${exchange.kind}`
  }
}

function note({ answers }: Report, exchange: Exchange): void {
  const name =
    exchange.kind === 'answer'
      ? `${exchange.answer.status} ${exchange.answer.headers.get('faregate-denial')?.split(';')[0] ?? ''}`.trim()
      : exchange.kind
  answers.set(name, (answers.get(name) ?? 0) + 1)
}
