import { X509Certificate } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a running gateway writes down about itself. */
export interface InstanceNote {
  /** Where it listens: scheme, host, port. */
  url: string
  pid: number
  startedAt: number
  /**
   * With TLS: the listener's own certificate as PEM, without its key. It names the host that callers use, not this
   * address, so the command line knows the listener by the certificate itself.
   */
  certificate?: string
}

/** Notes where the gateway of a data folder listens, for the command line on the same machine. */
export function noteInstance(directory: string, note: InstanceNote): { remove(): void } {
  const file = join(directory, 'instance.json')
  writeFileSync(file, `${JSON.stringify(note)}\n`, { mode: 0o600 })
  return { remove: () => rmSync(file, { force: true }) }
}

/** The first certificate of a PEM file, alone: the file may hold a chain, or the key as well. */
export function ownCertificate(pem: Buffer): string {
  return new X509Certificate(pem).toString()
}
