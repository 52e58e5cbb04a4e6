import type { Deployment, ModelEntry, Snapshot } from '@faregate/core'
import { codeOf, modelOf, type Evidence, type Look, type Seen } from './evidence.ts'

/** Whether what was called is set up: it exists, each of its providers does, with a key and a price. */
export const modelNow: Look = (evidence) => {
  const name = modelOf(evidence)
  if (name === undefined) return undefined
  const { snapshot } = evidence
  const entry = snapshot.models.get(name)
  if (entry === undefined) return withoutEntry(snapshot, name)
  for (const look of [providersExist, providersHaveKeys, hasPrice]) {
    const wrong = look(evidence, entry)
    if (wrong !== undefined) return { ...wrong, operators: true }
  }
  const [first] = entry.deployments
  const others = entry.deployments.length > 1 ? ` and ${entry.deployments.length - 1} more` : ''
  const detail = `The model ${name} is set up: it is served by ${first?.provider}${others}, and has a price.`
  return { result: 'ok', detail, operators: true, ...(isConfigurationCode(codeOf(evidence)) ? { mended: true } : {}) }
}

function withoutEntry(snapshot: Snapshot, name: string): Seen {
  const [provider = ''] = name.split('/')
  if (snapshot.allModels && snapshot.providers.has(provider)) return { result: 'ok', detail: `${name} is served because allModels is on.` }
  return {
    result: 'failed',
    detail: `No model is called ${name} here now.`,
    fix: 'See what there is: `faregate model list`. Add it to `models` in the configuration file, or with `faregate model add`.',
  }
}

function isConfigurationCode(code: string | undefined): boolean {
  return (
    code !== undefined && ['model_unknown', 'model_retired', 'gateway_misconfigured', 'price_missing', 'no_provider_key'].includes(code)
  )
}

function providersExist({ snapshot }: Evidence, { name, deployments }: ModelEntry): Seen | undefined {
  const gone = deployments.find(({ provider }) => !snapshot.providers.has(provider))
  if (gone === undefined) return undefined
  return {
    result: 'failed',
    detail: `The model ${name} is to be served by the provider ${gone.provider}, which does not exist.`,
    fix: `Connect it: \`faregate provider add ${gone.provider}\`, or name another one in the model.`,
  }
}

function providersHaveKeys({ snapshot }: Evidence, { name, deployments }: ModelEntry): Seen | undefined {
  const usable = deployments.some(({ provider }) => {
    const entry = snapshot.providers.get(provider)
    return entry !== undefined && (entry.keyless || entry.keys.length > 0)
  })
  const [first] = deployments
  if (usable || first === undefined) return undefined
  return {
    result: 'failed',
    detail: `The model ${name} is served by ${first.provider}, and there is no key to call that with.`,
    fix: `Give it one: \`faregate provider set ${first.provider} --key-stdin\`.`,
  }
}

function hasPrice({ priced }: Evidence, { name, price, deployments }: ModelEntry): Seen | undefined {
  const without = (one: Deployment): boolean => !priced.has(`${one.provider}/${one.model}`)
  const first = deployments.find(without)
  if (price !== undefined || first === undefined) return undefined
  return {
    result: 'failed',
    detail: `The model ${name} has no price, so that no call of it can be charged, and none is served.`,
    fix: `Set one, per million tokens: \`faregate price set ${first.provider}/${first.model} input=0.05 output=0.40\`.`,
  }
}

/** Whether the providers of the model answer, as far as the last calls tell. */
export const providersNow: Look = ({ snapshot, providerState, request }) => {
  const deployments = snapshot.models.get(request?.model ?? '')?.deployments ?? []
  const failing = deployments.map(({ provider }) => ({ provider, ...providerState(provider) })).find(({ state }) => state === 'failing')
  if (failing === undefined) return undefined
  return {
    result: 'failed',
    detail: `The provider ${failing.provider} is failing now: ${failing.lastError ?? 'it does not answer'}.`,
    operators: true,
    fix: `See what it says: \`faregate provider test ${failing.provider}\`.`,
  }
}
