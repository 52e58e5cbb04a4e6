import type { Conversation, Turn } from '../canonical/conversation.ts'
import { withOpenThoughts } from '../canonical/sealed-thought.ts'
import type { Decoded } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { decodeConfig, decodeLabels } from './decode-config.ts'
import { decodePart } from './decode-parts.ts'
import { decodeTools, keepOthers } from './decode-tools.ts'
import { Decoding, type Found } from './decoding.ts'

const KNOWN = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'safetySettings',
  'serviceTier',
  'labels',
])

/** Not to be logged is what is not asked for elsewhere. */
const KNOWN_UNLOGGED = new Set([...KNOWN, 'store'])

/** `function` is how tool results were sent before they became the user's. */
const ROLES = new Map<string, Turn['role']>([
  ['user', 'user'],
  ['model', 'assistant'],
  ['function', 'user'],
  ['tool', 'user'],
])

/** In OpenAI's words, where they are others; what is not said is said by nobody. */
const TIERS = new Map([
  ['unspecified', undefined],
  ['standard', 'default'],
])

/** A request of `generateContent` or `streamGenerateContent` in neutral form. `at`: where in the body it stands, if not at its top. */
export function decodeRequest(body: JsonObject, stream: boolean, at = ''): Decoded {
  const decoding = new Decoding()
  const root = { value: body, at }
  const turns = [...decodeSystem(root, decoding), ...decoding.objects(root, 'contents').map((content) => decodeContent(content, decoding))]
  const safetySettings = decoding.objects(root, 'safetySettings')
  keepOthers(root, '', body['store'] === false ? KNOWN_UNLOGGED : KNOWN, decoding)
  const conversation: Conversation = {
    stream,
    turns,
    ...decodeTools(root, decoding),
    ...decodeConfig(root, decoding),
    ...decodeLabels(root, decoding),
    ...decodeTier(root, decoding),
    ...(safetySettings.length === 0 ? {} : { safetySettings: safetySettings.map(({ value }) => value) }),
    others: decoding.others,
  }
  return decoding.fault ?? withOpenThoughts({ ok: true, conversation })
}

function decodeSystem(body: Found<JsonObject>, decoding: Decoding): Turn[] {
  const found = decoding.any(body, 'systemInstruction')
  if (found === undefined) return []
  const { value, at } = found
  if (typeof value === 'string') return [{ role: 'system', parts: [{ type: 'text', text: value, at }], at }]
  const instruction = decoding.object(body, 'systemInstruction')
  if (instruction === undefined) return []
  return [{ role: 'system', parts: partsOf(instruction, decoding), at }]
}

function decodeContent(content: Found<JsonObject>, decoding: Decoding): Turn {
  const name = decoding.text(content, 'role') ?? 'user'
  const role = ROLES.get(name)
  if (role === undefined) decoding.fail(`${content.at}/role`, '`role` must be "user" or "model"')
  return { role: role ?? 'user', parts: partsOf(content, decoding), at: content.at }
}

function partsOf(content: Found<JsonObject>, decoding: Decoding): Turn['parts'] {
  return decoding.objects(content, 'parts').flatMap((part) => decodePart(part, decoding))
}

function decodeTier(body: Found<JsonObject>, decoding: Decoding): Pick<Conversation, 'serviceTier'> {
  const tier = decoding.text(body, 'serviceTier')?.toLowerCase()
  const neutral = tier !== undefined && TIERS.has(tier) ? TIERS.get(tier) : tier
  return neutral === undefined ? {} : { serviceTier: neutral }
}
