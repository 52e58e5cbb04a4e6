import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { Vendor } from '@faregate/wire'
import { nearest } from '@faregate/gateway/nearest'
import { checkApis } from './check-apis.ts'
import type { Finding, Path } from './finding.ts'
import type { Configuration, ConfiguredProvider } from './schema.ts'

/** What the configuration must know of the kinds of providers. */
export type KindFacts = Pick<Vendor, 'kind' | 'defaultBaseUrl' | 'environmentVariable' | 'keyless'>
export type Kinds = ReadonlyMap<string, KindFacts>

export type Report = (path: Path, said: Pick<Finding, 'problem' | 'fix'>, severity?: Finding['severity']) => void

/** Checks what a schema cannot: names that refer to each other, files, addresses. `file` is what paths are relative to. */
export function checkMeaning(configuration: Configuration, file: string | undefined, kinds: Kinds, report: Report): void {
  checkProviders(configuration.providers, kinds, report)
  checkDeployments(configuration, report)
  checkApis(configuration, report)
  for (const setting of ['trustedProxies', 'issuerNetworks'] as const) checkNetworks(setting, configuration[setting], report)
  if (configuration.publicUrl !== undefined) checkPublicUrl(configuration.publicUrl, report)
  checkCertificates(configuration, report)
  if (configuration.tls !== undefined) checkTls(configuration.tls, file, report)
}

/** What nothing can be learnt from would leave callers outside who do as they are told. */
function checkCertificates({ clientCertificates, tls, trustedProxies }: Configuration, report: Report): void {
  if (clientCertificates === 'tls' && tls === undefined)
    report(['clientCertificates'], { problem: 'is `tls`, and the listener has none', fix: 'add `tls`, or take `header` behind a proxy' })
  if (clientCertificates === 'header' && trustedProxies.length === 0)
    report(['clientCertificates'], { problem: 'is `header`, and no proxy is trusted', fix: 'name the proxy in `trustedProxies`' })
}

function checkProviders(providers: readonly ConfiguredProvider[], kinds: Kinds, report: Report): void {
  const seen = new Set<string>()
  for (const [index, provider] of providers.entries()) {
    const path = ['providers', index]
    if (seen.has(provider.name))
      report([...path, 'name'], { problem: `a second provider named \`${provider.name}\``, fix: 'give it another name' })
    seen.add(provider.name)
    if (provider.apiKey !== undefined && provider.keys !== undefined) {
      report([...path, 'keys'], { problem: 'both `apiKey` and `keys` are given', fix: 'keep one of them' })
    }
    checkKind(provider, path, kinds, report)
  }
}

function checkKind(provider: ConfiguredProvider, path: Path, kinds: Kinds, report: Report): void {
  const kind = kinds.get(provider.kind)
  if (kind === undefined) {
    const guess = nearest(provider.kind, kinds.keys())[0]
    const known = [...kinds.keys()].join(', ')
    return report([...path, 'kind'], {
      problem: `unknown kind \`${provider.kind}\``,
      fix: guess === undefined ? `take one of ${known}, or openai-compatible with a baseUrl` : `did you mean \`${guess}\`?`,
    })
  }
  if (provider.baseUrl === undefined && kind.defaultBaseUrl === undefined) {
    report([...path, 'baseUrl'], {
      problem: `a provider of kind \`${provider.kind}\` needs a \`baseUrl\``,
      fix: 'add it, version path included',
    })
  }
  if (provider.apiKey === undefined && provider.keys === undefined && kind.keyless !== true) {
    const variable = kind.environmentVariable
    const fix = variable === undefined ? 'add `apiKey`, if the upstream wants one' : `add \`apiKey: \${${variable}}\``
    report([...path, 'apiKey'], { problem: `the provider \`${provider.name}\` has no key`, fix }, 'warning')
  }
}

function checkDeployments(configuration: Configuration, report: Report): void {
  const names = configuration.providers.map((provider) => provider.name)
  for (const [name, model] of Object.entries(configuration.models)) {
    for (const [index, deployment] of model.deployments.entries()) {
      if (names.includes(deployment.provider)) continue
      const guess = nearest(deployment.provider, names)[0]
      const fix = guess === undefined ? 'add it to `providers`, or connect it at run time' : `did you mean \`${guess}\`?`
      const path = ['models', name, 'deployments', index, 'provider']
      report(path, { problem: `no provider named \`${deployment.provider}\` in this file`, fix }, 'warning')
    }
  }
}

function checkNetworks(setting: string, networks: readonly string[], report: Report): void {
  for (const [index, network] of networks.entries()) {
    if (isNetwork(network)) continue
    report([setting, index], {
      problem: `\`${network}\` is neither an address nor a network`,
      fix: 'write 10.0.0.1 or 10.0.0.0/8',
    })
  }
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

function checkPublicUrl(text: string, report: Report): void {
  const url = new URL(text)
  if (url.search === '' && url.hash === '' && url.username === '') return
  report(['publicUrl'], { problem: 'has a query, a fragment or a user', fix: 'write scheme, host and path alone' })
}

function checkTls(tls: { cert: string; key: string }, file: string | undefined, report: Report): void {
  for (const member of ['cert', 'key'] as const) {
    try {
      readFileSync(relativeTo(file, tls[member]))
    } catch {
      report(['tls', member], { problem: `the file ${tls[member]} cannot be read`, fix: 'name a PEM file that this user can read' })
    }
  }
}

/** A path of the configuration file, which is relative to that file. */
export function relativeTo(file: string | undefined, path: string): string {
  return resolve(file === undefined ? '.' : dirname(file), path)
}
