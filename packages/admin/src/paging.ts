import type { Paging } from './ports.ts'

/** Asks for one row more than the page holds, which tells whether there is another page. */
export function pagingOf({ limit, cursor }: { limit: number; cursor?: string | undefined }): Paging {
  return { limit: limit + 1, before: cursor }
}

/** A page of at most `limit` rows; `next` is the mark of its last row where more follow. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  markOf: (row: Row) => string,
  present: (row: Row) => Item,
): { data: Item[]; next: string | null } {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data: data.map(present), next: rows.length > limit && last !== undefined ? markOf(last) : null }
}

/** A list that is not paged. */
export function wholeList<Item>(data: Item[]): { data: Item[]; next: null } {
  return { data, next: null }
}
