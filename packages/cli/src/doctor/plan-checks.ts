import { fitsParts, parseDecimal } from '@faregate/core'
import { planCommand, type Plan, type PlanWords } from '../plan-command.ts'
import type { Check, Finding } from './finding.ts'
import type { Instance } from './rig.ts'

/** What can be called: models by name, and those without an entry; published APIs. */
interface Served {
  names: string[]
  apis: string[]
  allModels: boolean
}

export const plans: Check = async (rig) => {
  const [all, models, apis, { billing }] = await Promise.all([rig.plans(), rig.models(), rig.apis(), rig.instance()])
  return planFindings(all, { names: namesOf(models), apis: namesOf(apis), allModels: await rig.allModels() }, billing)
}

function namesOf(entries: { name: string }[]): string[] {
  return entries.map(({ name }) => name)
}

/** What is sold and cannot be had: plans that include nothing, quotas and prices of what is not in them, prices that nobody can pay. */
export function planFindings(all: Plan[], served: Served, billing: Instance['billing']): Finding[] {
  if (all.length === 0) return []
  const findings = all.flatMap((plan) => {
    const nothing = includesNothing(plan, served)
    return nothing.length > 0 ? nothing : [...unusedQuotas(plan, served), ...unusedPrices(plan, served), ...quotasOfNothing(plan)]
  })
  const paid = all.filter(({ listed, price }) => listed && parseDecimal(price) !== 0n)
  if (paid.length > 0 && billing.rail === null && billing.topUpUrl === null && billing.contact === null) findings.push(nobodyPays(paid))
  if (findings.length > 0) return findings
  return [{ check: 'plans', result: 'ok', detail: `each of ${all.length} includes what is there` }]
}

function includesNothing(plan: Plan, served: Served): Finding[] {
  if (plan.models.some((pattern) => isOpen(pattern, served) || served.names.some((name) => fits(pattern, name)))) return []
  if (plan.apis.some((pattern) => served.apis.some((name) => fits(pattern, name)))) return []
  const detail = `it includes ${[...plan.models, ...plan.apis].join(', ')}, and nothing of that name is there: who subscribes to it gets nothing`
  return [
    {
      ...named(plan),
      result: 'failed',
      detail,
      fix: next(plan, { models: [served.names[0] ?? 'MODEL'], apis: [], quotas: [], prices: [] }),
    },
  ]
}

/** A quota of models that the plan does not include is never used. */
function unusedQuotas(plan: Plan, served: Served): Finding[] {
  const unused = plan.quotas.filter(({ models, apis }) => !(models === null ? meetsApi(apis, plan, served) : meets(models, plan, served)))
  return unused.map((quota) => ({
    ...named(plan),
    result: 'warning',
    detail: `its quota of ${quota.limit} ${quota.counts} is of ${quota.models ?? quota.apis}, which it does not include: it is never used`,
    fix: next(plan, { quotas: plan.quotas.filter((other) => other !== quota) }),
  }))
}

function unusedPrices(plan: Plan, served: Served): Finding[] {
  const unused = plan.prices.filter(({ models }) => !meets(models, plan, served))
  return unused.map((override) => ({
    ...named(plan),
    result: 'warning',
    detail: `it has a price for ${override.models}, which it does not include: nobody pays that`,
    fix: next(plan, { prices: plan.prices.filter((other) => other !== override) }),
  }))
}

/** The subscriber pays, and every call is refused. */
function quotasOfNothing(plan: Plan): Finding[] {
  const never = plan.quotas.filter(({ limit, overage }) => limit === 0 && overage === null)
  return never.map((quota) => ({
    ...named(plan),
    result: 'warning',
    detail: `its quota of ${quota.models ?? quota.apis} is 0 ${quota.counts}, and nothing beyond it is served: it can never be met`,
    fix: next(plan, { quotas: plan.quotas.map((other) => (other === quota ? { ...quota, limit: 'LIMIT' } : other)) }),
  }))
}

function nobodyPays(paid: Plan[]): Finding {
  return {
    check: 'prices of plans',
    result: 'warning',
    detail: `${paid.map(({ name }) => name).join(', ')}: they are paid from the balance, and customers are told of no way to top that up`,
    place: 'database',
    fix: 'faregate settings set billing.contact ADDRESS, or billing.topUpUrl',
  }
}

function named({ name, version }: Plan): Pick<Finding, 'check' | 'place'> {
  return { check: `plan ${name} v${version}`, place: 'database' }
}

/** Its next version; who has subscribed stays on this one until moved. */
function next(plan: Plan, change: Partial<PlanWords>): string {
  return planCommand({ ...plan, ...change })
}

/** Whether a pattern and a plan have a model in common that can be called. */
function meets(pattern: string, { models }: Plan, served: Served): boolean {
  return isOpen(pattern, served) || served.names.some((name) => fits(pattern, name) && models.some((own) => fits(own, name)))
}

function meetsApi(pattern: string | null, { apis }: Plan, served: Served): boolean {
  return pattern !== null && served.apis.some((name) => fits(pattern, name) && apis.some((own) => fits(own, name)))
}

/** Models without an entry, as `provider/model`, cannot be listed. */
function isOpen(pattern: string, { allModels }: Served): boolean {
  return allModels && /[/*]/.test(pattern)
}

function fits(pattern: string, name: string): boolean {
  return fitsParts(pattern.split('*'), name)
}
