import { KEY_SCOPES, type KeyScope } from '@faregate/core'
import { UsageError, type Option, type Options } from './command.ts'

/** What `--scope` and `--address` say of a key. @throws UsageError for a scope that does not exist */
export function useOf(options: Options): { scopes?: KeyScope[]; addresses?: string[] } {
  const asked = options.list('scope')
  const scopes = asked?.map((name) => KEY_SCOPES.find((scope) => scope === name) ?? unknown(name))
  const addresses = options.list('address')
  return { ...(scopes === undefined ? {} : { scopes }), ...(addresses === undefined ? {} : { addresses }) }
}

function unknown(name: string): never {
  throw new UsageError(`there is no scope "${name}"; there are: ${KEY_SCOPES.join(', ')}`)
}

export const SIGNING_OPTION: Option = { flags: '--signing-secret', summary: 'show the secret that signs requests as well, once' }

/** The secret that signs requests, where it is asked for. */
export function signingText(options: Options, { signingSecret }: { signingSecret?: string | undefined }): string {
  return options.is('signingSecret') && signingSecret !== undefined ? `\nsigning secret  ${signingSecret}  (shown once, keep it now)` : ''
}

export const IDENTITY_OPTIONS: Option[] = [
  { flags: '--issuer <name>', summary: 'who vouches for those who are served as this key, with --subject (the operator alone)' },
  { flags: '--subject <name>', summary: 'whom the issuer names in tokens or certificates' },
]

/** For whom a key stands. */
export function identityOf(options: Options): { identity?: { issuer: string; subject: string } } {
  const { issuer, subject } = options.some('issuer', 'subject')
  if (issuer === undefined && subject === undefined) return {}
  if (issuer === undefined || subject === undefined) throw new UsageError('--issuer and --subject go together')
  return { identity: { issuer, subject } }
}
