import type { DialectName } from '@faregate/wire'
import { OPENAI_PATHS } from '../openai-paths.ts'

/** Names of `api-version` that mean the v1 API, whose features need no dates. */
const UNDATED = new Set(['v1', 'preview', 'latest'])

/**
 * The path behind the base URL ("Azure OpenAI in Azure AI Foundry Models REST API reference"). The address of the resource
 * alone means the v1 API, `/openai/v1/…`, which takes the deployment's name as the body's `model`. With a dated
 * `?api-version=…` it means the older form, `/openai/deployments/NAME/…`; responses have no deployment in their path there,
 * either. An address with a longer path (`…/openai/v1`, `…/openai/deployments/NAME`, `…/models`) is taken as it is.
 */
export function azurePath(baseUrl: string, dialect: DialectName, model: string): string {
  const { pathname, searchParams } = new URL(baseUrl)
  const version = searchParams.get('api-version')
  const query = version === null ? '' : `?api-version=${encodeURIComponent(version)}`
  const operation = OPENAI_PATHS[dialect] ?? '/chat/completions'
  const base = pathname.replace(/\/$/, '')
  if (base !== '' && base !== '/openai') return `${operation}${query}`
  const prefix = base === '' ? '/openai' : ''
  if (version === null || UNDATED.has(version)) return `${prefix}/v1${operation}${query}`
  const deployment = dialect === 'openai-responses' ? '' : `/deployments/${encodeURIComponent(model)}`
  return `${prefix}${deployment}${operation}${query}`
}
