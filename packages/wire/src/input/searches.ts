import type { ModelRequest } from '../model-request.ts'
import { isObject } from '../json/object.ts'

/** Where a caller sets no bound, more are rare; what goes beyond is charged all the same. */
export const USUAL_SEARCHES = 10

/**
 * The most searches that the vendor's own tool may make for a request, where it has one: as many as the tool itself or the
 * request says. Searches are billed each, where they have a price.
 */
export function searchUnits(tools: unknown, most: unknown): Pick<ModelRequest, 'units'> {
  const searching = Array.isArray(tools) ? tools.filter(isSearchTool) : []
  if (searching.length === 0) return {}
  const search = searching.reduce<number>((sum, tool) => sum + (countOf(tool['max_uses']) ?? countOf(most) ?? USUAL_SEARCHES), 0)
  return { units: { search } }
}

/** `x_search` is xAI's. */
function isSearchTool(tool: unknown): tool is Record<string, unknown> {
  return isObject(tool) && typeof tool['type'] === 'string' && /^(web_search|x_search$)/.test(tool['type'])
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
