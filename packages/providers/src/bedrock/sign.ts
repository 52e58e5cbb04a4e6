import { AwsV4Signer } from 'aws4fetch'
import type { Credentials } from './credentials.ts'

export interface Signable {
  /** As it is sent: path and host are part of what is signed. */
  url: string
  headers?: Record<string, string>
  body: Buffer
}

export interface Scope {
  region: string
  service: string
}

/** `20150830T123600Z`. `now`: milliseconds since 1970. */
function amazonDate(now: number): string {
  return new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '')
}

/**
 * The headers that sign a POST of this very body (AWS Signature Version 4): `authorization`, `x-amz-date`, and
 * `x-amz-security-token` with temporary keys. They hold for five minutes.
 */
export async function signedHeaders(
  { url, headers = {}, body }: Signable,
  { accessKeyId, secretAccessKey, sessionToken }: Extract<Credentials, { kind: 'keys' }>,
  scope: Scope,
  now: number,
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    method: 'POST',
    url,
    headers,
    body,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...scope,
    datetime: amazonDate(now),
    allHeaders: true,
  })
  const signed = await signer.sign()
  return Object.fromEntries(signed.headers)
}
