import type { RouteOutput, Routes } from '@faregate/contract'
import { fields, table } from './output.ts'

type Api = RouteOutput<Routes['getApi']>
type Shown = NonNullable<Api['prompt']>

/** What is behind an API, in a word: a model, or where a service is; of several places the first, and how many there are. */
export function behind({ upstream, upstreams, prompt, models }: Pick<Api, 'upstream' | 'upstreams' | 'prompt' | 'models'>): string {
  const named = Object.values(models ?? {})
  if (models !== null) return `models ${named.length === 0 ? 'none yet' : named.join(', ')}`
  if (prompt !== null) return `model ${prompt.model === '' ? 'none yet' : prompt.model}`
  const more = (upstreams?.length ?? 1) - 1
  const first = upstream?.baseUrl ?? 'none yet'
  return more === 0 ? first : `${first} and ${more} more`
}

/** What an API is that is made of models, as people read it; undefined: it is an HTTP service. */
export function modelledText({ prompt, models, policy }: Pick<Api, 'prompt' | 'models' | 'policy'>): string | undefined {
  if (prompt !== null) return promptText(prompt)
  return models === null ? undefined : modelsText(models, policy)
}

function modelsText(models: NonNullable<Api['models']>, policy: Api['policy']): string {
  const { features, maxTokens, defaults = {}, system } = policy ?? {}
  const facts = fields([
    ['features', features?.join(', ')],
    ['max tokens', maxTokens],
    ['defaults', Object.keys(defaults).length === 0 ? undefined : JSON.stringify(defaults)],
    ['system', system],
  ])
  return `${facts}\n\n${table(['called', 'model'], Object.entries(models), 'It has no models.')}`
}

/** A prompt as people read it. */
function promptText({ system, user, variables, output, maxTokens, temperature }: Shown): string {
  const facts = fields([
    ['system', system ?? undefined],
    ['user', user === '' ? 'nothing yet' : user],
    ['output', output === null ? 'text' : JSON.stringify(output)],
    ['max tokens', maxTokens ?? undefined],
    ['temperature', temperature ?? undefined],
  ])
  const rows = Object.entries(variables).map(([name, variable]) => [
    name,
    variable.enum === null ? variable.type : variable.enum.join('|'),
    variable.default === null ? 'required' : String(variable.default),
    variable.description,
  ])
  return `${facts}\n\n${table(['variable', 'type', 'default', ''], rows, 'It has no variables.')}`
}
