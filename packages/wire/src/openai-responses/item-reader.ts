import type { StreamEvent } from '../canonical/answer.ts'
import { isObject, type JsonObject, stringOf } from '../json/object.ts'
import { present } from '../json/present.ts'
import { annotationEvents, refusalEvents, textEvents, wholePartEvents } from './content-events.ts'
import { argumentsText } from './decode-items.ts'
import { ItemTracker, type Tracked } from './item-tracker.ts'
import { partsOf } from './output-items.ts'
import { thoughtEvents, wholeThoughtEvents } from './thought-events.ts'

/** Reads one event about an item that runs. */
type Read = (event: JsonObject, tracked: Tracked) => StreamEvent[]

const CONTENT: Record<string, Read> = {
  'response.output_text.delta': (event, tracked) => textEvents(event, event['delta'], tracked),
  'response.output_text.done': (event, tracked) => textEvents(event, event['text'], tracked, true),
  'response.output_text.annotation.added': annotationEvents,
  'response.refusal.delta': (event, tracked) => refusalEvents(event, event['delta'], tracked),
  'response.refusal.done': (event, tracked) => refusalEvents(event, event['refusal'], tracked, true),
  'response.content_part.done': (event, tracked) => wholePartEvents(event, event['part'], tracked),
  'response.reasoning_text.delta': (event, tracked) => thoughtEvents('text', event, event['delta'], tracked),
  'response.reasoning_text.done': (event, tracked) => thoughtEvents('text', event, event['text'], tracked, true),
  'response.reasoning_summary_text.delta': (event, tracked) => thoughtEvents('summary', event, event['delta'], tracked),
  'response.reasoning_summary_text.done': (event, tracked) => thoughtEvents('summary', event, event['text'], tracked, true),
  'response.function_call_arguments.delta': (event, tracked) => argumentEvents(event['delta'], tracked),
  'response.function_call_arguments.done': (event, tracked) => wholeArguments(event['arguments'], tracked),
  'response.custom_tool_call_input.delta': (event, tracked) => argumentEvents(event['delta'], tracked),
  'response.custom_tool_call_input.done': (event, tracked) => wholeArguments(event['input'], tracked),
}

const CALLS: Record<string, { whole: string; custom: boolean }> = {
  function_call: { whole: 'arguments', custom: false },
  custom_tool_call: { whole: 'input', custom: true },
}

/** Reads what a stream says of the items of a response, each piece once. */
export class ItemReader {
  readonly #items = new ItemTracker()
  /** Calls of the caller's tools so far. */
  calls = 0

  /** Nothing was said of any item yet. */
  get none(): boolean {
    return this.#items.none
  }

  read(type: string, event: JsonObject): StreamEvent[] {
    const { item } = event
    if (type === 'response.output_item.added') return isObject(item) ? this.#begin(item, this.#items.of(event)) : []
    if (type === 'response.output_item.done') return isObject(item) ? this.#end(item, event) : []
    const read = CONTENT[type]
    const tracked = read && this.#items.of(event)
    return read === undefined || tracked === undefined ? [] : read(event, tracked)
  }

  /** The items of a response that tells them only at its end. */
  readAll(items: readonly unknown[]): StreamEvent[] {
    return items.flatMap((item, index) => this.read('response.output_item.done', { output_index: index, item }))
  }

  #begin(item: JsonObject, tracked: Tracked | undefined): StreamEvent[] {
    const kind = CALLS[stringOf(item['type'])]
    if (kind === undefined || tracked === undefined || tracked.call !== undefined) return []
    const { call_id: callId, id: itemId, name } = item
    const call = this.calls++
    tracked.call = call
    const id = [callId, itemId].find((own) => typeof own === 'string' && own !== '')
    return [
      present({
        type: 'tool_call',
        choice: 0,
        call,
        id: typeof id === 'string' ? id : `call_${call}`,
        name: stringOf(name),
        custom: kind.custom ? true : undefined,
      }),
    ]
  }

  #end(item: JsonObject, event: JsonObject): StreamEvent[] {
    const tracked = this.#items.of(event)
    if (tracked === undefined) return []
    this.#items.end(event)
    const kind = CALLS[stringOf(item['type'])]
    if (kind !== undefined) return [...this.#begin(item, tracked), ...wholeArguments(item[kind.whole], tracked)]
    if (item['type'] === 'message') return messageEvents(item, event, tracked)
    if (item['type'] === 'reasoning') return wholeThoughtEvents(item, tracked)
    return partsOf(item).map((part) => ({ type: 'part', choice: 0, part }))
  }
}

function messageEvents({ content }: JsonObject, event: JsonObject, tracked: Tracked): StreamEvent[] {
  if (!Array.isArray(content)) return []
  return content.flatMap((part: unknown, index) => wholePartEvents({ ...event, content_index: index }, part, tracked))
}

function argumentEvents(text: unknown, tracked: Tracked): StreamEvent[] {
  if (typeof text !== 'string' || text === '' || tracked.call === undefined) return []
  tracked.hasArguments = true
  return [{ type: 'tool_arguments', choice: 0, call: tracked.call, text }]
}

/** Whole arguments, where no piece of them came before: a text, or the object itself. */
function wholeArguments(value: unknown, tracked: Tracked): StreamEvent[] {
  if (tracked.hasArguments || value == null || value === '') return []
  return argumentEvents(argumentsText(value), tracked)
}
