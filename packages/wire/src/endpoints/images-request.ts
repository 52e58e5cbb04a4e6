import type { DialectName } from '../canonical/conversation.ts'
import type { Invalid, ModelRequest } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { complaint } from '../input/complaint.ts'
import { integerWithin } from '../input/validate.ts'
import { endpointMembers, NOTHING_MORE } from './json-request.ts'
import { imageTokens } from './image-tokens.ts'

/** What is asked for, whether as JSON or as a form: a form has texts only. */
export interface ImageAsk {
  model: unknown
  prompt: unknown
  n: unknown
  size: unknown
  quality: unknown
  stream: unknown
  partial_images: unknown
  output_format: unknown
  frame_count: unknown
}

/** Members that decide what is billed. */
export const IMAGE_MEMBERS = [
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'stream',
  'partial_images',
  'output_format',
  'frame_count',
] as const satisfies (keyof ImageAsk)[]

const MOST_IMAGES = 128
const MOST_FRAMES = 16
const MOST_PARTIALS = 3
const USUAL_FRAMES = 9

/** "Each partial image incurs an additional 100 image output tokens" (OpenAI's guide "Image generation"). */
const TOKENS_PER_PARTIAL = 100
/** Newer models plan an image, and write what they plan. */
const TOKENS_FOR_PLANNING = 2_000
/** An image that goes in: its tiles, and what high fidelity adds. */
const TOKENS_PER_INPUT_IMAGE = 8_192
const TOKENS_PER_REQUEST = 64

type Members = Omit<ModelRequest, 'body' | 'user' | 'upstreamBody'>

/**
 * What of a request for images decides money (OpenAI API reference, "Create image", "Create image edit"). `inputImages`: how many go in.
 * Images are billed each, or by the tokens that they take: both are bound.
 */
export function readImageAsk(dialect: DialectName, ask: ImageAsk, inputImages: number): { ok: true; members: Members } | Invalid {
  const wrong = faultOf(ask)
  if (wrong !== undefined) return wrong
  const [model, prompt] = [ask.model as string, ask.prompt as string]
  const n = numberOf(ask.n) ?? 1
  const stream = String(ask.stream) === 'true'
  const frames = ask.output_format === 'gif' ? (numberOf(ask.frame_count) ?? USUAL_FRAMES) : 1
  const tokens = imageTokens({ size: textOf(ask.size), quality: textOf(ask.quality), frames })
  const partials = stream ? (numberOf(ask.partial_images) ?? MOST_PARTIALS) * TOKENS_PER_PARTIAL : 0
  const inputBound = Buffer.byteLength(prompt) + inputImages * TOKENS_PER_INPUT_IMAGE + TOKENS_PER_REQUEST
  return {
    ok: true,
    members: {
      ...endpointMembers({ inputBound }),
      dialect,
      model,
      stream,
      wholeToo: true,
      wholeOnly: true,
      n,
      outputLimit: tokens + partials + TOKENS_FOR_PLANNING,
      inputBound,
      inputText: () => prompt,
      units: { image: n },
      pricedBy: ['image', 'imageOut', 'output'],
      ownCount: (made, whole) => ({ image: whole ? n : Math.min(n, made), imageOut: (whole ? n : Math.min(n, made)) * tokens }),
      canCause: { ...NOTHING_MORE, imageIn: inputImages > 0, hiddenOutput: true },
    },
  }
}

type Rule = [member: keyof ImageAsk, check: (value: unknown) => string | undefined]

const RULES: Rule[] = [
  ['model', (value) => (typeof value === 'string' && value.trim() !== '' && value.length <= 256 ? undefined : 'the name of a model')],
  ['prompt', (value) => (typeof value === 'string' && value !== '' ? undefined : 'a string that says what the image shows')],
  ['n', (value) => integerWithin(1, MOST_IMAGES, value)],
  ['partial_images', (value) => integerWithin(0, MOST_PARTIALS, value)],
  ['frame_count', (value) => integerWithin(2, MOST_FRAMES, value)],
]

const REQUIRED = new Set<keyof ImageAsk>(['model', 'prompt'])

function faultOf(ask: ImageAsk): Invalid | undefined {
  for (const [member, check] of RULES) {
    if (ask[member] == null && !REQUIRED.has(member)) continue
    const expected = check(REQUIRED.has(member) ? ask[member] : (numberOf(ask[member]) ?? ask[member]))
    if (expected !== undefined) return invalid(`/${member}`, complaint(member, ask[member], expected))
  }
  if (ask.output_format !== 'svg') return undefined
  return invalid('/output_format', 'drawings as SVG are billed by a second model, which has no price here: ask for "png", "jpeg" or "webp"')
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
