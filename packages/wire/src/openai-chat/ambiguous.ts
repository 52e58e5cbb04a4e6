import { scanMembers } from '../json/scan.ts'
import type { OkScan } from '../json/scan.ts'
import type { Invalid } from './request.ts'

/** Members that decide what is billed: what is generated, how much of it, what goes in, and what usage is told. */
const BILLED = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'n',
  'max_tokens',
  'max_completion_tokens',
  'tools',
  'functions',
  'tool_choice',
  'response_format',
  'prediction',
  'modalities',
  'audio',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'web_search_options',
  'plugins',
  'cache_control',
])

const BILLED_OPTIONS = new Set(['include_usage'])

/** Names of only these characters are no other's twin. */
const PLAIN_NAME = /^[a-z0-9_]*$/

/**
 * A billed member that gateway and upstream could read differently: it is there twice, which parsers resolve one way or
 * the other, or under a name that some parsers (Go's) take for it although it differs in case. Undefined: there is none.
 */
export function ambiguousMember(body: Buffer, scan: OkScan): Invalid | undefined {
  const own = ambiguousIn(scan, BILLED, '')
  if (own !== undefined) return own
  const options = scan.members.get('stream_options')
  const nested = options === undefined ? undefined : scanMembers(body, options.valueStart)
  return nested?.ok === true ? ambiguousIn(nested, BILLED_OPTIONS, '/stream_options') : undefined
}

function ambiguousIn({ members, duplicates }: OkScan, billed: ReadonlySet<string>, path: string): Invalid | undefined {
  for (const name of duplicates) if (billed.has(name)) return invalid(`${path}/${name}`, `\`${name}\` occurs more than once: send it once`)
  for (const name of members.keys()) {
    if (PLAIN_NAME.test(name)) continue
    const twin = fold(name)
    if (billed.has(twin)) return invalid(`${path}/${name}`, `\`${name}\` could be read as \`${twin}\`: send it under that name`)
  }
  return undefined
}

/** Over the upper case, because two signs beyond ASCII (ſ, K) are the same letters as s and k there. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase()
}

function invalid(pointer: string, message: string): Invalid {
  return { ok: false, pointer, message }
}
