/** A model that callers may use. */
export interface ListedModel {
  id: string
  displayName?: string
  /** Seconds since 1970. */
  created?: number
}

/** What a caller asked of the list: `limit`, `after_id`, `before_id` of the query. */
export interface ModelsPage {
  limit?: number
  afterId?: string
  beforeId?: string
}

export interface ModelInfo {
  type: 'model'
  id: string
  display_name: string
  created_at: string
}

export interface ModelsList {
  data: ModelInfo[]
  has_more: boolean
  first_id: string | null
  last_id: string | null
}

const USUAL_PAGE = 20
const LARGEST_PAGE = 1_000

/** `GET /v1/models` as Anthropic answers it (Models API reference), page by page in the order given. */
export function modelsList(models: readonly ListedModel[], page: ModelsPage = {}): ModelsList {
  const size = Math.min(Math.max(page.limit ?? USUAL_PAGE, 1), LARGEST_PAGE)
  const { chosen, more } = pageOf(models, page, size)
  return { data: chosen.map(modelInfo), has_more: more, first_id: chosen.at(0)?.id ?? null, last_id: chosen.at(-1)?.id ?? null }
}

/** `GET /v1/models/{id}`. A model whose age is not known is as old as time, as at the vendor. */
export function modelInfo({ id, displayName, created }: ListedModel): ModelInfo {
  const date = new Date((created ?? 0) * 1_000)
  return { type: 'model', id, display_name: displayName ?? id, created_at: date.toISOString().replace('.000Z', 'Z') }
}

/** `after_id` and `before_id` name the model that the page is next to; an unknown one is next to nothing. */
function pageOf(models: readonly ListedModel[], { afterId, beforeId }: ModelsPage, size: number): { chosen: ListedModel[]; more: boolean } {
  if (beforeId !== undefined) {
    const end = Math.max(indexOf(models, beforeId), 0)
    return { chosen: models.slice(Math.max(0, end - size), end), more: end > size }
  }
  const known = afterId === undefined ? -1 : indexOf(models, afterId)
  const start = afterId !== undefined && known < 0 ? models.length : known + 1
  return { chosen: models.slice(start, start + size), more: start + size < models.length }
}

function indexOf(models: readonly ListedModel[], id: string): number {
  return models.findIndex((model) => model.id === id)
}
