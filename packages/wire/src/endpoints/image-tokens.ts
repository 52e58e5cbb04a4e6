/** What of an image decides how many tokens it takes. */
export interface ImageShape {
  /** `1024x1536`; undefined or `auto`: the model decides. */
  size: string | undefined
  /** `low`, `medium`, `high`, …; undefined or `auto`: the model decides. */
  quality: string | undefined
  frames: number
}

/**
 * Tokens along an edge, by quality: the square of them is what an image of two megapixels takes (OpenAI's guide "Image
 * generation", calculating costs, for gpt-image-2). Rounded up, so that earlier models take no more. Unknown qualities are
 * taken for the usual best.
 */
const EDGE_TOKENS: Record<string, number> = { low: 22, medium: 48, standard: 96, high: 96, hd: 96, xhigh: 136, max: 192 }
const USUAL_BEST = 96

/** Part of the tokens is the same for all sizes. */
const OFFSET_PIXELS = 2_000_000
const SCALE_PIXELS = 4_000_000

/** What models choose by themselves is not larger. */
const USUAL_PIXELS = 1536 * 1024

/** Output tokens that one image takes at most. */
export function imageTokens({ size, quality, frames }: ImageShape): number {
  const edge = EDGE_TOKENS[quality ?? 'auto'] ?? USUAL_BEST
  return Math.ceil((edge * edge * (OFFSET_PIXELS + pixelsOf(size))) / SCALE_PIXELS) * frames
}

function pixelsOf(size: string | undefined): number {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(size ?? '')
  return match === null ? USUAL_PIXELS : Number(match[1]) * Number(match[2])
}
