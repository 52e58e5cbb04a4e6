import type { StreamIds, StreamReader, StreamStep } from '../dialect.ts'
import type { RawEvent } from '../sse/split.ts'
import { ContentTemplate } from './content-template.ts'
import { errorMessage } from '../canonical/vendor-errors.ts'
import { generatedText } from './generated-text.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { readAnswerUsage } from './usage.ts'

/** Reads the events of a chat completion stream beside the pass-through; keeps no text. */
export class ChatStreamReader implements StreamReader {
  ids: StreamIds = {}
  private readonly choices: number
  private readonly finishedChoices = new Set<number>()
  private readonly template = new ContentTemplate()

  /** `n`: how many choices the caller asked for. */
  constructor(n: number) {
    this.choices = n
  }

  read(event: RawEvent): StreamStep {
    const { data } = event
    if (data === undefined) return this.step('other')
    if (data.length < 16 && data.trim() === '[DONE]') return this.step('done')
    const text = event.event === undefined ? this.template.match(data) : undefined
    if (text !== undefined) return this.step('delta', text)
    const chunk = parseObject(data)
    if (chunk === undefined) return event.event === 'error' ? this.errorStep(data, '') : this.step('other')
    return this.readChunk(chunk, data, event.event)
  }

  private readChunk(chunk: JsonObject, data: string, eventName: string | undefined): StreamStep {
    this.remember(chunk)
    const { choices, error, usage } = chunk
    let text = ''
    let failed = false
    if (Array.isArray(choices)) {
      for (const choice of choices) {
        text += choiceText(choice)
        failed = this.noteFinish(choice) || failed
      }
    }
    const hasChoices = Array.isArray(choices) && choices.length > 0
    const step = this.step(hasChoices ? 'delta' : 'other', text)
    if (usage != null) {
      step.usage = readAnswerUsage(chunk)
      step.usageOnly = !hasChoices
      if (!hasChoices) step.kind = 'usage'
    }
    if (error != null && error !== false) return { ...this.errorStep(error, text), ...usageOf(step) }
    if (failed || eventName === 'error') return { ...this.errorStep(failed ? choiceError(choices) : chunk, text), ...usageOf(step) }
    if (hasChoices) this.template.learn(data, chunk)
    return step
  }

  private remember(chunk: JsonObject): void {
    if (this.ids.id !== undefined) return
    if (typeof chunk['id'] === 'string') this.ids.id = chunk['id']
    if (typeof chunk['created'] === 'number') this.ids.created = chunk['created']
    if (typeof chunk['model'] === 'string') this.ids.model = chunk['model']
  }

  /** True if the choice ended in an error. */
  private noteFinish(choice: unknown): boolean {
    if (!isObject(choice)) return false
    const reason = choice['finish_reason']
    if (typeof reason !== 'string' || reason === '') return false
    this.finishedChoices.add(typeof choice['index'] === 'number' ? choice['index'] : 0)
    return reason === 'error'
  }

  private step(kind: StreamStep['kind'], text = ''): StreamStep {
    return { kind, text, finished: this.finishedChoices.size >= this.choices, usageOnly: false }
  }

  private errorStep(raw: unknown, text: string): StreamStep {
    return { ...this.step('error', text), error: { message: errorMessage(raw), raw } }
  }
}

function choiceText(choice: unknown): string {
  if (!isObject(choice)) return ''
  return typeof choice['text'] === 'string' ? choice['text'] : generatedText(choice['delta'])
}

/** Some vendors put the error beside the finish reason of a choice. */
function choiceError(choices: unknown): unknown {
  const failed: unknown = Array.isArray(choices) ? choices.find((choice) => isObject(choice) && choice['error'] != null) : undefined
  return isObject(failed) ? failed['error'] : 'the upstream ended the answer with finish_reason "error"'
}

function usageOf(step: StreamStep): Pick<StreamStep, 'usage'> {
  return step.usage === undefined ? {} : { usage: step.usage }
}
