import type { AnswerReading, StreamReader, StreamIds, StreamStep, StreamDecoder } from '../dialect.ts'
import type { RawEvent } from '../sse/split.ts'
import type { Answer, StreamEvent } from './answer.ts'
import type { Part } from './conversation.ts'
import { believed } from './usage.ts'

/** What money needs of an answer that was decoded whole. */
export function readingOf(answer: Answer): AnswerReading {
  const parts = answer.choices.flatMap((choice) => choice.parts)
  const hasOutput = parts.some((part) => generatedText(part) !== '' || part.type === 'image' || part.type === 'audio')
  return {
    usage: believed(answer.usage, hasOutput),
    text: () => parts.map(generatedText).join(''),
    hasOutput,
  }
}

/** The text that the model made in a part; what counts where usage is not told. */
function generatedText(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return part.text
    case 'tool_call':
      return part.name + part.arguments
    default:
      return ''
  }
}

/** What the events of a stream mean to the gateway, one upstream event after the other. */
export class StepReader {
  ids: StreamIds = {}
  readonly #choices: number
  readonly #finished = new Set<number>()

  /** `choices`: how many the caller asked for. */
  constructor(choices: number) {
    this.#choices = choices
  }

  /** Reads what one event of the upstream was decoded to. */
  step(events: readonly StreamEvent[]): StreamStep {
    const step: StreamStep = { kind: 'other', text: '', finished: false, usageOnly: false }
    for (const event of events) this.#note(event, step)
    step.finished = this.#finished.size >= this.#choices
    if (step.usage !== undefined && step.kind === 'other') step.kind = 'usage'
    step.usageOnly = step.kind === 'usage'
    return step
  }

  #note(event: StreamEvent, step: StreamStep): void {
    switch (event.type) {
      case 'start':
        this.#remember(event)
        break
      case 'text':
      case 'refusal':
      case 'reasoning':
      case 'tool_arguments':
        step.text += event.text
        break
      case 'tool_call':
        step.text += event.name
        break
      case 'finish':
        this.#finished.add(event.choice)
        break
      case 'usage':
        step.usage = event.usage
        return
      case 'error':
        step.kind = 'error'
        step.error = { message: event.message, raw: event.raw }
        return
      case 'done':
        if (step.kind !== 'error') step.kind = 'done'
        return
      default:
    }
    if (step.kind === 'other') step.kind = 'delta'
  }

  #remember({ id, model, created }: Extract<StreamEvent, { type: 'start' }>): void {
    if (this.ids.id !== undefined) return
    this.ids = {
      ...(id === undefined ? {} : { id }),
      ...(model === undefined ? {} : { model }),
      ...(created === undefined ? {} : { created }),
    }
  }
}

/** A reader for the pass-through, made of the dialect's decoder: each event is parsed once. */
export function readerOf(decoder: StreamDecoder, choices: number): StreamReader {
  const steps = new StepReader(choices)
  return {
    get ids() {
      return steps.ids
    },
    read: (event: RawEvent) => steps.step(decoder.decode(event)),
  }
}
