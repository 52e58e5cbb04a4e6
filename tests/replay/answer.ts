/** From a request and its plan to an answer that is ready to be sent. */
import { whatIsAsked } from './answers/asked.ts'
import { autoScene } from './answers/auto.ts'
import { fixtures } from './answers/fixtures.ts'
import { signaturesOf } from './answers/issued.ts'
import { findRecording, type Recording } from './answers/recordings.ts'
import type { Scene } from './answers/scene.ts'
import { smallAnswer } from './answers/small.ts'
import { WRITERS } from './answers/writers.ts'
import { CONTENT_TYPES, frameEvents } from './framing/frame.ts'
import type { Prepared } from './framing/prepared.ts'
import { headersOf } from './headers.ts'
import type { Plan, RawAnswer } from './plan.ts'
import type { Call, Route } from './types.ts'

/** What answers draw on, and leave behind. */
export interface AnswerContext {
  call: Call
  route: Route
  recordings: readonly Recording[]
  /** How many requests there were: ids derive from it. */
  count: number
  issue(signature: string, text: string): void
}

const CREATED = 1_770_000_000

/** The answer that the plan names, in the vendor's form. */
export function prepare(plan: Plan, context: AnswerContext): Prepared {
  const { answer = 'auto' } = plan
  if (typeof answer === 'object') return isScene(answer) ? writeScene(answer, context) : raw(answer, context)
  const small = smallAnswer(context.call, context.route)
  if (answer === 'auto') return small === undefined ? writeScene(autoScene(asked(context)), context) : raw(small, context)
  const fixture = fixtures().get(answer)
  if (fixture !== undefined && context.route.dialect !== undefined) return writeScene(fixture, context)
  const recording = findRecording(context.recordings, answer, context.route.stream)
  if (recording !== undefined) return raw(recording.answer, context)
  throw new Error(`no fixture and no recording is called ${answer}; fixtures: ${[...fixtures().keys()].join(', ')}`)
}

function isScene(answer: Scene | RawAnswer): answer is Scene {
  return 'parts' in answer
}

function asked({ call, route }: AnswerContext): ReturnType<typeof whatIsAsked> {
  return whatIsAsked(route.dialect ?? 'openai-chat', call.body ?? {})
}

function writeScene(scene: Scene, context: AnswerContext): Prepared {
  const { route, count } = context
  const dialect = route.dialect ?? 'openai-chat'
  const wanted = asked(context)
  const frame = {
    vendor: route.vendor,
    model: route.model,
    seed: `${route.vendor}/${route.model}/${count}`,
    created: CREATED,
    includeUsage: wanted.streamUsage,
    // Anthropic and Bedrock show what was thought whether or not this request asked: a scene with reasoning is one where it did.
    showReasoning: wanted.thinks || scene.parts.some((part) => part.type === 'reasoning'),
    issue: (signature: string, text: string) => context.issue(signature, text),
  }
  if (route.stream)
    return stream(
      WRITERS[dialect].events(scene, frame).map((event) => JSON.stringify(event)),
      context,
    )
  return json(200, JSON.stringify(WRITERS[dialect].whole(scene, frame)), context)
}

function raw(answer: RawAnswer, context: AnswerContext): Prepared {
  for (const { signature, text } of signaturesOf(answer)) context.issue(signature, text)
  const { status = 200, headers, body, events } = answer
  if (events !== undefined && context.route.framing !== undefined) {
    const prepared = stream(events, context)
    return { ...prepared, status, headers: { ...prepared.headers, ...headers } }
  }
  const text = Buffer.isBuffer(body)
    ? body
    : typeof body === 'string'
      ? body
      : JSON.stringify(body ?? events?.map((event) => JSON.parse(event) as unknown))
  const prepared = json(status, text, context)
  return { ...prepared, headers: { ...prepared.headers, ...headers } }
}

function stream(events: string[], { route, count }: AnswerContext): Prepared {
  const framing = route.framing ?? 'sse-done'
  const headers = { ...headersOf(route.vendor, count), 'content-type': CONTENT_TYPES[framing], 'cache-control': 'no-cache' }
  return { status: 200, headers, steps: [...frameEvents(framing, events), 'end'], head: true }
}

function json(status: number, body: string | Buffer, { route, count }: AnswerContext): Prepared {
  const headers = { ...headersOf(route.vendor, count), 'content-type': 'application/json; charset=utf-8' }
  return { status, headers, steps: [Buffer.from(body), 'end'], head: true }
}
