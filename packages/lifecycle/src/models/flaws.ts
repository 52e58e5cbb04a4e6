import { CALL_FEATURES, offers, type ModelPolicy, type ModelsDefinition } from '@faregate/core'
import type { ApiFlaw } from '../flaw.ts'

/** Everything about published models that a schema cannot see: that there are some, and what of the policy could never hold. */
export function modelsFlaws({ models, policy }: Pick<ModelsDefinition, 'models' | 'policy'>): ApiFlaw[] {
  const none: ApiFlaw = {
    path: ['models'],
    problem: 'is empty: nothing could be called',
    fix: 'name a model of this installation: `{"fast": "MODEL"}`',
    missing: true,
  }
  return [...(Object.keys(models).length === 0 ? [none] : []), ...policyFlaws(policy)]
}

function policyFlaws(policy: ModelPolicy | undefined): ApiFlaw[] {
  if (policy === undefined) return []
  const { features, maxTokens, defaults } = policy
  const flaws: ApiFlaw[] = []
  if (!CALL_FEATURES.some((feature) => offers(policy, feature)))
    flaws.push({ path: ['policy', 'features'], problem: 'names no kind of calls', fix: `add one of ${CALL_FEATURES.join(', ')}` })
  if (features !== undefined && new Set(features).size < features.length)
    flaws.push({ path: ['policy', 'features'], problem: 'names one twice', fix: 'name each once' })
  if (maxTokens !== undefined && defaults?.maxTokens !== undefined && defaults.maxTokens > maxTokens)
    flaws.push({
      path: ['policy', 'defaults', 'maxTokens'],
      problem: `is more than \`policy.maxTokens\`, ${maxTokens}`,
      fix: 'lower it, or raise what can be asked for',
    })
  return flaws
}
