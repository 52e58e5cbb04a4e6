import type { Snapshot } from '@faregate/core'

/** A cheap, widely available model of each vendor, to make a first call with; names only, never a price. */
export const FIRST_MODELS: Readonly<Record<string, string>> = {
  openai: 'gpt-5-nano',
  anthropic: 'claude-haiku-4-5',
  google: 'gemini-2.5-flash-lite',
  mistral: 'mistral-small-latest',
  cohere: 'command-r7b-12-2024',
  deepseek: 'deepseek-chat',
  xai: 'grok-4-fast',
  groq: 'llama-3.1-8b-instant',
  demo: 'demo',
}

/** A name to call in the first minute: a configured model, else one of a connected vendor. */
export function firstModel(snapshot: Snapshot): string {
  const [configured] = snapshot.models.keys()
  if (configured !== undefined) return configured
  const [provider] = snapshot.providers.values()
  return provider === undefined ? 'MODEL' : `${provider.name}/${FIRST_MODELS[provider.kind] ?? 'MODEL'}`
}
