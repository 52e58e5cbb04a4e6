/** What a model can do, where it is known. */
export interface ModelFacts {
  /** Tokens of input and output together. */
  contextWindow?: number
  /** The most output tokens in one answer. */
  maxOutput?: number
  /** The model reasons before it answers, and bills for it. */
  reasoning?: boolean
}

/** Facts of models by vendor, from the tokenizer's package: it knows OpenAI's. */
export type FactsSource = (priceKey: string, model: string) => ModelFacts

interface Listed {
  context_window?: unknown
  max_output_tokens?: unknown
  reasoning_tokens?: unknown
}

const SAME_MODELS = new Set(['openai', 'azure'])
const DATED = /-\d{4}-\d{2}-\d{2}$/

/** Loads the list of OpenAI's models (about 6 ms; no tokenizer is loaded). */
export async function loadModelFacts(): Promise<FactsSource> {
  const listed = new Map<string, Listed>()
  const module: Record<string, unknown> = await import('gpt-tokenizer/models')
  for (const [name, value] of Object.entries(module)) {
    if (typeof value === 'object' && value !== null) listed.set(name, value)
  }
  return (priceKey, model) => {
    if (!SAME_MODELS.has(priceKey)) return {}
    const entry = listed.get(model) ?? listed.get(model.replace(DATED, ''))
    return entry === undefined ? {} : factsOf(entry)
  }
}

function factsOf({ context_window: context, max_output_tokens: output, reasoning_tokens: reasoning }: Listed): ModelFacts {
  return {
    ...(typeof context === 'number' ? { contextWindow: context } : {}),
    ...(typeof output === 'number' ? { maxOutput: output } : {}),
    ...(typeof reasoning === 'boolean' ? { reasoning } : {}),
  }
}
