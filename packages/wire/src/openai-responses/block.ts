import type { JsonObject } from '../json/object.ts'

/** Takes an event of the stream, but for its number. */
export type Emit = (event: JsonObject & { type: string }) => void

/** An item of the output: where it stands, and under which id. */
export interface Place {
  index: number
  id: string
}

/** How an item ended. */
export type ItemStatus = 'completed' | 'incomplete'

/** An item that is being made. */
export interface Block {
  /** Bytes that are kept of it, for the events at its end. */
  readonly size: number
  /** Ends it; the whole item. */
  close(status: ItemStatus): JsonObject
}

/** What an event of an item begins with. */
export function about({ index, id }: Place): { output_index: number; item_id: string } {
  return { output_index: index, item_id: id }
}

/** The events around an item. */
export function itemEvent(step: 'added' | 'done', { index }: Place, item: JsonObject): JsonObject & { type: string } {
  return { type: `response.output_item.${step}`, output_index: index, item }
}
