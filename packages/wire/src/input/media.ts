/**
 * What images, audio and files cost in input tokens, as an upper bound. The formulas are OpenAI's, from its guides
 * "Images and vision" (calculating costs), "Managing costs" (Realtime API: audio tokens) and "File inputs".
 * Whatever is not known (dimensions, pages, length) is taken at its dearest.
 */
export type Media =
  | { kind: 'image'; detail: 'low' | 'high'; size: ImageSize | undefined }
  | { kind: 'audio'; bytes: number; format: string }
  | { kind: 'file'; bytes: number | undefined }

export interface ImageSize {
  width: number
  height: number
}

/** Images are counted in tiles of 512 pixels after scaling, or in patches of 32 pixels up to a budget. */
type ImageFormula = { unit: 'tiles'; base: number; tile: number } | { unit: 'patches'; multiplier: number; budget: number }

/** The first pattern that matches the model's name (its vendor prefix and date aside) decides. */
const IMAGE_FORMULAS: [RegExp, ImageFormula][] = [
  [/^gpt-4o-mini/, { unit: 'tiles', base: 2833, tile: 5667 }],
  [/^gpt-(4\.1|5)-mini|^gpt-5-codex-mini/, { unit: 'patches', multiplier: 1.62, budget: 1536 }],
  [/^gpt-(4\.1|5)-nano/, { unit: 'patches', multiplier: 2.46, budget: 1536 }],
  [/^o4-mini/, { unit: 'patches', multiplier: 1.72, budget: 1536 }],
  [/^gpt-5\.\d+-nano/, { unit: 'patches', multiplier: 2.46, budget: 10_000 }],
  [/^gpt-5\.\d+-mini/, { unit: 'patches', multiplier: 1.62, budget: 10_000 }],
  [/^gpt-(5\.[2-9]|[6-9])/, { unit: 'patches', multiplier: 1.2, budget: 10_000 }],
  [/^gpt-5/, { unit: 'tiles', base: 70, tile: 140 }],
  [/^o[13]/, { unit: 'tiles', base: 75, tile: 150 }],
  [/^computer-use/, { unit: 'tiles', base: 65, tile: 129 }],
  [/^(gpt-4|chatgpt-4o)/, { unit: 'tiles', base: 85, tile: 170 }],
]

const DEAREST_IMAGE: ImageFormula = { unit: 'tiles', base: 2833, tile: 5667 }

/** Other families count an image at its resolution; the largest budget that is in common use. */
const OTHER_IMAGE_TOKENS = 16_384

/** 2048 × 768 pixels: the most that is left after scaling. */
const MOST_TILES = 8

/** A low-detail image is at most 512 × 512 pixels: 16 × 16 patches. */
const LOW_DETAIL_PATCHES = 256

/** Input audio is one token per 100 ms. */
const AUDIO_TOKENS_PER_SECOND = 10

/** The fewest bytes that a second of audio takes: 8 kHz at 8 bits, or the lowest bit rate of a compressed format. */
const LEAST_BYTES_PER_SECOND = new Map([
  ['wav', 8_000],
  ['pcm16', 16_000],
])
const LEAST_COMPRESSED_BYTES_PER_SECOND = 1_000

/** A file known only by its id can fill the context. */
const UNKNOWN_FILE_TOKENS = 128_000

/** A page of a document goes in as its text and as an image; fewer bytes do not make a page. */
const LEAST_BYTES_PER_PAGE = 2_000

/**
 * The most input tokens that the media can cost with this upstream model. Without a model the dearest formula counts.
 */
export function mediaBound(media: readonly Media[], model?: string): number {
  let tokens = 0
  for (const item of media) tokens += Math.ceil(itemBound(item, model))
  return tokens
}

function itemBound(item: Media, model: string | undefined): number {
  if (item.kind === 'image') return imageBound(item, model)
  if (item.kind === 'audio') {
    const least = LEAST_BYTES_PER_SECOND.get(item.format) ?? LEAST_COMPRESSED_BYTES_PER_SECOND
    return (item.bytes / least) * AUDIO_TOKENS_PER_SECOND
  }
  if (item.bytes === undefined) return UNKNOWN_FILE_TOKENS
  const pages = Math.ceil(item.bytes / LEAST_BYTES_PER_PAGE)
  const page = imageBound({ kind: 'image', detail: 'high', size: undefined }, model)
  return Math.min(item.bytes + pages * page, Math.max(UNKNOWN_FILE_TOKENS, item.bytes))
}

function imageBound(image: Extract<Media, { kind: 'image' }>, model: string | undefined): number {
  const formula = imageFormula(model)
  if (formula === undefined) return OTHER_IMAGE_TOKENS
  if (formula.unit === 'tiles') {
    return image.detail === 'low' ? formula.base : formula.base + formula.tile * tilesOf(image.size)
  }
  const patches = image.detail === 'low' ? LOW_DETAIL_PATCHES : formula.budget
  const needed = image.size === undefined ? patches : patchesOf(image.size)
  return Math.min(patches, needed) * formula.multiplier
}

/** Undefined for models of other families than OpenAI's. */
function imageFormula(model: string | undefined): ImageFormula | undefined {
  if (model === undefined) return DEAREST_IMAGE
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return IMAGE_FORMULAS.find(([pattern]) => pattern.test(name))?.[1]
}

/** True if the name says which formula counts. */
export function knowsImagesOf(model: string): boolean {
  return imageFormula(model) !== undefined
}

/** Scaled into a square of 2048 pixels, then to 768 pixels on the short side; the tiles of 512 that cover it. */
function tilesOf(size: ImageSize | undefined): number {
  if (size === undefined) return MOST_TILES
  const fit = Math.min(1, 2048 / Math.max(size.width, size.height))
  const scale = fit * (768 / (Math.min(size.width, size.height) * fit))
  const tiles = Math.ceil((size.width * scale) / 512) * Math.ceil((size.height * scale) / 512)
  return Math.min(MOST_TILES, tiles)
}

function patchesOf(size: ImageSize): number {
  return Math.ceil(size.width / 32) * Math.ceil(size.height / 32)
}
