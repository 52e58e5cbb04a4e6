/**
 * Families of models that bill output which the answer does not show (reasoning), by what their names look like.
 * Used when the model's entry does not say. Where a name is in doubt it counts as hiding: then the whole output is
 * held instead of slices, and nobody overspends.
 */
const HIDING: RegExp[] = [
  /^o[1-9](-|$)/,
  /^gpt-[5-9](?!-chat)/,
  /^gpt-oss/,
  /^codex/,
  /^computer-use/,
  /deep-research/,
  /^deepseek-(reasoner|r\d|v[4-9])/,
  /^deepseek-v3\.[1-9]/,
  /-r1(-|$|:)/,
  /^r1-/,
  /^grok-(3-mini|code|[4-9])(?!.*non-reasoning)/,
  /^magistral/,
  /^qwq|^qvq/,
  /^qwen-?3(?!.*instruct)/,
  /^qwen-(plus|turbo|flash)/,
  /^kimi-k[2-9](?!-instruct|-0)/,
  /^kimi-(latest|thinking)/,
  /^glm-(4\.[5-9]|[5-9]|z1)/,
  /^minimax-m/,
  /^(gemini-[3-9]|gemini-2\.5)/,
  /^claude-.*thinking/,
  /^claude-(fable|mythos)/,
  /^claude-(opus|sonnet|haiku)-[5-9]/,
  /^sonar-(reasoning|deep)/,
  /^nemotron|^llama-.*nemotron/,
  /^mercury/,
  /^ernie-.*thinking|^ernie-x/,
  /^hunyuan-(t|a)/,
  /^step-3/,
  /reason(er|ing)(?<!non-reasoning)/,
  /thinking/,
]

/** What was found for a name; callers choose the names, so there is a bound. */
const known = new Map<string, boolean>()
const MOST_KNOWN = 1_000

/** Whether output can be billed without being seen (M14), judged by the model's name; a vendor prefix is skipped. */
export function hidesOutput(model: string): boolean {
  let hides = known.get(model)
  if (hides === undefined) {
    const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
    hides = HIDING.some((pattern) => pattern.test(name))
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(model, hides)
  }
  return hides
}
