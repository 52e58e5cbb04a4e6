/**
 * The most tokens of input that fit into a model, for what is billed and not shown: OpenAI's model pages. The first pattern
 * that matches the name (its vendor prefix aside) decides.
 */
const CONTEXTS: [RegExp, number][] = [
  [/^gpt-4\.1/, 1_047_576],
  [/^gpt-5\.[4-9]-(mini|nano)/, 400_000],
  [/^gpt-(5\.[4-9]|[6-9])/, 1_050_000],
  [/^(gpt-5|codex)/, 400_000],
  [/^o\d/, 200_000],
  [/^(gpt-4|chatgpt|computer-use)/, 128_000],
  [/^grok/, 2_000_000],
]

/** Where the name says nothing: what most models of the Responses API have. */
const OTHER_CONTEXT = 400_000

/** Tokens of context that a model has at most, judged by its name. */
export function contextOf(model: string): number {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return CONTEXTS.find(([pattern]) => pattern.test(name))?.[1] ?? OTHER_CONTEXT
}
