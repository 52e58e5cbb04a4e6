import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure, type Gateway, type Options } from './command.ts'
import { pinnedFetch } from './pinned-fetch.ts'

const DEFAULT_URL = 'http://127.0.0.1:4020'

/**
 * Finds the gateway: `--url`, `FAREGATE_URL`, the instance noted in the data folder, the default address;
 * and the token: `FAREGATE_TOKEN`, the operator's token in the data folder. @throws Failure without a token
 */
export function findGateway(options: Options, environment: NodeJS.ProcessEnv): Gateway {
  const directory = resolve(options.text('data') ?? given(environment['FAREGATE_DATA']) ?? 'data')
  const noted = notedInstance(directory)
  const named = (options.text('url') ?? given(environment['FAREGATE_URL']))?.replace(/\/+$/, '')
  const url = named ?? noted?.url ?? DEFAULT_URL
  const token = given(environment['FAREGATE_TOKEN']) ?? readText(join(directory, 'operator-token'))
  if (token === undefined) {
    throw new Failure(
      `There is no operator-token in ${directory}, and FAREGATE_TOKEN is not set.`,
      'Run this where `faregate start` runs, name its data folder with --data, or set FAREGATE_TOKEN and FAREGATE_URL.',
    )
  }
  // Elsewhere a certificate must name its host, and be signed by someone whom this machine trusts.
  const certificate = url === noted?.url ? noted.certificate : undefined
  return { url, token, directory, fetch: certificate === undefined ? fetch : pinnedFetch(certificate) }
}

/** What a running gateway noted in its data folder. */
function notedInstance(directory: string): { url: string; certificate: string | undefined } | undefined {
  const text = readText(join(directory, 'instance.json'))
  if (text === undefined) return undefined
  try {
    const noted: unknown = JSON.parse(text)
    if (typeof noted !== 'object' || noted === null || !('url' in noted) || typeof noted.url !== 'string') return undefined
    const certificate = 'certificate' in noted && typeof noted.certificate === 'string' ? noted.certificate : undefined
    return { url: noted.url, certificate }
  } catch {
    return undefined
  }
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}
