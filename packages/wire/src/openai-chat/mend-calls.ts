import type { Mender } from '../dialect.ts'
import { applySplices, type Splice } from '../json/patch.ts'
import { scanMembers, type OkScan } from '../json/scan.ts'

const OPEN_BRACE = 0x7b

/** What a call cannot be without, in answers and in events. */
const HOLDERS = ['message', 'delta'] as const

/** The calls that a choice has begun, as far as they are told from each other by number. */
interface Begun {
  count: number
}

/**
 * Fills in what some servers leave out of tool calls (Mistral's, Mistral's models at Azure, older vLLM) and OpenAI's clients
 * cannot do without: the `type` of a call where it begins and, in a stream, its `index`. It is put in place, into the bytes
 * as they came; where nothing is missing the very same Buffer comes back.
 */
export class CallMender implements Mender {
  readonly #begun = new Map<number, Begun>()

  mend(bytes: Buffer): Buffer {
    if (!bytes.includes('"tool_calls"')) return bytes
    const root = scanMembers(bytes, Math.max(0, bytes.indexOf(OPEN_BRACE)))
    if (!root.ok) return bytes
    const splices = objectsIn(bytes, root, 'choices').flatMap((choice) => this.#choice(bytes, choice))
    return splices.length === 0 ? bytes : applySplices(bytes, splices)
  }

  #choice(bytes: Buffer, choice: OkScan): Splice[] {
    const number = Number(textOf(bytes, choice, 'index') ?? 0)
    const begun = this.#begun.get(number) ?? { count: 0 }
    this.#begun.set(number, begun)
    return HOLDERS.flatMap((name) => {
      const holder = objectAt(bytes, choice, name)
      if (holder === undefined) return []
      return objectsIn(bytes, holder, 'tool_calls').flatMap((call) => missingOf(bytes, call, begun, name === 'delta'))
    })
  }
}

/** A call begins with the name of its function; what follows it has neither name nor type. */
function missingOf(bytes: Buffer, call: OkScan, begun: Begun, streamed: boolean): Splice[] {
  const called = objectAt(bytes, call, 'function')
  const name = called === undefined ? undefined : textOf(bytes, called, 'name')
  const begins = name !== undefined && name !== '""'
  const index = textOf(bytes, call, 'index')
  const missing: string[] = []
  const splices: Splice[] = []
  const give = (member: string, value: string): void => {
    const given = call.members.get(member)
    if (given === undefined) missing.push(`"${member}":${value},`)
    else splices.push({ start: given.valueStart, end: given.valueEnd, text: value })
  }
  if (begins && textOf(bytes, call, 'type') === undefined) give('type', '"function"')
  if (streamed && index === undefined) give('index', String(begins ? begun.count : Math.max(0, begun.count - 1)))
  if (begins) begun.count = Math.max(begun.count + 1, Number(index ?? 0) + 1)
  const start = call.open + 1
  return missing.length === 0 ? splices : [{ start, end: start, text: missing.join('') }, ...splices]
}

/** A member's value as JSON text; undefined where it is not there, or null. */
function textOf(bytes: Buffer, { members }: OkScan, name: string): string | undefined {
  const member = members.get(name)
  const text = member === undefined ? 'null' : bytes.toString('utf8', member.valueStart, member.valueEnd)
  return text === 'null' ? undefined : text
}

function objectAt(bytes: Buffer, { members }: OkScan, name: string): OkScan | undefined {
  const member = members.get(name)
  if (member === undefined || bytes[member.valueStart] !== OPEN_BRACE) return undefined
  const scan = scanMembers(bytes, member.valueStart)
  return scan.ok ? scan : undefined
}

/** The objects that an array holds, up to anything else. */
function objectsIn(bytes: Buffer, { members }: OkScan, name: string): OkScan[] {
  const member = members.get(name)
  const objects: OkScan[] = []
  let at = (member?.valueStart ?? 0) + 1
  const end = (member?.valueEnd ?? 0) - 1
  while (at < end) {
    if (isBetween(bytes[at])) {
      at++
      continue
    }
    const scan = scanMembers(bytes, at)
    if (!scan.ok) break
    objects.push(scan)
    at = scan.close + 1
  }
  return objects
}

/** White space, or the comma between two elements. */
function isBetween(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x2c
}
