import { type JsonObject, stringOf } from '../json/object.ts'

/** What of a running item was told already: what comes whole at its end is told only where no piece of it was. */
export interface Tracked {
  /** The number of the call that it is. */
  call?: number
  /** Arguments, or the input of a custom tool, were told. */
  hasArguments: boolean
  /** A thought was told, and of which kind: the text itself, or its summary. */
  thought?: 'text' | 'summary'
  /** The part of the thought that was told last. */
  paragraph?: number
  /** Parts of its content, by index. */
  parts: Map<number, { hasText: boolean; annotations: number }>
}

/** The items of a stream that have begun and not ended. Of one that has ended only that is kept. */
export class ItemTracker {
  readonly #running = new Map<string, Tracked>()
  readonly #ended = new Set<string>()

  /** No item was seen at all. */
  get none(): boolean {
    return this.#running.size === 0 && this.#ended.size === 0
  }

  /** The item that an event is about, by its index, or by its id where a vendor gives none; undefined once it has ended. */
  of(event: JsonObject): Tracked | undefined {
    const key = keyOf(event)
    if (this.#ended.has(key)) return undefined
    let tracked = this.#running.get(key)
    if (tracked === undefined) {
      tracked = { hasArguments: false, parts: new Map() }
      this.#running.set(key, tracked)
    }
    return tracked
  }

  end(event: JsonObject): void {
    this.#running.delete(keyOf(event))
    this.#ended.add(keyOf(event))
  }
}

/** A part of an item's content. */
export function trackedPart({ parts }: Tracked, { content_index: index }: JsonObject): { hasText: boolean; annotations: number } {
  const at = typeof index === 'number' ? index : 0
  let part = parts.get(at)
  if (part === undefined) {
    part = { hasText: false, annotations: 0 }
    parts.set(at, part)
  }
  return part
}

function keyOf({ output_index: index, item_id: id }: JsonObject): string {
  return typeof index === 'number' ? String(index) : stringOf(id)
}
