/**
 * How vendors that refuse a request for what it says call that: OpenAI, Azure OpenAI, OpenRouter, Alibaba. Only names count: what is in
 * a message may be the prompt itself.
 */
const NAMES: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'responsibleaipolicyviolation',
  'moderation_blocked',
  'data_inspection_failed',
])

/** Whether a vendor's refusal says so, in its JSON. */
export function saysContentRefused(body: string): boolean {
  try {
    const { error } = JSON.parse(body) as { error?: Named & { innererror?: Named } }
    return [error?.code, error?.type, error?.innererror?.code].some((name) => typeof name === 'string' && NAMES.has(name.toLowerCase()))
  } catch {
    return false
  }
}

interface Named {
  code?: unknown
  type?: unknown
}
