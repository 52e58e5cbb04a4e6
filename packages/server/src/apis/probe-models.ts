import { isDenial, type ModelsDefinition, type Prompt, type PromptDefinition } from '@faregate/core'
import type { GatewayDeps } from '@faregate/gateway'
import { carriesWhole } from '@faregate/gateway/call/carries-whole'
import { Locator, type Route } from '@faregate/gateway/locate'
import { compilePrompt, exampleValues } from '@faregate/lifecycle'
import { promptDialect } from '@faregate/wire'
import type { Prober } from './probe.ts'

/** Why calls of what is made of models would be refused: one of them has no price, or is not served. */
export interface ModelsProbe {
  unpriced?: string
  dead?: string
  /** Which it is; absent: there is none. */
  model?: string
}

type Known = Pick<GatewayDeps, 'snapshot' | 'prices' | 'vendors'>

/** Looks whether each model that a definition names could be called. Nothing is asked of them: that would cost the operator something. */
export async function probeModels(
  deps: Known,
  prober: Pick<Prober, 'probe'>,
  definition: PromptDefinition | ModelsDefinition,
): Promise<ModelsProbe> {
  const locator = new Locator(deps)
  const prompt = definition.kind === 'prompt' ? definition.prompt : undefined
  const models = definition.kind === 'prompt' ? [definition.prompt.model] : [...new Set(Object.values(definition.models))]
  for (const model of models) {
    const flaw = await probeModel(locator, prober, model, prompt)
    if (flaw !== undefined) return { ...flaw, model }
  }
  return {}
}

async function probeModel(
  locator: Locator,
  prober: Pick<Prober, 'probe'>,
  model: string,
  prompt: Prompt | undefined,
): Promise<Omit<ModelsProbe, 'model'> | undefined> {
  const route = locator.find(model)
  if (isDenial(route)) return route.code === 'price_missing' ? { unpriced: route.detail } : { dead: route.detail }
  if (prompt !== undefined && !isSayable(route, prompt))
    return { dead: `not everything that serves "${model}" takes what the prompt sets: its output schema, or its temperature` }
  const addresses = new Set(route.candidates.map(({ provider }) => provider.baseUrl))
  // The built-in demo answers in this process.
  if ([...addresses].some((address) => !/^https?:/.test(address))) return undefined
  const reasons = await Promise.all([...addresses].map((address) => prober.probe([address])))
  const [first] = reasons
  return first === undefined || reasons.includes(undefined) ? undefined : { dead: first }
}

/** Whether every deployment can be told all of the prompt. */
function isSayable(route: Route, prompt: Prompt): boolean {
  const dialect = promptDialect(prompt, compilePrompt(prompt))
  const body = Buffer.from(JSON.stringify(exampleValues(prompt)))
  const read = dialect.read({ path: '', query: '', headers: {}, body })
  return read.ok && carriesWhole(route, read.request, dialect)
}
