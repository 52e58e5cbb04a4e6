import type { StreamEvent } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import { errorMessage } from '../canonical/vendor-errors.ts'
import type { StreamDecoder } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { answerParts } from './answer-parts.ts'
import { idsOf, isAnswer, seedOf } from './answer.ts'
import { AnswerCallIds } from './call-ids.ts'
import { citationsOf } from './citations.ts'
import { logprobsOf } from './logprobs.ts'
import { PartialArguments } from './partial-args.ts'
import { Searches } from './searches.ts'
import { blockedStop, stopOf } from './stop-reasons.ts'
import { readUsage, tellsCounts } from './usage.ts'

/** Of a choice: how many calls it made, and the arguments of the one that is coming in pieces. */
interface ChoiceState {
  calls: number
  open: PartialArguments | undefined
}

/**
 * Reads the chunks of `streamGenerateContent`, whether they came as server-sent events or as elements of an array. Each is
 * an answer with what is new; usage is cumulative. There is no terminal event: the finish reason is the end.
 */
export class GeminiStreamDecoder implements StreamDecoder {
  #ids: AnswerCallIds | undefined
  readonly #choices = new Map<number, ChoiceState>()
  readonly #asked: number
  readonly #searches = new Searches()

  /** `choices`: how many were asked for. A prompt that is blocked ends them all, and names none. */
  constructor(choices = 1) {
    this.#asked = choices
  }

  decode({ data }: RawEvent): StreamEvent[] {
    const chunk = data === undefined ? undefined : parseObject(data)
    if (chunk === undefined || data === undefined) return []
    if (chunk['error'] != null) return [{ type: 'error', message: errorMessage(chunk['error']), raw: chunk }]
    if (!isAnswer(chunk)) return []
    const { candidates, promptFeedback, usageMetadata, modelVersion } = chunk
    return [
      ...this.#start(chunk, data),
      ...(Array.isArray(candidates) ? candidates : []).flatMap((candidate) => (isObject(candidate) ? this.#candidate(candidate) : [])),
      ...(isBlocked(promptFeedback) ? this.#blocked(promptFeedback['blockReason']) : []),
      ...(tellsCounts(usageMetadata) ? [{ type: 'usage' as const, usage: this.#searches.in(readUsage(usageMetadata), modelVersion) }] : []),
    ]
  }

  #blocked(reason: unknown): StreamEvent[] {
    return Array.from({ length: this.#asked }, (_, choice) => ({ type: 'finish', choice, stop: blockedStop(reason) }))
  }

  #start(chunk: JsonObject, data: string): StreamEvent[] {
    if (this.#ids !== undefined) return []
    const seed = seedOf(chunk, data)
    this.#ids = new AnswerCallIds(seed)
    return [{ type: 'start', id: seed, ...idsOf(chunk) }]
  }

  #candidate(candidate: JsonObject): StreamEvent[] {
    const { index, content, finishReason } = candidate
    this.#searches.note(candidate)
    const choice = typeof index === 'number' ? index : 0
    const state = this.#choices.get(choice) ?? { calls: 0, open: undefined }
    this.#choices.set(choice, state)
    const parts: unknown[] = isObject(content) && Array.isArray(content['parts']) ? content['parts'] : []
    const events = parts.flatMap((part) => (isObject(part) ? this.#part(part, choice, state) : []))
    addLogprobs(events, choice, candidate)
    const cited = citationsOf(candidate, () => undefined).map(({ citation }) => ({ type: 'citation' as const, choice, citation }))
    if (typeof finishReason !== 'string') return [...events, ...cited]
    const ended = endCall(state, choice)
    return [...events, ...ended, ...cited, { type: 'finish', choice, stop: stopOf(finishReason, state.calls > 0) }]
  }

  #part(part: JsonObject, choice: number, state: ChoiceState): StreamEvent[] {
    const { functionCall } = part
    if (isObject(functionCall) && isPiece(functionCall)) return this.#piece(functionCall, part['thoughtSignature'], choice, state)
    const said = answerParts(part, (own, name) => this.#idOf(own, choice, state.calls, name))
    return said.length === 0 ? [] : [...endCall(state, choice), ...said.flatMap((one) => eventsOf(one, choice, state))]
  }

  /** A call whose arguments come in pieces begins with its name; what follows without a name belongs to it. */
  #piece(call: JsonObject, signature: unknown, choice: number, state: ChoiceState): StreamEvent[] {
    const { name, partialArgs, args, willContinue, id: own } = call
    const events: StreamEvent[] = []
    if (typeof name === 'string' && name !== '') {
      events.push(...endCall(state, choice))
      const id = this.#idOf(own, choice, state.calls, name)
      const signed = typeof signature === 'string' ? { signature } : {}
      events.push({ type: 'tool_call', choice, call: state.calls++, id, name, ...signed })
      state.open = new PartialArguments()
    }
    const { open } = state
    if (open === undefined) return events
    const text = open.write(partialArgs) + open.whole(args)
    if (text !== '') events.push({ type: 'tool_arguments', choice, call: state.calls - 1, text })
    return willContinue === true ? events : [...events, ...endCall(state, choice)]
  }

  #idOf(own: unknown, choice: number, call: number, name: string): string {
    return (this.#ids ?? new AnswerCallIds('')).idOf(own, choice, call, name)
  }
}

/** A call is whole unless it says that it goes on, or goes on with one that did. */
function isPiece({ name, partialArgs, willContinue }: JsonObject): boolean {
  return willContinue === true || partialArgs !== undefined || typeof name !== 'string' || name === ''
}

function isBlocked(feedback: unknown): feedback is JsonObject {
  return isObject(feedback) && feedback['blockReason'] != null
}

/** What ends the arguments that are coming in pieces: the vendor does not always say so itself. */
function endCall(state: ChoiceState, choice: number): StreamEvent[] {
  const text = state.open?.end() ?? ''
  state.open = undefined
  return text === '' ? [] : [{ type: 'tool_arguments', choice, call: state.calls - 1, text }]
}

function eventsOf(part: Part, choice: number, state: ChoiceState): StreamEvent[] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return [{ type: part.type, choice, text: part.text }]
    case 'tool_call': {
      const { id, name, signature, arguments: text } = part
      const call = state.calls++
      const signed = signature === undefined ? {} : { signature }
      return [
        { type: 'tool_call', choice, call, id, name, ...signed },
        { type: 'tool_arguments', choice, call, text },
      ]
    }
    default:
      return [{ type: 'part', choice, part }]
  }
}

/** Log probabilities of a chunk are those of the text that it brings. */
function addLogprobs(events: StreamEvent[], choice: number, candidate: JsonObject): void {
  const logprobs = logprobsOf(candidate['logprobsResult'])
  if (logprobs === undefined) return
  const text = events.find((event) => event.type === 'text')
  if (text === undefined) events.push({ type: 'text', choice, text: '', logprobs })
  else text.logprobs = logprobs
}
