import type { Prompt } from '@faregate/core'
import { isDenial } from '@faregate/core'
import type { GatewayDeps } from '@faregate/gateway'
import { carriesWhole } from '@faregate/gateway/call/carries-whole'
import { Locator, type Route } from '@faregate/gateway/locate'
import { compilePrompt, exampleValues } from '@faregate/lifecycle'
import { promptDialect } from '@faregate/wire'
import type { Prober } from './probe.ts'

/** Why calls of a prompt would be refused: its model has no price, or is not served. */
export interface PromptProbe {
  unpriced?: string
  dead?: string
}

/** Looks whether the model of a prompt could be called with it. Nothing is asked of the model: that would cost the operator something. */
export async function probePrompt(
  deps: Pick<GatewayDeps, 'snapshot' | 'prices' | 'vendors'>,
  prober: Pick<Prober, 'probe'>,
  prompt: Prompt,
): Promise<PromptProbe> {
  const route = new Locator(deps).find(prompt.model)
  if (isDenial(route)) return route.code === 'price_missing' ? { unpriced: route.detail } : { dead: route.detail }
  if (!isSayable(route, prompt))
    return { dead: `not everything that serves "${prompt.model}" takes what the prompt sets: its output schema, or its temperature` }
  const addresses = new Set(route.candidates.map(({ provider }) => provider.baseUrl))
  // The built-in demo answers in this process.
  if ([...addresses].some((address) => !/^https?:/.test(address))) return {}
  const reasons = await Promise.all([...addresses].map((address) => prober.probe([address])))
  const [first] = reasons
  return first === undefined || reasons.includes(undefined) ? {} : { dead: first }
}

/** Whether every deployment can be told all of the prompt. */
function isSayable(route: Route, prompt: Prompt): boolean {
  const dialect = promptDialect(prompt, compilePrompt(prompt))
  const body = Buffer.from(JSON.stringify(exampleValues(prompt)))
  const read = dialect.read({ path: '', query: '', headers: {}, body })
  return read.ok && carriesWhole(route, read.request, dialect)
}
