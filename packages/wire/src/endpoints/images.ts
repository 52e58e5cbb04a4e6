import type { CallerRequest, EndpointDialect, ReadResult } from '../dialect.ts'
import { readJsonBody, type JsonBody } from '../input/body.ts'
import { invalid } from '../input/body.ts'
import { Form } from './form.ts'
import { IMAGE_USAGE, readImages } from './images-answer.ts'
import { IMAGE_MEMBERS, readImageAsk, type ImageAsk } from './images-request.ts'
import { ImageStreamReader } from './images-stream.ts'
import { jsonRequest } from './json-request.ts'
import { OPENAI_CALLER } from './openai-side.ts'

const BILLED = { own: new Set<string>([...IMAGE_MEMBERS, 'images', 'svg']) }
const BILLED_FIELDS = new Set<string>([...IMAGE_MEMBERS, 'svg'])

const SHARED = {
  ...OPENAI_CALLER,
  framing: 'sse',
  usageMember: IMAGE_USAGE,
  readAnswer: readImages,
  streamReader: (images: number) => new ImageStreamReader(images),
} as const

/** OpenAI's images: `POST /v1/images/generations`. */
export const openaiImages: EndpointDialect = { ...SHARED, name: 'openai-images', read: readGeneration }

/** OpenAI's edits of images: `POST /v1/images/edits`, a form with the images, or JSON that refers to them. */
export const openaiImageEdits: EndpointDialect = { ...SHARED, name: 'openai-image-edits', read: readEdit }

function readGeneration({ body }: CallerRequest): ReadResult {
  const read = readJsonBody(body, BILLED, '{"model": …, "prompt": …}')
  return read.ok ? fromJson('openai-images', body, read, 0) : read
}

function readEdit(call: CallerRequest): ReadResult {
  if (!/^application\/json\b/i.test(String(call.headers['content-type'] ?? ''))) return readEditForm(call)
  const read = readJsonBody(call.body, BILLED, '{"model": …, "prompt": …, "images": […]}')
  if (!read.ok) return read
  const { images } = read.value
  if (!Array.isArray(images) || images.length === 0) return invalid('/images', '`images` must be an array with at least one image')
  return fromJson('openai-image-edits', call.body, read, images.length + 1)
}

function fromJson(dialect: 'openai-images' | 'openai-image-edits', body: Buffer, read: JsonBody, inputImages: number): ReadResult {
  const asked = readImageAsk(
    dialect,
    askOf((name) => read.value[name]),
    inputImages,
  )
  return asked.ok ? { ok: true, request: jsonRequest(dialect, body, read, asked.members) } : asked
}

function readEditForm(call: CallerRequest): ReadResult {
  const read = Form.read(call, BILLED_FIELDS)
  if (!read.ok) return read
  const { form } = read
  const images = form.contents('image', 'image[]', 'images', 'images[]')
  if (images.length === 0) return invalid('/image', 'there is no image to edit: send it as the part `image`')
  const besides = form.contents('mask', 'markup').length
  const asked = readImageAsk(
    'openai-image-edits',
    askOf((name) => form.field(name)),
    images.length + besides,
  )
  if (!asked.ok) return asked
  return {
    ok: true,
    request: {
      ...asked.members,
      body: call.body,
      contentType: form.contentType,
      user: form.field('user') ?? form.field('safety_identifier') ?? null,
      upstreamBody: ({ model }) => form.withField('model', model),
    },
  }
}

function askOf(member: (name: keyof ImageAsk) => unknown): ImageAsk {
  return Object.fromEntries(IMAGE_MEMBERS.map((name) => [name, member(name)])) as unknown as ImageAsk
}
