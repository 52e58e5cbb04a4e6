import assert from 'node:assert/strict'
import type { CallerRequest, EndpointDialect, Invalid, ModelRequest } from '@faregate/wire'

/** A call with a JSON body. */
export function jsonCall(body: unknown, path = '/'): CallerRequest {
  return {
    path,
    query: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  }
}

export type Field = [name: string, value: string | Buffer, filename?: string]

/** A call with a form, as clients write it. */
export function formCall(fields: Field[], boundary = 'xYzZY'): CallerRequest {
  const pieces = fields.flatMap(([name, value, filename]) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ])
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
  return { path: '/', query: '', headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body }
}

/** The request that a dialect reads; fails where it reads none. */
export function read(dialect: Pick<EndpointDialect, 'read'>, call: CallerRequest): ModelRequest {
  const result = dialect.read(call)
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

/** Why a dialect refuses a call; fails where it does not. */
export function refused(dialect: Pick<EndpointDialect, 'read'>, call: CallerRequest): Invalid {
  const result = dialect.read(call)
  assert.ok(!result.ok, 'it was read')
  return result
}
