/** Members that decide what is billed, in every dialect: a default for them would be spent without being held. */
const BILLED = new Set(
  [
    'model messages input contents prompt system instructions systemInstruction stream stream_options n candidateCount best_of',
    'max_tokens max_completion_tokens max_output_tokens maxOutputTokens maxTokens num_predict',
    'tools functions tool_choice plugins web_search_options mcp_servers prediction modalities audio responseModalities',
    'reasoning reasoning_effort thinking thinkingConfig think output_config service_tier cache_control cachedContent background',
  ].flatMap((names) => names.split(' ')),
)

/**
 * What of a deployment's default parameters cannot be one, as a JSON pointer: members that decide what is billed, at the top
 * or one level down (`generationConfig`, `options`, `inferenceConfig`). Undefined: all can.
 */
export function billedParameter(parameters: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    if (BILLED.has(name)) return `/${name}`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const nested = Object.keys(value).find((inner) => BILLED.has(inner))
    if (nested !== undefined) return `/${name}/${nested}`
  }
  return undefined
}
