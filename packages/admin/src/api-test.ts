import type { HttpApi } from '@faregate/core'
import type { ContractReport } from '@faregate/lifecycle'
import type { Context } from './call.ts'
import type { HttpDraft } from './configuration-rows.ts'
import type { AdminDeps, ApiTestResult, TryOptions } from './deps.ts'
import { found, invalid } from './refusal.ts'

type Tested = ApiTestResult & { contract: ContractReport | null }

/** Whether what is behind an API in force answers. Why a model is not served is the operator's to know. */
export async function asked({ deps, credential }: Pick<Context, 'deps' | 'credential'>, name: string): Promise<Tested> {
  const { kind } = found(deps.snapshot().apis.get(name) ?? (await deps.store.read.apis.get(name)), 'API', name)
  const tested = await deps.testApi(name)
  const operators = kind !== 'http' && !tested.ok && credential.organization !== null
  const message = operators ? 'What it asks of models cannot be asked so: ask the operator.' : tested.message
  return { ...tested, message, contract: null }
}

/** The calls that follow from its document, and the saved ones, made and compared. */
export async function tried(
  deps: AdminDeps,
  name: string,
  { against, of, unsafe }: Omit<TryOptions, 'generated'> & { of: 'release' | 'draft' },
): Promise<Tested> {
  const definition = await serviceOf(deps, name, of)
  if (definition.document === undefined && (against === 'mock' || definition.checks === undefined))
    return invalid('/against', `"${name}" has no document that says what to call: import one`)
  if (against === 'upstream' && definition.upstream === undefined) return invalid('/against', `nothing is behind "${name}" yet`)
  const started = performance.now()
  const contract = await deps.tryApi(name, definition, { against, unsafe, generated: true })
  if (contract === undefined) return invalid('/against', 'the document is too large to be tried')
  const { passed, failed, skipped } = contract
  return {
    ok: failed === 0,
    message: `${passed} calls passed, ${failed} failed, ${skipped} were not made.`,
    status: null,
    latencyMs: Math.round(performance.now() - started),
    contract,
  }
}

async function serviceOf(deps: AdminDeps, name: string, of: 'release' | 'draft'): Promise<HttpDraft | HttpApi> {
  const { store } = deps
  const draft = of === 'draft' ? found(await store.read.apiDrafts.get(name), 'draft of an API', name).definition : undefined
  const known = deps.snapshot().apis.get(name)
  const inFile = known?.managedBy.source === 'file' ? known : undefined
  const definition = draft ?? inFile ?? found(await store.read.apis.get(name), 'API', name)
  return definition.kind === 'http' ? definition : invalid('/against', `"${name}" is no HTTP service: its document is made here`)
}
