import { createHash } from 'node:crypto'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Ids that look like a vendor's: the same seed gives the same id. */
export function madeUp(seed: string, length: number): string {
  const bytes = createHash('sha512').update(seed).digest()
  return Array.from({ length }, (_, at) => LETTERS[(bytes[at % bytes.length] ?? 0) % LETTERS.length]).join('')
}

/** A UUID that depends on the seed alone. */
export function madeUpUuid(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Opaque, base64, and of a length that a signature may have. */
export function madeUpSignature(seed: string): string {
  const digest = createHash('sha512').update(`signature of ${seed}`).digest()
  return Buffer.concat([Buffer.from([0x12, 0x40]), digest, digest.subarray(0, 32)]).toString('base64')
}

const CALL_ID: Record<string, (seed: string, name: string) => string> = {
  openai: (seed) => `call_${madeUp(seed, 24)}`,
  anthropic: (seed) => `toolu_01${madeUp(seed, 22)}`,
  mistral: (seed) => madeUp(seed, 9),
  cohere: (seed, name) => `${name}_${madeUp(seed, 12).toLowerCase()}`,
  bedrock: (seed) => `tooluse_${madeUp(seed, 22)}`,
  deepseek: (seed) => `call_00_${madeUp(seed, 24)}`,
  gemini: (seed) => madeUp(seed, 8).toLowerCase(),
}

/** The id of a tool call as the vendor would make it. */
export function callId(vendor: string, seed: string, name: string): string {
  return (CALL_ID[vendor] ?? CALL_ID['openai'])?.(seed, name) ?? ''
}
